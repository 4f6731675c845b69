import { expect } from 'vitest';
import { anomalyFigures } from '../../contracts/commercial/figures/anomaly.ts';
import { hostingFigures } from '../../contracts/commercial/figures/hosting.ts';
import { prepaidFigures } from '../../contracts/commercial/figures/prepaid.ts';
import { publisherFigures } from '../../contracts/commercial/figures/publisher.ts';
import { saasFigures } from '../../contracts/commercial/figures/saas.ts';
import { MODULE_NAMES, type ModuleName } from '../../contracts/commercial/modules.ts';
import {
  CommercialTerms,
  type CommercialTermsInput,
  commercialContradictions,
  commercialWarnings,
} from '../../contracts/commercial/shape.ts';

/** The parts of the whole terms that commercial terms refer to. */
export const AROUND = {
  calendars: { support: { holidays: { country: 'FR' } }, business: {}, working: {} },
  priorities: { p1: {}, p2: {}, p3: {}, p4: {} },
};

/** Hosting with the given modules active, all of them when none are given. */
export function hosting(activeModules: readonly ModuleName[] = MODULE_NAMES): CommercialTermsInput {
  return hostingFigures({
    businessCalendar: 'business',
    workingCalendar: 'working',
    activeModules,
    monthlyCents: { hosting: 80_000, equipment: 20_000, services: 30_000 },
    users: 40,
    halfDays: 4,
  });
}

/** The figures of each family. */
export const FIGURES = {
  A: prepaidFigures({ calendar: 'support' }),
  B: saasFigures({ calendar: 'support', yearlyFeeCents: 1_200_000, sundayNightProducts: ['document viewer'] }),
  C: publisherFigures({ countedPriorities: ['p1', 'p2'] }),
  D: anomalyFigures(),
  E: hosting(),
} as const satisfies Record<string, CommercialTermsInput>;

/** A family of contracts. */
export type Family = keyof typeof FIGURES;

/** What the schema says, with dotted paths. */
export function schemaErrors(terms: unknown): { path: string; message: string }[] {
  const issues = CommercialTerms.safeParse(terms).error?.issues ?? [];
  return issues.map(({ path, message }) => ({ path: path.join('.'), message }));
}

/** Contradictions of commercial terms among the others. */
export function contradictionsOf(terms: Record<string, unknown>) {
  return commercialContradictions({ ...AROUND, ...terms });
}

/** Warnings of commercial terms among the others. */
export function warningsOf(terms: Record<string, unknown>) {
  return commercialWarnings({ ...AROUND, ...terms });
}

/** Terms with their defaults; fails on whatever is wrong. */
export function parsed(input: unknown): CommercialTerms {
  const result = CommercialTerms.safeParse(input);
  expect(result.error?.issues ?? []).toEqual([]);
  expect(commercialContradictions({ ...AROUND, ...Object(input) })).toEqual([]);
  return result.success ? result.data : expect.unreachable();
}

/** The value at a dotted path; undefined when there is none. */
export function at(root: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((parent, key) => Reflect.get(Object(parent), key), root);
}

/** A copy with the value at a dotted path replaced; `undefined` takes it away. */
export function withValue(root: unknown, path: string, value: unknown): Record<string, unknown> {
  const copy: Record<string, unknown> = structuredClone(Object(root));
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce<unknown>((member, key) => Reflect.get(Object(member), key), copy);
  if (value === undefined) Reflect.deleteProperty(Object(parent), last);
  else Reflect.set(Object(parent), last, value);
  return copy;
}
