/** The ledger under a role of its own that is no superuser, as in production. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { correct } from '../../../db/ledger/corrections.ts';
import { debit, reserve, settle } from '../../../db/ledger/spending.ts';
import { migrate } from '../../../db/migrate.ts';
import { createPool } from '../../../db/pool.ts';
import { balanceOf, buy, LEDGER_TERMS, operation, storeCreditContract } from '../../support/ledgerWorld.ts';

const name = `relance_role_${randomBytes(6).toString('hex')}`;
let admin: pg.Client;
let pool: pg.Pool | undefined;

beforeAll(async () => {
  const { url } = inject('postgres');
  admin = new pg.Client(url);
  await admin.connect();
  const { rows } = await admin.query(
    'SELECT rolsuper OR rolcreaterole AS may FROM pg_roles WHERE rolname = current_user',
  );
  // A server that is not the tests' own may allow no roles.
  if (!rows[0]?.may) return;
  await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD '${name}'`);
  await admin.query(`CREATE DATABASE ${name} OWNER ${name}`);
  const own = Object.assign(new URL(url), { username: name, password: name, pathname: `/${name}` });
  await migrate(own.href);
  pool = createPool({ connectionString: own.href, log: { warn: () => undefined } });
});
afterAll(async () => {
  await pool?.end();
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin.query(`DROP ROLE IF EXISTS ${name}`);
  await admin.end();
});

const tickets = (units: number) => [{ unit: 'ticket', units }];

it('does all that it has to, and has no right to change an entry, a lot or an order', async ({ skip }) => {
  if (!pool) return skip();
  const under = await storeCreditContract(pool, 'ONE', LEDGER_TERMS.A);
  await buy(pool, 'ONE', { unit: 'ticket', units: 10 }, under);
  const spent = await debit(pool, operation('ONE'), tickets(3), under);
  const { key: reservation } = await reserve(pool, operation('ONE'), tickets(2), under);
  await settle(pool, operation('ONE'), { reservation, post: tickets(1) }, under);
  await correct(pool, operation('ONE'), { corrects: spent.key, right: tickets(2) }, under);
  expect(await balanceOf(pool, 'ONE', 'ticket')).toEqual({ available: 7, pending: 0 });

  for (const table of ['credit_orders', 'credit_lots', 'credit_entries']) {
    for (const statement of [
      `UPDATE ${table} SET contract = 'x'`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
    ]) {
      await expect(pool.query(statement), statement).rejects.toThrow('permission denied');
    }
  }
  for (const table of ['lot_balances', 'reservation_balances']) {
    for (const statement of [`DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`]) {
      await expect(pool.query(statement), statement).rejects.toThrow('permission denied');
    }
  }
});
