/** Planned visits of modules as the terms have them, and the periods that they belong to. */
import { allowancePeriod } from '../domain/intervention/credit.ts';
import { type Deliverable, VISIT_HOUR, type VisitEvery } from '../domain/visits.ts';
import type { ContractTerms } from './terms.ts';
import { instantOf, localDate } from './zone.ts';

const HOUR_MS = 3_600_000;

/** Visits of one module. */
export interface VisitTerms {
  readonly label: { readonly fr: string; readonly en: string };
  readonly minutes: number;
  readonly every: VisitEvery;
  readonly delivers: readonly Deliverable[];
}

/** The visits that come with a module; undefined when the contract does not have it, or none come with it. */
export function visitTermsOf({ modules }: ContractTerms, module: string): VisitTerms | undefined {
  const found = Object.entries(modules?.list ?? {}).find(([name]) => name === module)?.[1];
  return found?.active && found.visit ? { label: found.label, ...found.visit } : undefined;
}

/** Kind and priority of the request of a planned visit. */
export function visitRequestTerms({ modules, coverage, defaultPriority }: ContractTerms): {
  readonly kind: string;
  readonly priority: string;
} {
  return modules?.visits ?? { kind: coverage.defaultKind, priority: defaultPriority };
}

/** The calendar month (`2027-03`) or year (`2027`) of the zone in which an instant lies. */
export function visitPeriod(every: VisitEvery, zone: string, at: number): string {
  return allowancePeriod(every, localDate(zone, at));
}

/** When the visit of a period is opened; epoch milliseconds. */
export function visitOpensAt(period: string, zone: string): number {
  const [year, month = '01'] = period.split('-');
  return instantOf(zone, Date.parse(`${year}-${month}-01`) + VISIT_HOUR * HOUR_MS);
}
