import { describe, expect, it } from 'vitest';
import { COMMANDS, type CommandName, type RequestEvent } from '../../../domain/events.ts';
import { Refusal } from '../../../domain/failures.ts';
import { advance } from '../../../domain/request.ts';
import type { RequestState, Status } from '../../../domain/state.ts';
import { viewOf } from '../../../domain/view.ts';
import { local } from '../../support/businessTime.ts';
import { COMMAND_FIELDS, frozen, openLife, throughJson } from '../../support/life.ts';
import { ANOMALY_TERMS, rulesOf } from '../../support/rules.ts';

const RULES = rulesOf({ ...ANOMALY_TERMS, publisherContracts: ['TEST-C'] });

/** Where a command may lead; what is missing is refused. */
type Outcomes = Partial<Record<CommandName, Status>>;

/** What every open request takes. */
function whileOpen(status: Status, afterAnswer: Status = status): Outcomes {
  return {
    answer: afterAnswer,
    assign: status,
    note: status,
    logWork: status,
    requalify: status,
    amendTerms: status,
    refuse: 'closed',
    close: 'closed',
  };
}

const taken = (priority = 'major') => openLife(priority, '2026-11-16 10:00').on('2026-11-16 10:30', 'acknowledge', {});
const workaround = () => taken().on('2026-11-16 11:00', 'proposeWorkaround', { text: 't' });
const fix = () => taken().on('2026-11-16 11:00', 'proposeFix', { text: 't' });
const unreachable = () => {
  const life = taken();
  life.mailServer = () => 'refused';
  return life.on('2026-11-16 11:00', 'ask', { text: 't' }).on('2026-11-16 11:10', 'answer', {});
};
const closed = () => taken().on('2026-11-16 11:00', 'close', { reason: 'withdrawn' });
const escalated = (state: RequestState): RequestState => {
  const { state: sent } = advance(
    state,
    {
      type: 'escalate',
      at: state.lastAt,
      who: 'staff:a1',
      channel: 'api',
      ...{ n: 7, publisher: 'p', publisherContract: 'TEST-C' },
    },
    RULES,
  );
  // What a publisher delivered, and what was proposed to a request that is escalated already, is kept.
  return frozen({ ...sent, ...(state.proposal ? { proposal: state.proposal } : {}) });
};

const PROPOSING: Outcomes = {
  ask: 'waiting',
  proposeWorkaround: 'waiting',
  proposeFix: 'waiting',
  escalate: 'escalated',
};

const SITUATIONS: [string, RequestState, Outcomes, string?][] = [
  [
    'registered',
    openLife('major', '2026-11-16 10:00').state,
    { ...whileOpen('registered'), acknowledge: 'inProgress', ask: 'waiting' },
  ],
  ['inProgress', taken().state, { ...whileOpen('inProgress'), ...PROPOSING }],
  ['inProgress, minor', taken('minor').state, { ...whileOpen('inProgress'), ...PROPOSING, defer: 'deferred' }],
  [
    'inProgress, a workaround answered but not judged',
    workaround().on('2026-11-16 11:20', 'answer', {}).state,
    { ...whileOpen('inProgress'), ...PROPOSING, confirm: 'inProgress', reject: 'inProgress' },
  ],
  [
    'inProgress, a fix answered but not judged',
    fix().on('2026-11-16 11:20', 'answer', {}).state,
    { ...whileOpen('inProgress'), ...PROPOSING, confirm: 'waiting', reject: 'inProgress' },
  ],
  [
    'inProgress, an address refused',
    unreachable().state,
    { ...whileOpen('inProgress'), ...PROPOSING, correctAddress: 'inProgress' },
  ],
  [
    'waiting for information',
    taken().on('2026-11-16 11:00', 'ask', { text: 't' }).state,
    whileOpen('waiting', 'inProgress'),
  ],
  [
    'waiting for information, never acknowledged',
    openLife('major', '2026-11-16 10:00').on('2026-11-16 10:01', 'ask', { text: 't', automatic: true }).state,
    { ...whileOpen('waiting', 'registered'), acknowledge: 'waiting' },
  ],
  [
    'waiting for information, a workaround not judged',
    workaround().on('2026-11-16 11:20', 'answer', {}).on('2026-11-16 11:30', 'ask', { text: 't' }).state,
    whileOpen('waiting', 'inProgress'),
  ],
  [
    'waiting for confirmation of a workaround',
    workaround().state,
    { ...whileOpen('waiting', 'inProgress'), confirm: 'inProgress', reject: 'inProgress' },
  ],
  [
    'waiting for confirmation of a fix',
    fix().state,
    { ...whileOpen('waiting', 'inProgress'), confirm: 'waiting', reject: 'inProgress', putInProduction: 'closed' },
  ],
  [
    'waiting for production',
    fix().on('2026-11-16 11:30', 'confirm', {}).state,
    { ...whileOpen('waiting', 'inProgress'), putInProduction: 'closed' },
  ],
  ['escalated', escalated(taken().state), { ...whileOpen('escalated'), ...PROPOSING }],
  [
    'escalated, a fix answered but not judged',
    escalated(fix().on('2026-11-16 11:20', 'answer', {}).state),
    { ...whileOpen('escalated'), ...PROPOSING, confirm: 'waiting', reject: 'escalated' },
  ],
  [
    'deferred',
    taken('minor').on('2026-11-16 11:00', 'defer', { text: 't' }).state,
    { ...whileOpen('deferred'), proposeFix: 'waiting', resume: 'inProgress' },
  ],
  ['closed', closed().state, { answer: 'inProgress', reopen: 'inProgress' }],
  ['closed, at the last instant', closed().state, { answer: 'inProgress', reopen: 'inProgress' }, '2026-11-30 11:00'],
  ['closed, too long ago', closed().state, {}, '2026-11-30 11:01'],
];

describe.each(SITUATIONS)('%s', (_, state, outcomes, time = '2026-11-16 12:00') => {
  const at = local(time);
  const possible = COMMANDS.filter((name) => outcomes[name] !== undefined);

  it.each(COMMANDS)('%s', (name) => {
    const copy = structuredClone(state);
    const event = frozen({ type: name, at, who: 'staff:a1', channel: 'api', ...COMMAND_FIELDS[name] } as RequestEvent);
    const expected = outcomes[name];
    if (expected === undefined) {
      expect(refusalOf(state, event)).toMatchObject({
        type: 'InvalidTransition',
        details: { tried: name, status: state.status, possible },
      });
    } else {
      const after = throughJson(advance(state, event, RULES).state);
      expect(after).toMatchObject({ status: expected, seq: state.seq + 1, lastAt: at });
    }
    expect(state).toStrictEqual(copy);
  });

  it('shows what is possible', () => {
    expect(viewOf({ ...state, lastAt: at }, RULES).possible).toStrictEqual(possible);
  });
});

function refusalOf(state: RequestState, event: RequestEvent): Refusal {
  try {
    advance(state, event, RULES);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error(`${event.type} was accepted`);
}

describe('what the terms or the payload do not allow', () => {
  const { state } = taken();
  const at = local('2026-11-16 12:00');
  const happening = { at, who: 'staff:a1', channel: 'api' } as const;

  it.each<[string, RequestEvent, string]>([
    ['an unknown priority', { ...happening, type: 'requalify', priority: 'urgent', text: 't' }, 'priority'],
    [
      'a priority that every object has',
      { ...happening, type: 'requalify', priority: 'toString', text: 't' },
      'priority',
    ],
    ['an unknown exclusion', { ...happening, type: 'refuse', exclusion: 'weather' }, 'exclusion'],
    ['no time worked', { ...happening, type: 'logWork', seconds: 0 }, 'seconds'],
    ['a part of a second', { ...happening, type: 'logWork', seconds: 1.5 }, 'seconds'],
    ['a duplicate of nothing', { ...happening, type: 'close', reason: 'duplicate' }, 'duplicateOf'],
    [
      'an original for what is no duplicate',
      { ...happening, type: 'close', reason: 'withdrawn', duplicateOf: 'DA-1' },
      'duplicateOf',
    ],
  ])('refuses %s and names the field', (_, event, field) => {
    expect(refusalOf(state, event)).toMatchObject({ type: 'ValidationFailed', details: { fields: [{ path: field }] } });
  });

  it('refuses terms without the priority that the request has', () => {
    const { major: _, ...priorities } = RULES.terms.priorities;
    const terms = { ...RULES.terms, version: 2, priorities };
    const event: RequestEvent = { ...happening, type: 'amendTerms', terms, windows: {} };
    expect(() => advance(state, event, { ...RULES, terms }, RULES)).toThrow('no such priority');
  });

  it('refuses to call a fix permanent', () => {
    const event: RequestEvent = { ...happening, type: 'confirm', permanent: true };
    expect(refusalOf(fix().state, event)).toMatchObject({
      type: 'ValidationFailed',
      details: { fields: [{ path: 'permanent' }] },
    });
  });

  it('refuses an opening with an unknown priority, and a second opening', () => {
    expect(() => openLife('urgent', '2026-11-16 10:00')).toThrow('no such priority');
    expect(() => openLife('constructor', '2026-11-16 10:00')).toThrow('no such priority');
    const event: RequestEvent = { ...happening, type: 'open', contact: 'c1', priority: 'major', text: 't' };
    expect(refusalOf(state, event)).toMatchObject({ type: 'InvalidTransition' });
  });
});

describe('what is recorded without a change of status', () => {
  it('keeps the assignee, the work and the exclusion', () => {
    const life = taken()
      .on('2026-11-16 11:00', 'assign', { assignee: 'staff:a7' })
      .on('2026-11-16 11:10', 'logWork', { seconds: 900 })
      .on('2026-11-16 11:20', 'refuse', { exclusion: 'notTheProduct' });
    expect(life.state.assignee).toBe('staff:a7');
    expect(life.entries.map((entry) => entry.facts)).toContainEqual({ seconds: 900 });
    expect(life.mailed).toContain('Mon 2026-11-16 11:20 refusal');
    expect(life.view.closed?.reason).toBe('refused');
  });

  it('leaves a deferred request that is re-qualified as one with a resolution in progress', () => {
    const life = taken('minor')
      .on('2026-11-16 12:00', 'defer', { text: 't' })
      .on('2026-11-16 14:00', 'requalify', { priority: 'major', text: 't' });
    expect(life.state.status).toBe('inProgress');
    expect(life.due('resolution')).toBe('Thu 2026-11-26 12:00');
  });
});
