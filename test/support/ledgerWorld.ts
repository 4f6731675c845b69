/** Contracts with credit over a real Postgres: A with tickets, E with time units and half-days. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { MODULE_NAMES } from '../../contracts/commercial/modules.ts';
import { managedHosting } from '../../contracts/templates/managedHosting.ts';
import { prepaidTickets } from '../../contracts/templates/prepaidTickets.ts';
import { type ContractTermsInput, parseTerms } from '../../contracts/terms.ts';
import { storeContract, storeTerms } from '../../db/contracts.ts';
import type { Entered, Operation, Under } from '../../db/ledger/operations.ts';
import { placeOrder } from '../../db/ledger/orders.ts';
import type { Queryable } from '../../db/pool.ts';
import { Refusal } from '../../domain/failures.ts';
import type { Amount } from '../../domain/ledger/terms.ts';

const PARTIES = { customer: 'Customer', provider: 'Support Example' };
const HOSTING = {
  activeModules: MODULE_NAMES,
  monthlyCents: { hosting: 80_000, equipment: 20_000, services: 30_000 },
  halfDays: 4,
};

/** Terms of both families as they are written. */
export const LEDGER_TERMS = { A: prepaidTickets(PARTIES), E: managedHosting(PARTIES, HOSTING) };

/** Stores a contract of the family, with another zone where one is given, and what operations on it are done under. */
export async function storeCreditContract(
  pool: Pool,
  reference: string,
  input: ContractTermsInput,
  today = '2026-11-21',
): Promise<Under> {
  const parsed = parseTerms(input);
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  await storeContract(pool, { reference, terms: parsed.terms });
  await storeTerms(pool, reference, 1, '2026-01-01', parsed.terms);
  return { credits: parsed.terms.credits ?? {}, termsVersion: 1, today };
}

/** An operation with a key of its own unless one is given. */
export function operation(contract: string, over: Partial<Operation> = {}): Operation {
  return { key: randomUUID(), contract, on: '2026-11-21', who: 'staff:s-agent', why: 'work', ...over };
}

/** Buys units; returns the key of the order. */
export async function buy(pool: Pool, contract: string, { unit, units }: Amount, under: Under, on = '2026-11-21') {
  const order = operation(contract, { on, why: 'order', who: 'staff:s-billing' });
  await placeOrder(pool, order, { unit, units, orderForm: order.key }, under);
  return order.key;
}

/** What a contract has of a unit. */
export async function balanceOf(db: Queryable, contract: string, unit: string) {
  const { rows } = await db.query<{ available: number; pending: number }>(
    `SELECT coalesce(sum(b.available), 0)::int AS available, coalesce(sum(b.pending), 0)::int AS pending
     FROM credit_lots l JOIN lot_balances b ON b.lot = l.id WHERE l.contract = $1 AND l.unit = $2`,
    [contract, unit],
  );
  return rows[0] ?? { available: 0, pending: 0 };
}

/** How calls ended: how many entered something, how many were refused with which type. Other errors are thrown. */
export async function outcomesOf(calls: readonly Promise<Entered>[]): Promise<Record<string, number>> {
  const outcomes: Record<string, number> = {};
  for (const result of await Promise.allSettled(calls)) {
    if (result.status === 'rejected' && !(result.reason instanceof Refusal)) throw result.reason;
    const name =
      result.status === 'rejected' ? (result.reason as Refusal).type : result.value.isRepeated ? 'repeated' : 'done';
    outcomes[name] = (outcomes[name] ?? 0) + 1;
  }
  return outcomes;
}
