/** What a contract's workflow reads of its credit, and what it has announced. */
import { DAY_MS, instantOf } from '../../contracts/zone.ts';
import { isBeforeEnd } from '../../domain/ledger/contractEnd.ts';
import { renews } from '../../domain/ledger/renewal.ts';
import { USUAL_ALERTS } from '../../domain/ledger/terms.ts';
import {
  alertOf,
  announcementKey,
  type DueAlert,
  type WatchedCredit,
  type WatchedLot,
} from '../../domain/ledger/watch.ts';
import type { Queryable } from '../pool.ts';
import { LAST_DAY } from './lots.ts';
import { type CreditContract, readCreditContract } from './under.ts';

/** Announcements are made at eight in the morning, local time. */
const ANNOUNCED_AT_MS = 8 * 3_600_000;

interface LotFacts {
  readonly lot: number;
  readonly unit: string;
  readonly units: number;
  readonly available: number;
  readonly pending: number;
  readonly lastDay: string | null;
  readonly since: Date;
  readonly kind: 'order' | 'renewal';
}

/** A contract's credit at `now` (epoch milliseconds), without what has been announced; undefined when there is no contract. */
export async function readWatchedCredit(
  db: Queryable,
  reference: string,
  now: number,
): Promise<WatchedCredit | undefined> {
  const contract = await readCreditContract(db, reference, now);
  if (!contract) return undefined;
  const { rows } = await db.query<LotFacts>(
    `SELECT l.id AS lot, l.unit, l.units, b.available, b.pending, ${LAST_DAY}::text AS "lastDay", l.created_at AS since, o.kind
     FROM credit_lots l JOIN lot_balances b ON b.lot = l.id JOIN credit_orders o ON o.id = l."order"
     WHERE l.contract = $1 ORDER BY l.id`,
    [reference],
  );
  const done = await listAnnounced(db, reference);
  const left = rows.filter(({ available, pending }) => available + pending > 0);
  return {
    lots: left.map((lot) => watched(lot, contract, done)),
    alerts: [...new Set(rows.map(({ unit }) => unit))]
      .flatMap((unit) => alertsOf(unit, rows, contract))
      .filter(({ key }) => !done.has(key)),
  };
}

function watched(facts: LotFacts, { credits, zone }: CreditContract, done: ReadonlySet<string>): WatchedLot {
  const { lot, unit, available, pending, lastDay, since } = facts;
  const base = { lot, available, pending, since: since.getTime() };
  if (lastDay === null) return { ...base, announce: [] };
  const { expiryDays } = credits[unit]?.alerts ?? USUAL_ALERTS;
  const midnight = Date.parse(lastDay);
  return {
    ...base,
    endsAt: instantOf(zone, midnight + DAY_MS),
    announce: expiryDays
      .filter((days) => !done.has(announcementKey(lot, days)))
      .map((days) => ({ days, at: instantOf(zone, midnight - days * DAY_MS + ANNOUNCED_AT_MS) })),
  };
}

function alertsOf(unit: string, rows: readonly LotFacts[], under: CreditContract): DueAlert[] {
  const { credits, today } = under;
  const own = rows.filter((row) => row.unit === unit);
  const newest = own.at(-1);
  const terms = credits[unit];
  const alerts = terms?.alerts ?? USUAL_ALERTS;
  if (!newest) return [];
  // What is over, and not expired yet, pays for nothing new.
  const usable = own.filter(({ lastDay }) => lastDay === null || lastDay >= today);
  const balance = {
    available: usable.reduce((sum, { available }) => sum + available, 0),
    pending: own.reduce((sum, { pending }) => sum + pending, 0),
    renews: renews(terms),
    newest,
  };
  // After the contract's end nobody is to buy more.
  const alert = isBeforeEnd(under, today) ? alertOf(balance, alerts) : undefined;
  const renewals = own.filter(({ kind }) => kind === 'renewal' && alerts.nothingLeft);
  return [
    ...renewals.map(({ lot }) => ({ kind: 'creditRenewed' as const, key: `renewed:${lot}`, lot })),
    ...(alert ? [alert] : []),
  ];
}

async function listAnnounced(db: Queryable, contract: string): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ key: string }>('SELECT key FROM credit_announcements WHERE contract = $1', [
    contract,
  ]);
  return new Set(rows.map(({ key }) => key));
}

/** Notes an announcement; false when it has been made. */
export async function noteAnnouncement(db: Queryable, contract: string, key: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'INSERT INTO credit_announcements (contract, key) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [contract, key],
  );
  return rowCount === 1;
}

/** A contract whose workflow is to be told of changes. */
export interface UntoldContract {
  readonly contract: string;
  readonly entry: string;
}

/**
 * Contracts with entries that their workflow was not told of, or not since all that ran at the same time has ended: an entry
 * may be committed after one that has a higher id. And, once a day, those with units that will end: should an execution be lost, it is
 * started again.
 */
export async function listUntold(db: Queryable, limit: number): Promise<UntoldContract[]> {
  const { rows } = await db.query<UntoldContract>(
    `SELECT c.contract, e.id::text AS entry FROM credit_contracts c
     CROSS JOIN LATERAL (SELECT id, at FROM credit_entries WHERE contract = c.contract ORDER BY id DESC LIMIT 1) e
     WHERE e.id > c.told_entry OR (c.told_at <= e.at + interval '60 s' AND now() > e.at + interval '60 s')
        OR (c.told_at < now() - interval '1 day' AND EXISTS (
          SELECT FROM credit_lots l JOIN lot_balances b ON b.lot = l.id
          WHERE l.contract = c.contract AND ${LAST_DAY} IS NOT NULL AND (b.available > 0 OR b.pending > 0)))
     ORDER BY e.id LIMIT $1`,
    [limit],
  );
  return rows;
}

/** Notes that the workflow was told of all entries up to this one. */
export async function noteTold(db: Queryable, { contract, entry }: UntoldContract): Promise<void> {
  await db.query(
    'UPDATE credit_contracts SET told_entry = greatest(told_entry, $2), told_at = now() WHERE contract = $1',
    [contract, entry],
  );
}
