/** Lives of an intervention, approved by mail, and of a call of the hotline, in steps; and all that was said and entered of one. */
import { daysAfter } from '../../domain/localDates.ts';
import type { Course, Step } from '../../test/support/steps.ts';
import { until } from '../../test/support/until.ts';
import type { FaultStack } from './faultStack.ts';
import { done, openRequest, type PrepaidCallers, type PrepaidKind, today } from './prepaid.ts';
import type { Journal } from './traffic.ts';

/** Where lives are lived. */
export interface LifeWorld {
  readonly stack: FaultStack;
  readonly journal: Journal;
  readonly callers: PrepaidCallers;
}

/** An intervention on tickets, or a call of the hotline, each on a request of its own. */
export interface PrepaidLife {
  readonly kind: PrepaidKind;
  readonly contract: string;
  /** Once its request is there. */
  number?: string;
}

/** What may be compared of two lives that went the same way. */
export interface ToldOfLife {
  readonly request: readonly string[];
  readonly intervention: readonly string[];
  /** `customer estimate accepted`: audience, kind, how it ended; in the order of these words. */
  readonly mails: readonly string[];
  /** `reserve -2 2`: kind, what it did to the units available and reserved. */
  readonly ledger: readonly string[];
  /** What it cost, and whether that is debited; none of an intervention. */
  readonly call: string;
}

type LifeStep = Step<LifeWorld, PrepaidLife>;

/** Approved; a part of it is used. */
const UNITS = 2;
/** What it takes to get by processes that were killed: the longest attempt of a mail, its next one, and some more. */
const PATIENCE = { timeoutMs: 90_000, everyMs: 50 };
const CALL_AGAIN_MS = 100;

const REQUESTED: LifeStep = {
  name: 'requested',
  async take({ callers, journal }, life) {
    life.number = await openRequest(callers, journal, life.contract);
  },
  isHeard: (world, life) => areMailed(world, life, 1),
};

/** From the request to the report and what it debits. */
const INTERVENTION: readonly LifeStep[] = [
  REQUESTED,
  {
    name: 'opened',
    take: ({ callers, journal }, { number }) =>
      done(callers.agent, journal, `/v1/requests/${number}/interventions`, { text: 'A new server.' }),
    isHeard: said('opened'),
  },
  { name: 'studied', take: told('study', { feasible: true, text: 'It can be done.' }), isHeard: said('studied') },
  {
    name: 'estimated',
    take: told('sendEstimate', { service: 'pdmInstallation', units: UNITS }),
    isHeard: (world, life) => areMailed(world, life, 2),
  },
  { name: 'approved', take: pressed, isHeard: said('unitsReserved') },
  {
    name: 'scheduled',
    take: (world, life) => told('schedule', tomorrow())(world, life),
    isHeard: async (world, life) => (await areMailed(world, life, 4)) && (await said('remindedDayBefore')(world, life)),
  },
  { name: 'work started', take: told('startWork'), isHeard: said('workStarted') },
  { name: 'work stopped', take: told('stopWork'), isHeard: said('workStopped') },
  { name: 'work logged', take: told('logWork', { minutes: 20 }), isHeard: said('workLogged') },
  { name: 'completed', take: told('complete', { text: 'It runs.' }), isHeard: said('unitsPosted') },
];

const calls = ({ number }: PrepaidLife) => `/v1/requests/${number}/hotlineCalls`;

const CALL: readonly LifeStep[] = [
  REQUESTED,
  {
    name: 'begun',
    take: ({ callers, journal }, life) => done(callers.agent, journal, calls(life)),
    isHeard: calling('told_at'),
  },
  {
    name: 'ended',
    take: ({ callers, journal }, life) => done(callers.agent, journal, `${calls(life)}/1/end`),
    isHeard: calling('debited_at'),
  },
];

/** How lives of either kind go. */
export const COURSES: { readonly [kind in PrepaidKind]: Course<LifeWorld, PrepaidLife> } = {
  tickets: { steps: INTERVENTION, patience: PATIENCE },
  hotline: { steps: CALL, patience: PATIENCE },
};

/** All that there is to say of it, once as many mails as `of` an undisturbed life have gone. */
export async function toldOf(world: LifeWorld, life: PrepaidLife, of?: ToldOfLife): Promise<ToldOfLife> {
  const { number = '' } = life;
  // What there is too much or too little of is for the comparison to say.
  if (of) await until(() => areMailed(world, life, of.mails.length), PATIENCE).catch(() => undefined);
  const read = async (statement: string) =>
    (await world.stack.pool.query<{ said: string }>(statement, [number])).rows.map(({ said }) => said);
  return {
    request: await read('SELECT type AS said FROM timeline WHERE number = $1 ORDER BY seq, line'),
    intervention: await read(
      `SELECT l.type AS said FROM intervention_timeline l JOIN interventions i ON i.id = l.intervention
       WHERE i.request = $1 ORDER BY l.intervention, l.seq, l.line`,
    ),
    mails: await read(
      `SELECT audience || ' ' || kind || ' ' || status AS said FROM outbound_mails WHERE number = $1 ORDER BY 1`,
    ),
    ledger: await read(
      `SELECT kind || ' ' || available || ' ' || pending AS said FROM credit_entries WHERE request = $1 ORDER BY id`,
    ),
    call: (
      await read(
        `SELECT concat_ws(' ', free_seconds, units, unit, debited_at IS NOT NULL) AS said
         FROM hotline_calls WHERE request = $1 ORDER BY n`,
      )
    ).join(', '),
  };
}

/** How often each mail of a life was taken by the mail server; the alert of a call is one. */
export async function takenOf({ stack }: LifeWorld, { number = '', kind }: PrepaidLife): Promise<number[]> {
  const { rows } = await stack.pool.query<{ id: string }>(
    'SELECT message_id AS id FROM outbound_mails WHERE number = $1',
    [number],
  );
  const ids = rows.map(({ id }) => id);
  if (kind === 'hotline') ids.push(stack.messageIdOf(`hotline:${number}:1:freeMinutesEnd`));
  return ids.map((id) => stack.sink.taken.get(id) ?? 0);
}

function told(command: string, body: object = {}): LifeStep['take'] {
  return ({ callers, journal }, { number }) =>
    done(callers.agent, journal, `/v1/interventions/${number}/1/${command}`, body);
}

/** By the button of the page that the estimate's mail leads to, until the page says that it is decided. */
async function pressed({ stack, callers, journal }: LifeWorld, { number }: PrepaidLife): Promise<void> {
  const { rows } = await stack.pool.query<{ text: string }>(
    "SELECT body AS text FROM outbound_mails WHERE number = $1 AND kind = 'estimate'",
    [number],
  );
  const path = /\/approvals\/[a-z2-7]+/.exec(rows[0]?.text ?? '')?.[0];
  if (path === undefined) throw new Error(`the estimate of ${number} has no link`);
  await until(
    async () => {
      const status = await press(`${callers.api()}${path}`);
      journal.answers.set(status, (journal.answers.get(status) ?? 0) + 1);
      if (status >= 400 && status !== 410 && status !== 503) throw new Error(`the page answered ${status}`);
      return status === 200 || status === 410;
    },
    { timeoutMs: PATIENCE.timeoutMs, everyMs: CALL_AGAIN_MS },
  );
}

/** The status of the page's answer; 0: none. */
async function press(url: string): Promise<number> {
  const body = new URLSearchParams({ decision: 'approve' });
  try {
    const response = await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(20_000) });
    await response.text();
    return response.status;
  } catch {
    return 0;
  }
}

/** The reminder of the business day before is due at once. */
function tomorrow(): object {
  const day = daysAfter(today(), 1);
  return { from: `${day}T09:00:00Z`, to: `${day}T10:30:00Z`, participants: 2 };
}

function said(type: string): LifeStep['isHeard'] {
  return async ({ stack }, { number }) => {
    const { rowCount } = await stack.pool.query(
      'SELECT FROM intervention_timeline WHERE intervention = $1 AND type = $2',
      [`intervention:${number}:1`, type],
    );
    return (rowCount ?? 0) > 0;
  };
}

function calling(column: 'told_at' | 'debited_at'): LifeStep['isHeard'] {
  return async ({ stack }, { number }) => {
    const { rowCount } = await stack.pool.query(
      `SELECT FROM hotline_calls WHERE request = $1 AND ${column} IS NOT NULL`,
      [number],
    );
    return rowCount === 1;
  };
}

async function areMailed({ stack }: LifeWorld, { number }: PrepaidLife, count: number): Promise<boolean> {
  const { rows } = await stack.pool.query<{ status: string }>('SELECT status FROM outbound_mails WHERE number = $1', [
    number,
  ]);
  return rows.length >= count && rows.every(({ status }) => status !== 'waiting');
}
