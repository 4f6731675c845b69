/**
 * A door to escalations without Temporal and without the core: a table of statuses, whose results are written to Postgres as
 * the activity writes them. The API only needs to see commands taken or refused, and what was saved.
 */
import type { Pool } from 'pg';
import type { EscalationDoor } from '../../client/escalationDoor.ts';
import { Unavailable } from '../../client/unavailable.ts';
import { readEscalationRow } from '../../db/escalations.ts';
import { ESCALATION_COMMANDS, type EscalationCommandName } from '../../domain/escalation/events.ts';
import type { EscalationResult, EscalationState, EscalationStatus } from '../../domain/escalation/state.ts';
import { ESCALATION_AUDIENCE, type EscalationEntryType } from '../../domain/escalation/timeline.ts';
import type { EscalationView } from '../../domain/escalation/view.ts';
import type { Who } from '../../domain/events.ts';
import { Refusal } from '../../domain/failures.ts';

export interface EscalationStandIn extends EscalationDoor {
  /** `before`: nothing is done, and it is unavailable; `after`: it is done, and the answer is lost. */
  away: 'before' | 'after' | undefined;
  /** Commands that came this far. */
  readonly calls: { readonly name: string; readonly command: object }[];
  /** What the workflow saves first. */
  sent(id: string): Promise<void>;
}

const LIVE: readonly EscalationStatus[] = ['acknowledged', 'inProgress', 'waiting', 'workaroundDelivered', 'resolved'];

/** From which statuses, to which one (the same without it), with which line. */
const TABLE: {
  readonly [name in EscalationCommandName]: readonly [
    readonly EscalationStatus[],
    EscalationStatus | undefined,
    EscalationEntryType,
  ];
} = {
  acknowledge: [['sent'], 'acknowledged', 'acknowledged'],
  startWork: [['acknowledged'], 'inProgress', 'workStarted'],
  ask: [['acknowledged', 'inProgress'], 'waiting', 'asked'],
  deliverWorkaround: [['acknowledged', 'inProgress'], 'workaroundDelivered', 'workaroundDelivered'],
  deliverFix: [['acknowledged', 'inProgress'], 'resolved', 'fixDelivered'],
  refuse: [['sent', ...LIVE], 'refused', 'refused'],
  confirmPriority: [['sent', ...LIVE], undefined, 'priorityAgreed'],
  contestPriority: [['sent', ...LIVE], undefined, 'priorityContested'],
  note: [['sent', ...LIVE], undefined, 'noted'],
  provide: [['waiting'], 'inProgress', 'provided'],
  proposePriority: [['sent', ...LIVE], undefined, 'priorityProposed'],
  agreePriority: [['sent', ...LIVE], undefined, 'priorityAgreed'],
  withdraw: [['sent', ...LIVE], 'withdrawn', 'withdrawn'],
  settleTask: [[], undefined, 'taskDone'],
  correctAddress: [[], undefined, 'taskDone'],
};

export function createEscalationStandIn(pool: Pool): EscalationStandIn {
  async function save(state: EscalationState, type: EscalationEntryType, who: Who, text?: string): Promise<void> {
    const { id, seq, lastAt, status, priority, sr } = state;
    await pool.query(
      `UPDATE escalations SET stage = 'sent', version = $2, status = $3, priority = $4, state = $5, view = $6 WHERE id = $1`,
      [id, seq, status, priority, JSON.stringify(state), JSON.stringify(viewOf(state))],
    );
    await pool.query(
      `INSERT INTO escalation_timeline (escalation, seq, line, at, type, audience, who, channel, text_id, facts)
       VALUES ($1, $2, 0, $3, $4, $5, $6, 'api', $7, $8)`,
      [id, seq, new Date(lastAt), type, ESCALATION_AUDIENCE[type], who, text ?? null, sr ? { sr: sr.number } : {}],
    );
  }

  async function stateOf(id: string): Promise<EscalationState> {
    const row = await readEscalationRow(pool, id);
    if (!row?.state) throw new Refusal('NotFound', 'There is no such escalation.');
    return row.state;
  }

  const door: EscalationStandIn = {
    away: undefined,
    calls: [],
    async sent(id) {
      const row = await readEscalationRow(pool, id);
      if (!row) throw new Error(`no ${id}`);
      const sentBy: Who = `contact:${row.referent}`;
      const at = Date.now();
      const state: EscalationState = {
        id: row.id,
        request: row.request,
        n: row.n,
        contract: row.contract,
        termsVersion: row.termsVersion,
        publisher: row.publisher,
        seq: 1,
        lastAt: at,
        status: 'sent',
        priority: row.priority,
        priorities: { proposed: { priority: row.priority, at, who: 'staff:s-agent' } },
        registeredAt: at,
        sentBy,
        chased: [],
        clocks: {},
        pauses: [],
        tasks: [{ kind: 'publisherSilent', since: at }],
        commands: [],
        pending: [],
      };
      await save(state, 'sent', 'staff:s-agent');
    },
    async command(id, name, command) {
      door.calls.push({ name, command });
      if (door.away === 'before') throw new Unavailable('Temporal');
      const state = await stateOf(id);
      const known = state.commands.find((one) => one.id === command.commandId)?.result;
      if (known) return known;
      const [from, to, type] = TABLE[name];
      if (!from.includes(state.status)) {
        const message = `${name} was refused: Not possible while the escalation is ${state.status}.`;
        throw new Refusal('InvalidTransition', message, {
          tried: name,
          status: state.status,
          possible: possibleFrom(state.status),
        });
      }
      const at = Date.now();
      const { text, sr, srIssuedBy } = command as { text?: string; sr?: string; srIssuedBy?: 'publisher' };
      const { who } = command;
      const status = to ?? state.status;
      const result: EscalationResult = { id: state.id, version: state.seq + 1, at, status };
      const next: EscalationState = {
        ...state,
        seq: state.seq + 1,
        lastAt: at,
        status,
        commands: [...state.commands, { id: command.commandId, result }],
        ...(name === 'acknowledge' && sr && srIssuedBy
          ? {
              acknowledgedAt: at,
              sr: {
                number: sr,
                issuedBy: srIssuedBy,
                at,
                sentBy: state.sentBy,
                receivedBy: who,
                priority: state.priority,
              },
            }
          : {}),
      };
      await save(next, type, who, text);
      if (door.away === 'after') throw new Unavailable('Temporal');
      return result;
    },
    holdMessage: async () => 'delivered',
    dismissMessage: async () => 'delivered',
    mailBounced: async () => 'delivered',
  };
  return door;
}

function possibleFrom(status: EscalationStatus): EscalationCommandName[] {
  return ESCALATION_COMMANDS.filter((name) => TABLE[name][0].includes(status));
}

function viewOf(state: EscalationState): EscalationView {
  const { id, request, n, contract, termsVersion, publisher, status, priority, priorities, sentBy, tasks } = state;
  const { acknowledgedAt, sr } = state;
  return {
    id,
    request,
    n,
    contract,
    termsVersion,
    publisher,
    version: state.seq,
    status,
    priority,
    priorities,
    sentAt: state.registeredAt,
    sentBy,
    ...(acknowledgedAt === undefined ? {} : { acknowledgedAt }),
    ...(sr ? { sr } : {}),
    chasersSent: 0,
    clocks: [],
    breached: false,
    tasks,
    possible: possibleFrom(status),
  };
}
