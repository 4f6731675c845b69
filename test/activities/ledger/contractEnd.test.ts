/** The end of a contract in the ledger: to the end of its last local day, and nothing after it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteContractEnd } from '../../../db/contractEnds.ts';
import { correct } from '../../../db/ledger/corrections.ts';
import { expireLot } from '../../../db/ledger/expiry.ts';
import { orderCreditNotices } from '../../../db/ledger/notices.ts';
import { listOrders, placeOrder } from '../../../db/ledger/orders.ts';
import { debit, quote, reserve, settle } from '../../../db/ledger/spending.ts';
import { listLots, readStatement } from '../../../db/ledger/statement.ts';
import { type CreditContract, readCreditContract } from '../../../db/ledger/under.ts';
import { listLedgerOddities } from '../../../db/ledger/verification.ts';
import { listUntold, noteTold, readWatchedCredit } from '../../../db/ledger/watching.ts';
import { daysAfter } from '../../../domain/localDates.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { balanceOf, buy, LEDGER_TERMS, operation, storeCreditContract } from '../../support/ledgerWorld.ts';

let database: TestDatabase;
let count = 0;
const LAST = '2026-12-31';
const AFTER = '2027-01-01';
const quarters = (units: number) => [{ unit: 'timeUnit', units }];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  expect(await listLedgerOddities(database.pool)).toEqual([]);
  await database.drop();
});

/** A contract with a base of sixteen time units, which ends on its last day; and it as of an instant. */
async function ending(zone = 'Europe/Paris') {
  const { pool } = database;
  const contract = `E${++count}`;
  const first = await storeCreditContract(pool, contract, { ...LEDGER_TERMS.E, zone });
  await buy(pool, contract, { unit: 'timeUnit', units: 16 }, first);
  await noteContractEnd(pool, contract, { lastDay: LAST, reason: 'Letter of 12 June', by: 'staff:s-supervisor' });
  const asOf = async (instant: string): Promise<CreditContract> => {
    const under = await readCreditContract(pool, contract, Date.parse(instant));
    if (!under) throw new Error('no contract');
    return under;
  };
  return { contract, asOf, lot: (await listLots(pool, contract))[0]?.lot ?? 0 };
}

const renewals = async (contract: string) =>
  (await listOrders(database.pool, contract)).filter(({ kind }) => kind === 'renewal').length;

describe('what lasts as long as the contract', () => {
  it('is spent, and renews, to the end of its last local day', async () => {
    const { pool } = database;
    const { contract, asOf } = await ending();
    const under = await asOf('2026-12-31T22:59:59Z');
    expect(under).toMatchObject({ today: LAST, endsOn: LAST });
    await debit(pool, operation(contract, { on: LAST }), quarters(16), under);
    expect(await renewals(contract)).toBe(1);
    expect(await balanceOf(pool, contract, 'timeUnit')).toEqual({ available: 16, pending: 0 });
  });

  it('pays afterwards for work done in time, and renews no more', async () => {
    const { pool } = database;
    const { contract, asOf } = await ending();
    const under = await asOf('2026-12-31T23:00:00Z');
    expect(under.today).toBe(AFTER);
    const late = operation(contract, { on: LAST });
    await expect(debit(pool, late, quarters(17), under)).rejects.toMatchObject({ type: 'InsufficientCredit' });
    expect((await quote(pool, contract, quarters(16), { on: LAST, under })).renewals).toEqual([]);
    await debit(pool, late, quarters(16), under);
    expect(await renewals(contract)).toBe(0);
    expect(await balanceOf(pool, contract, 'timeUnit')).toEqual({ available: 0, pending: 0 });
  });

  it('is neither bought, reserved nor spent for a later day; what was done before yields its first answer', async () => {
    const { pool } = database;
    const { contract, asOf } = await ending();
    const under = await asOf('2026-12-31T12:00:00Z');
    const refused = { type: 'NotCovered' };
    const done = operation(contract, { on: AFTER });
    const by = 'staff:s-supervisor';
    await noteContractEnd(pool, contract, { lastDay: null, reason: 'It goes on.', by });
    const unknown = await asOf('2026-12-31T12:00:00Z');
    expect(unknown.endsOn).toBeUndefined();
    await debit(pool, done, quarters(1), unknown);
    await noteContractEnd(pool, contract, { lastDay: LAST, reason: 'It does not.', by });
    expect((await debit(pool, done, quarters(1), under)).isRepeated).toBe(true);
    for (const spend of [debit, reserve]) {
      await expect(spend(pool, operation(contract, { on: AFTER }), quarters(1), under)).rejects.toMatchObject(refused);
    }
    await expect(quote(pool, contract, quarters(1), { on: AFTER, under })).rejects.toMatchObject(refused);
    const form = { unit: 'timeUnit', units: 16, orderForm: 'BC-9' };
    await expect(placeOrder(pool, operation(contract, { on: AFTER }), form, under)).rejects.toMatchObject(refused);
    const last = operation(contract, { on: LAST });
    await placeOrder(pool, last, form, under);
    const earlier = { ...under, endsOn: '2026-12-30' };
    expect((await placeOrder(pool, last, form, earlier)).isRepeated).toBe(true);
    expect(await balanceOf(pool, contract, 'timeUnit')).toEqual({ available: 31, pending: 0 });
  });

  it('ends with the contract, where it is: announced before, and what is left stays with the provider', async () => {
    const { pool } = database;
    for (const [zone, end] of [
      ['Europe/Paris', '2026-12-31T23:00:00Z'],
      ['Pacific/Auckland', '2026-12-31T11:00:00Z'],
      ['America/Los_Angeles', '2027-01-01T08:00:00Z'],
    ] as const) {
      const { contract, asOf, lot } = await ending(zone);
      const watched = await readWatchedCredit(pool, contract, Date.parse('2026-11-21T12:00:00Z'));
      expect(watched?.lots).toMatchObject([{ lot, endsAt: Date.parse(end) }]);
      expect(watched?.lots[0]?.announce.map(({ days }) => days)).toEqual([60, 30, 7]);
      expect((await listLots(pool, contract))[0]?.lastDay).toBe(LAST);
      const before = new Date(Date.parse(end) - 1).toISOString();
      await expect(expireLot(pool, contract, lot, await asOf(before))).rejects.toMatchObject({ type: 'Conflict' });
      await expireLot(pool, contract, lot, await asOf(end));
      const lines = await readStatement(pool, contract, { limit: 100 });
      expect(lines.map(({ kind, on }) => `${kind} ${on}`)).toEqual(['purchase 2026-11-21', `expire ${LAST}`]);
      // Nobody is to buy more.
      expect((await readWatchedCredit(pool, contract, Date.parse(end)))?.alerts).toEqual([]);
    }
  });

  it('that was reserved in time is posted, and what returns later expires at once', async () => {
    const { pool } = database;
    const { contract, asOf } = await ending();
    const kept = operation(contract, { on: LAST });
    await reserve(pool, kept, quarters(10), await asOf('2026-12-31T12:00:00Z'));
    const under = await asOf('2027-01-02T12:00:00Z');
    await settle(pool, operation(contract, { on: LAST }), { reservation: kept.key, post: quarters(4) }, under);
    // Six more of the lot were never reserved: the contract's workflow takes them.
    expect(await balanceOf(pool, contract, 'timeUnit')).toEqual({ available: 6, pending: 0 });
  });
});

describe('an end that is noted', () => {
  it('is announced as the last day of what had none', async () => {
    const { pool } = database;
    const { contract, lot } = await ending();
    const { today } = (await readCreditContract(pool, contract)) ?? { today: '' };
    const lastDay = daysAfter(today, 40);
    await noteContractEnd(pool, contract, { lastDay, reason: 'Letter', by: 'staff:s-supervisor' });
    const notice = { contract, kind: 'creditExpiring', key: 'k60', lot, days: 60, tells: true } as const;
    await orderCreditNotices(pool, notice, { address: 'staff@support.test', language: 'en' });
    const { rows } = await pool.query('SELECT facts FROM notices WHERE contract = $1', [contract]);
    expect(rows).toMatchObject([{ facts: { lastDay, units: 16 } }]);
  });

  it('is told to the contract’s workflow, and may be taken back', async () => {
    const { pool } = database;
    const { contract, asOf } = await ending();
    const untold = async () => (await listUntold(pool, 100)).find((one) => one.contract === contract);
    const one = await untold();
    if (!one) throw new Error('not told');
    await noteTold(pool, one);
    expect(await untold()).toBeUndefined();
    const by = 'staff:s-supervisor';
    expect(await noteContractEnd(pool, contract, { lastDay: '2026-12-30', reason: 'A day less.', by })).toBe(true);
    expect(await untold()).toBeDefined();
    expect(await noteContractEnd(pool, contract, { lastDay: null, reason: 'It goes on.', by })).toBe(true);
    expect((await asOf('2027-06-01T12:00:00Z')).endsOn).toBeUndefined();
    expect(await noteContractEnd(pool, 'NONE', { lastDay: LAST, reason: 'r', by })).toBe(false);
  });

  it('and was wrong gives back what has expired by it, once; the next end takes it again', async () => {
    const { pool } = database;
    const { contract, asOf, lot } = await ending();
    const by = 'staff:s-supervisor';
    const { key } = await expireLot(pool, contract, lot, await asOf('2027-01-02T12:00:00Z'));
    const right = [{ unit: 'timeUnit', units: 0 }];
    const back = async (corrects: string) =>
      await correct(pool, operation(contract, {}), { corrects, right }, await asOf('2027-01-02T12:00:00Z'));
    await expect(back(key)).rejects.toMatchObject({ type: 'Conflict' });
    await noteContractEnd(pool, contract, { lastDay: null, reason: 'Another contract.', by });
    const { entries } = await back(key);
    expect(entries).toMatchObject([{ lot, kind: 'correct', available: 16 }]);
    await expect(back(key)).rejects.toMatchObject({ type: 'Conflict' });
    expect(await balanceOf(pool, contract, 'timeUnit')).toEqual({ available: 16, pending: 0 });
    const [order] = await listOrders(pool, contract);
    expect(order?.correctedTo).toBeNull();
    await noteContractEnd(pool, contract, { lastDay: LAST, reason: 'This one after all.', by });
    await expireLot(pool, contract, lot, await asOf('2027-01-03T12:00:00Z'));
    expect(await balanceOf(pool, contract, 'timeUnit')).toEqual({ available: 0, pending: 0 });
  });
});
