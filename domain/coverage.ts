/** Whether a contract covers what is asked, and which one does if not. */
import { monthsAfter } from './localDates.ts';

/** The columns of a routing table, and the contracts that have no other column. */
export const CONTRACT_TYPES = [
  'maintenance',
  'prepaid',
  'applicationMaintenance',
  'saas',
  'anomalySupport',
  'hosting',
  'publisherSupport',
  'specificServices',
  'training',
] as const;
/** What a contract is, as far as coverage goes. */
export type ContractType = (typeof CONTRACT_TYPES)[number];

/** What a request may have to say. */
export const REQUEST_FIELDS = [
  'subject',
  'description',
  'kind',
  'product',
  'urgency',
  'impact',
  'observedBehaviour',
  'expectedBehaviour',
  'stepsToReproduce',
] as const;
/** Something that a request says. */
export type RequestField = (typeof REQUEST_FIELDS)[number];

/** Where a kind of request belongs. */
export type Coverage =
  | { readonly decision: 'covered' }
  /** Another contract covers it; all that do are named, a quote and a training among them. */
  | { readonly decision: 'otherContract'; readonly coveredBy: readonly ContractType[] }
  /** Only to be had as specific services. */
  | { readonly decision: 'quote'; readonly coveredBy: readonly ContractType[] }
  | { readonly decision: 'training'; readonly coveredBy: readonly ContractType[] };

/** Reads one row of the routing table for the contract that is `as`. */
export function coverageOf(as: ContractType, coveredBy: readonly ContractType[]): Coverage {
  if (coveredBy.includes(as)) return { decision: 'covered' };
  if (coveredBy.some((type) => type !== 'specificServices' && type !== 'training')) {
    return { decision: 'otherContract', coveredBy };
  }
  return { decision: coveredBy.includes('specificServices') ? 'quote' : 'training', coveredBy };
}

/** What a version of a product is judged by. Dates are local dates, YYYY-MM-DD. */
export interface VersionInUse {
  readonly version: number;
  readonly current: { readonly version: number; readonly releasedOn: string };
  /** Calendar months after the release in which the version before is supported too. */
  readonly supportsPreviousForMonths: number;
}

/**
 * Whether a major version is supported on a local date: the latest, and the one before to the end of the same date so
 * many months after the release, or of that month's last day (B §2).
 */
export function isVersionSupported(
  { version, current, supportsPreviousForMonths }: VersionInUse,
  today: string,
): boolean {
  if (version >= current.version) return true;
  return version === current.version - 1 && today <= monthsAfter(current.releasedOn, supportsPreviousForMonths);
}
