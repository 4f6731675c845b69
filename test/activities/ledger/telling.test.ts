/** Entries reach the contract's workflow by the relay, and its notices the mail server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Unavailable } from '../../../client/unavailable.ts';
import { storeContact } from '../../../db/contracts.ts';
import { orderCreditNotices } from '../../../db/ledger/notices.ts';
import type { Under } from '../../../db/ledger/operations.ts';
import { debit } from '../../../db/ledger/spending.ts';
import { listLots } from '../../../db/ledger/statement.ts';
import { listUntold, noteTold, readWatchedCredit } from '../../../db/ledger/watching.ts';
import type { OutgoingMessage } from '../../../mail/transport.ts';
import { startCredits } from '../../../relay/credits.ts';
import { startNotices } from '../../../relay/notices.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { buy, LEDGER_TERMS, operation, storeCreditContract } from '../../support/ledgerWorld.ts';
import { MAIL_KEYS } from '../../support/mailWorld.ts';
import { until } from '../../support/until.ts';

let database: TestDatabase;
let under: Under;
const log = { warn: () => undefined };
const STAFF = { address: 'staff@support.test', language: 'fr' } as const;

beforeAll(async () => {
  database = await createTestDatabase();
  const { pool } = database;
  under = await storeCreditContract(pool, 'ONE', LEDGER_TERMS.A);
  for (const id of ['main', 'other']) {
    const contact = { id, contract: 'ONE', name: `Person ${id}`, email: `${id}@customer.test`, trained: true };
    await storeContact(pool, { ...contact, language: 'en' });
  }
  await pool.query("UPDATE contacts SET main = true WHERE id = 'main'");
});
afterAll(() => database.drop());

describe('the relay', () => {
  it('tells of the first lot and of each later entry, also after an outage', async () => {
    const { pool } = database;
    const told: string[] = [];
    let away = 1;
    const door = {
      async creditChanged(contract: string) {
        if (away-- > 0) throw new Unavailable('Temporal');
        told.push(contract);
      },
    };
    const relay = startCredits({ pool, door, log, pauseMs: 20 });
    try {
      await buy(pool, 'ONE', { unit: 'ticket', units: 10 }, under);
      await until(() => told.length === 1);
      await debit(pool, operation('ONE'), [{ unit: 'ticket', units: 1 }], under);
      await until(() => told.length === 2);
      await until(async () => (await listUntold(pool, 10)).length === 0);
    } finally {
      await relay.close();
    }
    expect(told).toEqual(['ONE', 'ONE']);
  });

  it('tells once more a minute later: what was committed meanwhile may have a lower id', async () => {
    const { pool } = database;
    const [lot] = await listLots(pool, 'ONE');
    const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);
    await pool.query(
      `INSERT INTO credit_entries (key, line, content_hash, contract, lot, kind, available, pending, on_day, who, why, at)
       VALUES ('older', 1, '\\x00', 'ONE', $1, 'debit', -1, 0, '2026-11-21', 'w', 'w', $2)`,
      [lot?.lot, ago(100)],
    );
    const [untold] = await listUntold(pool, 10);
    await noteTold(pool, untold ?? expect.unreachable());
    expect(await listUntold(pool, 10)).toEqual([]);
    await pool.query('UPDATE credit_contracts SET told_at = $1', [ago(90)]);
    expect(await listUntold(pool, 10)).toEqual([untold]);
    await noteTold(pool, untold ?? expect.unreachable());
    expect(await listUntold(pool, 10)).toEqual([]);
  });

  it('tells once a day of units that will end, so that a lost execution is started again', async () => {
    const { pool } = database;
    await pool.query('UPDATE credit_contracts SET told_at = $1', [new Date(Date.now() - 25 * 3_600_000)]);
    const [untold] = await listUntold(pool, 10);
    expect(untold?.contract).toBe('ONE');
    await noteTold(pool, untold ?? expect.unreachable());
    expect(await listUntold(pool, 10)).toEqual([]);
  });
});

describe('a notice of credit', () => {
  it('goes to the main contact and to staff, once for its key, with what is left', async () => {
    const { pool } = database;
    const [lot] = await listLots(pool, 'ONE');
    const told = {
      contract: 'ONE',
      kind: 'creditExpiring',
      key: 'expiring:1:30',
      lot: lot?.lot ?? 0,
      days: 30,
    } as const;
    await orderCreditNotices(pool, { ...told, tells: true }, STAFF);
    await orderCreditNotices(pool, { ...told, tells: true }, STAFF);
    await orderCreditNotices(pool, { ...told, key: 'expiring:1:60', days: 60, tells: false }, STAFF);
    const sent: OutgoingMessage[] = [];
    const transport = {
      async send(message: OutgoingMessage) {
        sent.push(message);
        return { result: 'accepted' as const, at: Date.now() };
      },
      close: () => undefined,
    };
    const sender = { name: 'Support', domain: 'support.test' };
    const tokenKeys = MAIL_KEYS;
    const notices = startNotices({ pool, transport, sender, tokenKeys, portal: 'https://p.test', log, pauseMs: 20 });
    try {
      await until(() => sent.length === 2);
    } finally {
      await notices.close();
    }
    expect(sent.map(({ to }) => to).sort()).toEqual(['main@customer.test', 'staff@support.test']);
    const mail = sent.find(({ to }) => to === 'main@customer.test');
    expect(mail?.subject).toBe('ONE: units (prepaid ticket) end on 21 November 2027');
    expect(mail?.text).toContain('8 × prepaid ticket');
    expect(mail?.headers).toMatchObject({ 'Auto-Submitted': 'auto-generated' });
    expect(sent.find(({ to }) => to === 'staff@support.test')?.subject).toContain('expirent le ');
  });

  it('of little left knows the base that renews by itself, where one does', async () => {
    const { pool } = database;
    const hosting = await storeCreditContract(pool, 'HOSTED', LEDGER_TERMS.E);
    await buy(pool, 'HOSTED', { unit: 'timeUnit', units: 20 }, hosting);
    for (const contract of ['ONE', 'HOSTED']) {
      const [lot] = await listLots(pool, contract);
      const told = { contract, kind: 'creditLow', key: `low:${lot?.lot}`, lot: lot?.lot ?? 0, tells: true } as const;
      await orderCreditNotices(pool, told, STAFF);
    }
    const { rows } = await pool.query<{ contract: string; base: object | null }>(
      `SELECT DISTINCT contract, facts->'base' AS base FROM notices WHERE kind = 'creditLow' ORDER BY contract`,
    );
    expect(rows).toEqual([
      { contract: 'HOSTED', base: { units: 16, cents: 40_000 } },
      { contract: 'ONE', base: null },
    ]);
  });

  it('of little left counts nothing that is over and has not expired yet', async () => {
    const { pool } = database;
    const own = await storeCreditContract(pool, 'OLDER', LEDGER_TERMS.A);
    await buy(pool, 'OLDER', { unit: 'ticket', units: 10 }, own, '2025-11-20');
    await buy(pool, 'OLDER', { unit: 'ticket', units: 10 }, own, '2026-11-20');
    await debit(pool, operation('OLDER', { on: '2026-11-21' }), [{ unit: 'ticket', units: 8 }], own);
    const [over, newest] = await listLots(pool, 'OLDER');
    expect(over).toMatchObject({ lastDay: '2026-11-20', available: 10 });
    const alertsAt = async (instant: string) =>
      (await readWatchedCredit(pool, 'OLDER', Date.parse(instant)))?.alerts.map(({ key }) => key);
    expect(await alertsAt('2026-11-20T23:59:59+01:00')).toEqual([]);
    expect(await alertsAt('2026-11-21T00:00:00+01:00')).toEqual([`low:${newest?.lot}`]);
  });
});
