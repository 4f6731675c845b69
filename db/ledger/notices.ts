/** Notices of credit: to the customer's side and to staff, once for each key. */
import type { Pool, PoolClient } from 'pg';
import type { Language, Words } from '../../domain/languages.ts';
import { priceOf } from '../../domain/ledger/orders.ts';
import { renews } from '../../domain/ledger/renewal.ts';
import type { CreditTerms } from '../../domain/ledger/terms.ts';
import type { CreditNotice } from '../../domain/ledger/watch.ts';
import { inTransaction } from '../pool.ts';
import { LAST_DAY } from './lots.ts';
import { readCreditContract } from './under.ts';
import { noteAnnouncement } from './watching.ts';

/** Where staff are told. */
export interface StaffAddress {
  readonly address: string;
  readonly language: Language;
}

/** What is to be told, of which lot. */
export interface CreditTold {
  readonly contract: string;
  readonly kind: CreditNotice;
  readonly key: string;
  readonly lot: number;
  readonly days?: number;
  readonly tells: boolean;
}

/** What a notice says of a lot and its unit. */
export interface CreditFacts {
  readonly customer: string;
  readonly label: Words;
  /** Of the lot: what is left of it, or what it had at first. */
  readonly units: number;
  /** Of the unit, over all its lots. */
  readonly available: number;
  readonly pending: number;
  /** Local date, YYYY-MM-DD; missing: as long as the contract. */
  readonly lastDay?: string;
  readonly days?: number;
  readonly orderForm?: string;
  /** Price of a renewal, euro cents without VAT. */
  readonly cents?: number;
  /** Of a unit that renews by itself: what a renewal buys, and its price in euro cents without VAT. */
  readonly base?: { readonly units: number; readonly cents: number };
}

/** Notes what is told, and orders its mails in the same transaction; nothing when it has been told. */
export async function orderCreditNotices(pool: Pool, told: CreditTold, staff: StaffAddress): Promise<void> {
  await inTransaction(pool, async (client) => {
    if (!(await noteAnnouncement(client, told.contract, told.key)) || !told.tells) return;
    const found = await factsOf(client, told);
    if (!found) return;
    const people = await recipients(client, told.contract, found.to);
    for (const { address, name, language } of [...people, { ...staff, name: '' }]) {
      await client.query(
        `INSERT INTO notices (kind, contract, address, name, language, day, key, facts)
         SELECT $1, reference, $3, $4, $5, (now() AT TIME ZONE zone)::date, $6, $7 FROM contracts WHERE reference = $2
         ON CONFLICT (key, lower(address)) WHERE key IS NOT NULL DO NOTHING`,
        [
          told.kind,
          told.contract,
          address,
          name,
          language,
          `${told.contract}:${told.key}`,
          JSON.stringify(found.facts),
        ],
      );
    }
  });
}

async function factsOf(client: PoolClient, { contract, lot, days, kind }: CreditTold) {
  const under = await readCreditContract(client, contract);
  const { rows } = await client.query<{
    unit: string;
    units: number;
    left: number;
    lastDay: string | null;
    orderForm: string | null;
    cents: number;
    available: number;
    pending: number;
    customer: string;
  }>(
    `SELECT l.unit, l.units, b.available + b.pending AS left, ${LAST_DAY}::text AS "lastDay", o.order_form AS "orderForm",
            o.cents::float8 AS cents, s.available, s.pending, c.customer
     FROM credit_lots l JOIN lot_balances b ON b.lot = l.id JOIN credit_orders o ON o.id = l."order"
     JOIN contracts c ON c.reference = l.contract
     CROSS JOIN LATERAL (SELECT sum(ub.available)::int AS available, sum(ub.pending)::int AS pending
                         FROM credit_lots u JOIN lot_balances ub ON ub.lot = u.id
                         WHERE u.contract = l.contract AND u.unit = l.unit) s
     WHERE l.id = $1 AND l.contract = $2`,
    [lot, contract],
  );
  const [row] = rows;
  const unit = row && under?.terms.credits?.[row.unit];
  if (!row || !unit) return undefined;
  const { units, left, lastDay, orderForm, cents, available, pending, customer } = row;
  const facts: CreditFacts = {
    ...{ customer, label: unit.label, available, pending },
    units: kind === 'creditExpiring' ? left : units,
    ...(lastDay === null ? {} : { lastDay }),
    ...(days === undefined ? {} : { days }),
    ...(orderForm === null ? {} : { orderForm }),
    ...(kind === 'creditRenewed' ? { cents } : {}),
    ...(kind === 'creditLow' ? baseOf(under.credits, row.unit) : {}),
  };
  return { facts, to: unit.alerts?.to ?? 'mainContact' };
}

function baseOf(credits: CreditTerms, unit: string): Pick<CreditFacts, 'base'> {
  const terms = credits[unit];
  if (!renews(terms)) return {};
  return { base: { units: terms.base, cents: priceOf(credits, unit, terms.base).cents } };
}

interface Recipient extends StaffAddress {
  readonly name: string;
}

/** The main contact, or whoever is designated where the terms say so, or where there is no main contact. */
async function recipients(
  client: PoolClient,
  contract: string,
  to: 'mainContact' | 'designatedContacts',
): Promise<Recipient[]> {
  const { rows } = await client.query<Recipient & { main: boolean }>(
    'SELECT email AS address, name, language, main FROM contacts WHERE contract = $1 AND active ORDER BY id',
    [contract],
  );
  const main = rows.filter((row) => row.main);
  return to === 'mainContact' && main.length > 0 ? main : rows;
}
