/** What a contract's workflow does about its credit, and when. Instants are epoch milliseconds. */
import type { CreditAlerts } from './terms.ts';

/** What is said to customers and staff of their credit. */
export const CREDIT_NOTICES = ['creditExpiring', 'creditLow', 'creditGone', 'creditRenewed'] as const;
/** What a notice of credit says. */
export type CreditNotice = (typeof CREDIT_NOTICES)[number];

/** A lot that has anything left. */
export interface WatchedLot {
  readonly lot: number;
  readonly available: number;
  readonly pending: number;
  /** When it was bought. */
  readonly since: number;
  /** End of its last local day; missing: it lasts as long as the contract. */
  readonly endsAt?: number;
  /** Announcements of its end that were not made, by their days before it. */
  readonly announce: readonly { readonly days: number; readonly at: number }[];
}

/** A notice that is due because of how much is left, not because of the time. */
export interface DueAlert {
  readonly kind: Exclude<CreditNotice, 'creditExpiring'>;
  /** What makes it happen once. */
  readonly key: string;
  readonly lot: number;
}

/** A contract's credit as its workflow sees it. */
export interface WatchedCredit {
  readonly lots: readonly WatchedLot[];
  readonly alerts: readonly DueAlert[];
}

/** Something to be done now. */
export type CreditAct =
  | { readonly does: 'expire'; readonly lot: number }
  /** Without `tells` it is noted only: a later announcement, or the end itself, has overtaken it. */
  | { readonly does: 'announce'; readonly lot: number; readonly days: number; readonly tells: boolean }
  | ({ readonly does: 'alert' } & DueAlert);

/** Key of the announcement of a lot's end. */
export function announcementKey(lot: number, days: number): string {
  return `expiring:${lot}:${days}`;
}

/** What is due at `now`: ends first, then announcements, the nearest of a lot alone being told, then alerts. */
export function creditActs({ lots, alerts }: WatchedCredit, now: number): CreditAct[] {
  const over = lots.filter((lot) => isOver(lot, now));
  const announced = lots.flatMap((lot) => {
    const due = lot.announce.filter(({ at }) => at <= now);
    const nearest = Math.min(...due.map(({ days }) => days));
    return due.map(({ days, at }) => {
      // What was due before the lot was bought is no news.
      const tells = days === nearest && !isOver(lot, now) && at >= lot.since;
      return { does: 'announce' as const, lot: lot.lot, days, tells };
    });
  });
  return [
    ...over.filter(({ available }) => available > 0).map(({ lot }) => ({ does: 'expire' as const, lot })),
    ...announced,
    ...alerts.map((alert) => ({ does: 'alert' as const, ...alert })),
  ];
}

/** The next moment at which something is due by the time alone; undefined when nothing will be. */
export function nextCreditMoment({ lots }: WatchedCredit, now: number): number | undefined {
  const moments = lots.flatMap(({ endsAt, announce }) => [
    ...(endsAt === undefined ? [] : [endsAt]),
    ...announce.map(({ at }) => at),
  ]);
  const ahead = moments.filter((at) => at > now);
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}

function isOver({ endsAt }: WatchedLot, now: number): boolean {
  return endsAt !== undefined && endsAt <= now;
}

/** A unit's balance, with what it is measured by. */
export interface UnitBalance {
  readonly available: number;
  readonly pending: number;
  readonly renews: boolean;
  /** The lot bought last, and how many units that were. */
  readonly newest: { readonly lot: number; readonly units: number };
}

/** The balance at or below which little is left: the share of what was bought last, rounded up. 0: never. */
export function lowAt(units: number, { lowShare }: CreditAlerts): number {
  return Math.ceil((units * lowShare) / 10_000);
}

/**
 * The alert that a balance calls for: that nothing is left, or that little is. Each once until something is bought again. A
 * base that renews is told of by its renewal.
 */
export function alertOf(unit: UnitBalance, alerts: CreditAlerts): DueAlert | undefined {
  const { available, pending, renews, newest } = unit;
  const { lot } = newest;
  if (available + pending === 0) {
    if (renews || !alerts.nothingLeft) return undefined;
    return { kind: 'creditGone', key: `gone:${lot}`, lot };
  }
  if (available > lowAt(newest.units, alerts) || alerts.lowShare === 0) return undefined;
  return { kind: 'creditLow', key: `low:${lot}`, lot };
}
