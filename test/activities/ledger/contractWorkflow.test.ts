/** The workflow of a contract on a server that skips time, over a real ledger. */
import { writeFileSync } from 'node:fs';
import { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContractActivities } from '../../../activities/contracts.ts';
import { createContractDoor } from '../../../client/contractDoor.ts';
import { noteContractEnd } from '../../../db/contractEnds.ts';
import { storeContact } from '../../../db/contracts.ts';
import type { Under } from '../../../db/ledger/operations.ts';
import { debit, reserve, settle } from '../../../db/ledger/spending.ts';
import { readStatement } from '../../../db/ledger/statement.ts';
import { listLedgerOddities } from '../../../db/ledger/verification.ts';
import { daysAfter } from '../../../domain/localDates.ts';
import { createRequestWorker } from '../../../worker/worker.ts';
import { contractWorkflowId, type RequestActivities, SEARCH_ATTRIBUTES } from '../../../workflows/messages.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { balanceOf, buy, LEDGER_TERMS, operation, storeCreditContract } from '../../support/ledgerWorld.ts';
import { workflowBundle } from '../../support/requestWorld.ts';
import { createTimeSkippingEnvironment } from '../../support/temporal.ts';
import { until } from '../../support/until.ts';

let database: TestDatabase;
let env: TestWorkflowEnvironment;
let client: Client;
let worker: Worker;
let running: Promise<void>;
/** The server's date in Paris as the file begins. */
let start: string;

const RECORDED = new URL('../../replay/contractHistories/', import.meta.url);
const INDEXED = { Keyword: 2, Bool: 5, Datetime: 6 } as const;
const tickets = (units: number) => [{ unit: 'ticket', units }];

beforeAll(async () => {
  database = await createTestDatabase();
  env = await createTimeSkippingEnvironment();
  await env.connection.operatorService.addSearchAttributes({
    namespace: env.namespace ?? 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, INDEXED[type]]),
    ),
  });
  client = new Client({ connection: env.connection, namespace: env.namespace ?? 'default' });
  const none = () => Promise.reject(new Error('not part of this'));
  const requests: RequestActivities = { saveRequest: none, sendMail: none, extendWindows: none };
  worker = await createRequestWorker({
    connection: env.nativeConnection,
    namespace: env.namespace ?? 'default',
    maxCachedWorkflows: 10,
    workflowBundle: await workflowBundle(),
    activities: {
      ...requests,
      ...createContractActivities({
        pool: database.pool,
        staffAlerts: { address: 'staff@support.test', language: 'fr' },
      }),
    },
  });
  running = worker.run();
  start = localDate(await env.currentTimeMs(), 'Europe/Paris');
});
afterAll(async () => {
  worker.shutdown();
  await running;
  await env.teardown();
  expect(await listLedgerOddities(database.pool)).toEqual([]);
  await database.drop();
});

function localDate(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(at);
}

/** Moves the clock to an instant. */
async function goTo(at: number): Promise<void> {
  await env.sleep(at - (await env.currentTimeMs()));
  await env.sleep(1);
}

/** A prepaid contract in a zone, with a main contact and a colleague. */
async function prepaid(reference: string, zone = 'Europe/Paris'): Promise<Under> {
  const { pool } = database;
  const under = await storeCreditContract(pool, reference, { ...LEDGER_TERMS.A, zone }, start);
  for (const id of ['main', 'other']) {
    const contact = { id: `${reference}-${id}`, contract: reference, name: id, trained: true };
    await storeContact(pool, { ...contact, email: `${id}@${reference}.test`.toLowerCase(), language: 'en' });
  }
  await pool.query('UPDATE contacts SET main = true WHERE id = $1', [`${reference}-main`]);
  return under;
}

const tell = (reference: string) => createContractDoor({ client }).creditChanged(reference);

async function noticesOf(reference: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ told: string }>(
    `SELECT kind || coalesce(' ' || (facts->>'days'), '') || ' ' || (facts->>'units') || ' to ' || address AS told
     FROM notices WHERE contract = $1 ORDER BY created_at, address`,
    [reference],
  );
  return rows.map(({ told }) => told);
}

/** The history of the last run replays; with RECORD_HISTORIES set it is kept for the tests to come. */
async function replay(reference: string): Promise<void> {
  const history = await client.workflow.getHandle(contractWorkflowId(reference)).fetchHistory();
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history);
  const text = historyToJSON(history);
  const payloads = [...text.matchAll(/"data": *"([^"]*)"/g)].map(([, data]) =>
    Buffer.from(data ?? '', 'base64').toString(),
  );
  expect(payloads.length).toBeGreaterThan(3);
  // Nobody's name or address, nor what anybody wrote.
  expect(payloads.join('\n')).not.toMatch(/@|main|other|Customer|work/);
  if (process.env.RECORD_HISTORIES) writeFileSync(new URL(`${reference}.json`, RECORDED), `${text}\n`);
}

const statusOf = async (reference: string) =>
  (await client.workflow.getHandle(contractWorkflowId(reference)).describe()).status.name;
const kindsOf = async (reference: string) =>
  (await readStatement(database.pool, reference, { limit: 100 })).map(({ kind }) => kind);

// One after the other: the server's clock is one for all.
describe('the credit of a contract', () => {
  it('is told of when it is low and when it is gone, once, and again after the next order', async () => {
    const { pool } = database;
    const under = await prepaid('LOW');
    await buy(pool, 'LOW', { unit: 'ticket', units: 10 }, under, start);
    await tell('LOW');
    await debit(pool, operation('LOW', { on: start }), tickets(8), under);
    await tell('LOW');
    const low = ['creditLow 10 to main@low.test', 'creditLow 10 to staff@support.test'];
    await until(async () => expect(await noticesOf('LOW')).toEqual(low) ?? true);
    await debit(pool, operation('LOW', { on: start }), tickets(2), under);
    await tell('LOW');
    const gone = [...low, 'creditGone 10 to main@low.test', 'creditGone 10 to staff@support.test'];
    await until(async () => expect(await noticesOf('LOW')).toEqual(gone) ?? true);
    await until(async () => (await statusOf('LOW')) === 'COMPLETED');
    await buy(pool, 'LOW', { unit: 'ticket', units: 4 }, under, start);
    await debit(pool, operation('LOW', { on: start }), tickets(4), under);
    await tell('LOW');
    await until(async () => expect(await noticesOf('LOW')).toHaveLength(6) ?? true);
    await until(async () => (await statusOf('LOW')) === 'COMPLETED');
    await replay('LOW');
  });

  it('of hosting renews: the customer is told what will be invoiced', async () => {
    const { pool } = database;
    const under = await storeCreditContract(pool, 'HOSTED', LEDGER_TERMS.E, start);
    await buy(pool, 'HOSTED', { unit: 'timeUnit', units: 16 }, under, start);
    await debit(pool, operation('HOSTED', { on: start }), [{ unit: 'timeUnit', units: 40 }], under);
    await tell('HOSTED');
    const renewed = Array.from({ length: 2 }, () => 'creditRenewed 16 to staff@support.test');
    await until(async () => expect(await noticesOf('HOSTED')).toEqual(renewed) ?? true);
    expect(await statusOf('HOSTED')).toBe('RUNNING');
    await replay('HOSTED');
  });

  it('ends at the end of its last local day, announced 60, 30 and 7 days before; reserved units stay', async () => {
    const { pool } = database;
    const under = await prepaid('ENDS', 'Pacific/Auckland');
    const signed = localDate(await env.currentTimeMs(), 'Pacific/Auckland');
    await buy(pool, 'ENDS', { unit: 'ticket', units: 10 }, under, signed);
    const last = (await readLast('ENDS')) ?? '';
    const { key: reservation } = await reserve(pool, operation('ENDS', { on: last }), tickets(4), under);
    await tell('ENDS');
    const end = endOf(last, 'Pacific/Auckland');

    for (const [index, days] of [60, 30, 7].entries()) {
      const due = endOf(daysAfter(last, -days - 1), 'Pacific/Auckland') + 8 * 3_600_000;
      await goTo(due - 3 * 3_600_000);
      expect(await noticesOf('ENDS')).toHaveLength(2 * index);
      await goTo(due + 3 * 3_600_000);
      await until(async () => expect(await noticesOf('ENDS')).toHaveLength(2 * index + 2) ?? true);
      expect((await noticesOf('ENDS')).at(-2)).toBe(`creditExpiring ${days} 10 to main@ends.test`);
    }
    await goTo(end - 60_000);
    expect(await balanceOf(pool, 'ENDS', 'ticket')).toEqual({ available: 6, pending: 4 });
    await goTo(end + 1_000);
    await until(async () => (await balanceOf(pool, 'ENDS', 'ticket')).available === 0);
    expect(await kindsOf('ENDS')).toEqual(['purchase', 'reserve', 'expire']);

    const after = { ...under, today: daysAfter(last, 2) };
    const order = { reservation, post: tickets(3) };
    await settle(pool, operation('ENDS', { on: last }), order, after);
    await tell('ENDS');
    expect(await kindsOf('ENDS')).toEqual(['purchase', 'reserve', 'expire', 'post', 'release', 'expire']);
    await until(async () => (await statusOf('ENDS')) === 'COMPLETED');
    expect((await noticesOf('ENDS')).slice(-2)).toEqual([
      'creditGone 10 to main@ends.test',
      'creditGone 10 to staff@support.test',
    ]);
    expect(await noticesOf('ENDS')).toHaveLength(10);
    await replay('ENDS');
  });

  it('that lasts as long as the contract ends with it, once its last day is noted', async () => {
    const { pool } = database;
    const under = await storeCreditContract(pool, 'OVER', LEDGER_TERMS.E, start);
    const now = localDate(await env.currentTimeMs(), 'Europe/Paris');
    await buy(pool, 'OVER', { unit: 'timeUnit', units: 16 }, under, now);
    await tell('OVER');
    const lastDay = daysAfter(now, 20);
    await noteContractEnd(pool, 'OVER', { lastDay, reason: 'Letter', by: 'staff:s-supervisor' });
    await tell('OVER');
    await goTo(endOf(lastDay, 'Europe/Paris') - 60_000);
    expect(await balanceOf(pool, 'OVER', 'timeUnit')).toEqual({ available: 16, pending: 0 });
    await goTo(endOf(lastDay, 'Europe/Paris') + 1_000);
    await until(async () => (await balanceOf(pool, 'OVER', 'timeUnit')).available === 0);
    expect(await kindsOf('OVER')).toEqual(['purchase', 'expire']);
    await until(async () => (await statusOf('OVER')) === 'COMPLETED');
    expect((await noticesOf('OVER')).map((one) => one.replace(/ \d+ to .*/, ''))).toEqual(
      expect.arrayContaining(['creditExpiring 7']),
    );
  });

  it('that was bought late is not announced for days that had passed', async () => {
    const { pool } = database;
    const under = await prepaid('LATE');
    const now = localDate(await env.currentTimeMs(), 'Europe/Paris');
    // Bought in the server's time, which is ahead of the host's, by which rows are dated.
    await buy(pool, 'LATE', { unit: 'ticket', units: 4 }, under, daysAfter(now, -360));
    await tell('LATE');
    const last = (await readLast('LATE')) ?? '';
    await goTo(endOf(last, 'Europe/Paris') + 1_000);
    await until(async () => (await balanceOf(pool, 'LATE', 'ticket')).available === 0);
    await until(async () => (await statusOf('LATE')) === 'COMPLETED');
    const told = await noticesOf('LATE');
    expect(told.filter((one) => one.startsWith('creditExpiring')).length).toBeLessThanOrEqual(2);
    expect(told.filter((one) => one.startsWith('creditGone'))).toHaveLength(2);
  });
});

async function readLast(reference: string): Promise<string | undefined> {
  const { rows } = await database.pool.query<{ last: string }>(
    'SELECT last_day::text AS last FROM credit_lots WHERE contract = $1',
    [reference],
  );
  return rows[0]?.last;
}

/** The instant at which a local day ends: the first of the next. Found by looking, not by the product's own arithmetic. */
function endOf(day: string, zone: string): number {
  let at = Date.parse(day) - 86_400_000;
  while (localDate(at, zone) <= day) at += 900_000;
  return at;
}
