import { describe, expect, it } from 'vitest';
import { advanceEscalation, openEscalation } from '../../../../domain/escalation/escalation.ts';
import {
  DISTRIBUTOR_COMMANDS,
  ESCALATION_COMMANDS,
  type EscalationCommandName,
  type EscalationEvent,
  PUBLISHER_COMMANDS,
} from '../../../../domain/escalation/events.ts';
import type { EscalationState, EscalationStatus } from '../../../../domain/escalation/state.ts';
import { viewOf } from '../../../../domain/escalation/view.ts';
import { Refusal } from '../../../../domain/failures.ts';
import { local } from '../../../support/businessTime.ts';
import { ESCALATION, ESCALATION_FIELDS, PUBLISHER_RULES, sendLife } from '../../../support/escalationLife.ts';
import { frozen } from '../../../support/life.ts';

/** Where a command may lead; what is missing is refused. */
type Outcomes = { readonly [name in EscalationCommandName]?: EscalationStatus | undefined };

/** What every open escalation takes. */
function whileOpen(status: EscalationStatus): Outcomes {
  return {
    confirmPriority: status,
    contestPriority: status,
    proposePriority: status,
    note: status,
    withdraw: 'withdrawn',
  };
}

const sent = () => sendLife('p2', '2026-11-16 10:00');
const taken = () => sent().on('2026-11-16 11:00', 'acknowledge');
const working = () => taken().on('2026-11-16 11:30', 'startWork');
const asked = () => working().on('2026-11-16 12:00', 'ask');
const workaround = () => working().on('2026-11-16 12:00', 'deliverWorkaround');
const fixed = () => working().on('2026-11-16 12:00', 'deliverFix');
const unreachable = () => {
  const life = asked();
  life.mailServer = (order) => (order.kind === 'provided' ? 'refused' : 'accepted');
  return life.on('2026-11-16 13:00', 'provide');
};

const WORKING: Outcomes = {
  ask: 'waiting',
  deliverWorkaround: 'workaroundDelivered',
  deliverFix: 'resolved',
  refuse: 'refused',
};

const AGREED = { confirmPriority: undefined, contestPriority: undefined };

const SITUATIONS: [string, EscalationState, Outcomes][] = [
  ['sent', sent().state, { ...whileOpen('sent'), acknowledge: 'acknowledged', refuse: 'refused' }],
  [
    'sent, and nobody answers',
    sent().until('2026-12-10 10:00').state,
    { ...whileOpen('sent'), acknowledge: 'acknowledged', refuse: 'refused', settleTask: 'sent' },
  ],
  ['acknowledged', taken().state, { ...whileOpen('acknowledged'), ...WORKING, startWork: 'inProgress' }],
  ['inProgress', working().state, { ...whileOpen('inProgress'), ...WORKING }],
  [
    'inProgress, the priority contested',
    working().on('2026-11-16 12:00', 'contestPriority', { priority: 'p4' }).state,
    { ...whileOpen('inProgress'), ...WORKING, agreePriority: 'inProgress' },
  ],
  [
    'inProgress, the priority agreed',
    working().on('2026-11-16 12:00', 'confirmPriority').state,
    { ...whileOpen('inProgress'), ...WORKING, ...AGREED },
  ],
  [
    'inProgress, the publisher’s address being wrong',
    unreachable().state,
    { ...whileOpen('inProgress'), ...WORKING, correctAddress: 'inProgress' },
  ],
  ['waiting', asked().state, { ...whileOpen('waiting'), provide: 'inProgress', refuse: 'refused' }],
  ['workaroundDelivered', workaround().state, { ...whileOpen('workaroundDelivered'), deliverFix: 'resolved' }],
  ['resolved', fixed().state, whileOpen('resolved')],
  ['refused', working().on('2026-11-16 12:00', 'refuse').state, { settleTask: 'refused' }],
  ['withdrawn', working().on('2026-11-16 12:00', 'withdraw').state, {}],
  ['closed', fixed().judged('2026-11-16 15:00', { what: 'accepted', kind: 'fix', ends: true }).state, {}],
];

function command(state: EscalationState, name: EscalationCommandName): EscalationEvent {
  const task = state.tasks.find(({ kind }) => kind === 'quote' || kind === 'publisherSilent')?.kind;
  const fields = { ...ESCALATION_FIELDS[name], ...(name === 'settleTask' && task ? { task } : {}) };
  const at = state.lastAt + 60_000;
  return frozen({ ...fields, type: name, at, who: 'publisher:p1', channel: 'api' } as unknown as EscalationEvent);
}

describe.each(SITUATIONS)('an escalation that is %s', (_, state, outcomes) => {
  it.each(ESCALATION_COMMANDS)('%s', (name) => {
    const event = command(state, name);
    const outcome = outcomes[name];
    if (outcome !== undefined) {
      const { state: next, effects } = advanceEscalation(state, event, PUBLISHER_RULES);
      expect(next.status).toBe(outcome);
      expect(next.seq).toBe(state.seq + 1);
      expect(effects[0]).toMatchObject({ kind: 'save', seq: next.seq, key: `${ESCALATION.id}:save:${next.seq}` });
      return;
    }
    let refusal: unknown;
    try {
      advanceEscalation(state, event, PUBLISHER_RULES);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({
      type: 'InvalidTransition',
      details: { tried: name, status: state.status, possible: viewOf(state, PUBLISHER_RULES).possible },
    });
  });

  it('says what is possible', () => {
    const possible = ESCALATION_COMMANDS.filter((name) => outcomes[name] !== undefined);
    expect(viewOf(state, PUBLISHER_RULES).possible).toEqual(possible);
  });
});

describe('the commands', () => {
  it('belong to one side each, but for notes', () => {
    const both = PUBLISHER_COMMANDS.filter((name) => (DISTRIBUTOR_COMMANDS as readonly string[]).includes(name));
    expect(both).toEqual(['note']);
    expect([...new Set([...PUBLISHER_COMMANDS, ...DISTRIBUTOR_COMMANDS])].sort()).toEqual(
      [...ESCALATION_COMMANDS].sort(),
    );
  });

  it('are not repeated by their ids', () => {
    const life = sent().on('2026-11-16 11:00', 'acknowledge', { commandId: 'ack' });
    const { seq } = life.state;
    life.on('2026-11-16 11:05', 'acknowledge', { commandId: 'ack', sr: 'SR-2026-000002' });
    expect(life.state.seq).toBe(seq);
    expect(life.state.sr?.number).toBe('SR-2026-000001');
  });

  it('name an exclusion and priorities that the terms know', () => {
    expect(() => working().on('2026-11-16 12:00', 'refuse', { exclusion: 'none' })).toThrow('no such exclusion');
    expect(() => working().on('2026-11-16 12:00', 'contestPriority', { priority: 'p9' })).toThrow('no such priority');
    expect(() => sendLife('p9', '2026-11-16 10:00')).toThrow('no such priority');
  });

  it('cannot settle a task that is not open', () => {
    const life = working().on('2026-11-16 12:00', 'refuse');
    expect(() => life.on('2026-11-16 12:10', 'settleTask', { task: 'publisherSilent' })).toThrow('No such task');
  });
});

it('is sent once', () => {
  const { state } = sent();
  const again: EscalationEvent = {
    ...{ type: 'send', priority: 'p2', sentBy: 'contact:ref1', who: 'staff:a1', channel: 'api' },
    at: local('2026-11-16 11:00'),
  };
  expect(() => advanceEscalation(state, again, PUBLISHER_RULES)).toThrow('the escalation exists');
  expect(openEscalation(ESCALATION, again, PUBLISHER_RULES).state.status).toBe('sent');
});
