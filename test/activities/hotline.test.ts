/** Calls and proposals to bill in Postgres: written once, debited once, decided once. */
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHotlineActivities } from '../../activities/hotline.ts';
import { createHotlineMailActivities } from '../../activities/hotlineMail.ts';
import { saasSupport } from '../../contracts/templates/saasSupport.ts';
import type { ContractTermsInput } from '../../contracts/terms.ts';
import { storeStaff } from '../../db/accessTokens.ts';
import { decideBilling, listUndecidedBilling, proposeBilling } from '../../db/billingProposals.ts';
import { beginHotlineCall, listUndebitedCalls, readEarlierCalls } from '../../db/hotlineCalls.ts';
import { readStatement } from '../../db/ledger/statement.ts';
import type { OutgoingMessage } from '../../mail/transport.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { balanceOf, buy, LEDGER_TERMS } from '../support/ledgerWorld.ts';
import { activityEnvironment, MAIL_KEYS } from '../support/mailWorld.ts';
import { storePrepaidContract } from '../support/prepaidContract.ts';

let database: TestDatabase;
let pool: Pool;
const BEGAN = new Date('2026-11-23T10:00:00+01:00');

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
});
afterAll(() => database.drop());

const incident = (terms: ContractTermsInput = LEDGER_TERMS.E) => storePrepaidContract(pool, terms);
const call = (request: string, beganAt = BEGAN) =>
  beginHotlineCall(pool, { request, termsVersion: 1, kind: 'call', agent: 'staff:s-agent', beganAt });

/** Each activity twice, as after an answer that was lost. */
async function made(request: string, minutes: number, began = BEGAN) {
  const activities = createHotlineActivities({ pool, now: () => began.getTime() });
  const id = await call(request, began);
  if (!id) throw new Error('no call');
  const end = { id, seconds: minutes * 60, endedAt: began.getTime() + minutes * 60_000 };
  await activities.endHotlineCall(end);
  const outcome = await activities.endHotlineCall({ ...end, seconds: 1 });
  await activities.debitHotlineCall({ id });
  return { ...outcome, ...(await activities.debitHotlineCall({ id })) };
}

describe('the alert of a call', () => {
  it('goes to its agent, once, as a machine’s mail; nobody is told of a call that is over', async () => {
    const { request } = await incident();
    const agent = { id: 's-agent', name: 'Alix', email: 'alix@support.test', role: 'agent', language: 'en' } as const;
    await storeStaff(pool, agent);
    const mails: OutgoingMessage[] = [];
    const { alertAgent } = createHotlineMailActivities({
      ...{ pool, tokenKeys: MAIL_KEYS, sender: { name: 'Support', domain: 'support.test' } },
      transport: {
        async send(message) {
          mails.push(message);
          return { result: 'accepted', at: 0 };
        },
        close: () => undefined,
      },
      staffAlerts: { address: 'staff@support.test', language: 'fr' },
      logger: { warn: () => undefined, error: () => undefined },
    });
    const id = await call(request);
    if (!id) throw new Error('no call');
    const alert = (because: 'freeMinutesEnd' | 'creditLacking') =>
      activityEnvironment().run(alertAgent, { id, agent: 'staff:s-agent' as const, because });
    await alert('freeMinutesEnd');
    await alert('freeMinutesEnd');
    expect(mails.map(({ to, headers }) => [to, headers['Auto-Submitted']])).toEqual([
      ['alix@support.test', 'auto-generated'],
    ]);
    expect(mails[0]?.subject).toContain(request);
    await createHotlineActivities({ pool }).endHotlineCall({ id, seconds: 60, endedAt: BEGAN.getTime() + 60_000 });
    await alert('freeMinutesEnd');
    await alert('creditLacking');
    expect(mails).toHaveLength(2);
    const other = await call(request);
    if (!other) throw new Error('no call');
    const { endHotlineCall } = createHotlineActivities({ pool });
    await endHotlineCall({ id: other, seconds: 60, endedAt: BEGAN.getTime() + 60_000 });
    const late = { id: other, agent: 'staff:s-agent' as const, because: 'freeMinutesEnd' as const };
    await activityEnvironment().run(alertAgent, late);
    expect(mails).toHaveLength(2);
  });
});

describe('calls on an incident', () => {
  it('use the free minutes one after the other, then units', async () => {
    const { reference, request, under } = await incident();
    await buy(pool, reference, { unit: 'timeUnit', units: 16 }, under);
    expect(await made(request, 20)).toMatchObject({ freeSeconds: 1_200, units: 0, result: 'done' });
    expect(await made(request, 20)).toMatchObject({ freeSeconds: 600, units: 1, result: 'done' });
    expect(await made(request, 5)).toMatchObject({ freeSeconds: 0, units: 1, result: 'done' });
    expect(await balanceOf(pool, reference, 'timeUnit')).toEqual({ available: 14, pending: 0 });
    expect(await readEarlierCalls(pool, request)).toHaveLength(3);
  });

  it.each([
    ['over midnight', '2026-11-23T23:50:00+01:00', '2026-11-23'],
    ['in the hour that comes twice', '2026-10-25T02:40:00+02:00', '2026-10-25'],
    ['that began after midnight there, and before it in UTC', '2027-03-28T00:10:00+01:00', '2027-03-28'],
  ])('%s are debited on the local day on which they began', async (_when, began, day) => {
    const { reference, request, under } = await incident();
    await buy(pool, reference, { unit: 'timeUnit', units: 16 }, under);
    expect(await made(request, 46, new Date(began))).toMatchObject({ freeSeconds: 1_800, units: 2, result: 'done' });
    const lines = await readStatement(pool, reference, { limit: 10 });
    expect(lines.at(-1)).toMatchObject({ kind: 'debit', available: -2, on: day, request });
  });

  it('are one at a time, also remote work beside a call', async () => {
    const { request } = await incident();
    const begun = await Promise.allSettled([call(request), call(request), call(request)]);
    expect(begun.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(begun.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { type: 'Conflict' } });
    const remote = { request, termsVersion: 1, kind: 'remoteWork', agent: 'staff:s-other', beganAt: BEGAN } as const;
    await expect(beginHotlineCall(pool, remote)).rejects.toThrow('end it first');
  });

  it('that cannot be debited stay owed until an order is there', async () => {
    const { reference, request, under } = await incident();
    const { id, result } = await made(request, 40);
    expect(result).toBe('insufficient');
    expect(await listUndebitedCalls(pool, reference)).toEqual([id]);
    await buy(pool, reference, { unit: 'timeUnit', units: 16 }, under);
    const activities = createHotlineActivities({ pool, now: () => BEGAN.getTime() });
    expect(await activities.debitHotlineCall({ id })).toEqual({ result: 'done' });
    expect(await listUndebitedCalls(pool, reference)).toEqual([]);
    expect(await balanceOf(pool, reference, 'timeUnit')).toEqual({ available: 15, pending: 0 });
  });
});

describe('time on a cause that was not the product (B)', () => {
  const SAAS = saasSupport({ customer: 'Customer', provider: 'Provider' }, { yearlyFeeCents: 1_200_000 });
  const textOf = async (request: string) => {
    const { rows } = await pool.query<{ id: string }>('SELECT id FROM texts WHERE number = $1', [request]);
    return rows[0]?.id ?? '';
  };

  it('is a proposal that another person confirms, once', async () => {
    const { request } = await incident({ ...SAAS, priorities: { ...SAAS.priorities } });
    const cause = await textOf(request);
    const { id } = await proposeBilling(pool, { request, seconds: 5_400, cause, proposedBy: 'staff:s-agent' });
    expect((await listUndecidedBilling(pool)).map((proposal) => proposal.id)).toContain(id);
    await expect(decideBilling(pool, id, { decision: 'confirmed', by: 'staff:s-agent' })).rejects.toMatchObject({
      type: 'ValidationFailed',
    });
    const confirm = () => decideBilling(pool, id, { decision: 'confirmed', by: 'staff:s-supervisor' });
    expect(await confirm()).toMatchObject({ decision: 'confirmed', seconds: 5_400 });
    expect(await confirm()).toMatchObject({ decision: 'confirmed' });
    await expect(decideBilling(pool, id, { decision: 'rejected', by: 'staff:s-supervisor' })).rejects.toMatchObject({
      type: 'Conflict',
    });
    expect((await listUndecidedBilling(pool)).map((proposal) => proposal.id)).not.toContain(id);
  });

  it('is refused where the contract does not have it billed', async () => {
    const { request } = await incident();
    const cause = await textOf(request);
    await expect(
      proposeBilling(pool, { request, seconds: 60, cause, proposedBy: 'staff:s-agent' }),
    ).rejects.toMatchObject({ type: 'NotCovered' });
  });
});
