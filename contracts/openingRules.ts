/** What terms say of a request that is to be opened, by whichever way it comes. */
import { isVersionSupported, type RequestField } from '../domain/coverage.ts';
import type { Declaration } from './coverage.ts';
import type { Way } from './people.ts';
import type { ContractTerms } from './terms.ts';
import { localDate } from './zone.ts';

/** Whether a request may be made this way now. */
export function admits({ channels }: ContractTerms, way: Way, portalIsDown: boolean): boolean {
  const opens = channels[way]?.opens;
  return opens === 'always' || (opens === 'whilePortalIsDown' && portalIsDown);
}

/** The ways by which requests may be made now. */
export function openWays(terms: ContractTerms, portalIsDown: boolean): Way[] {
  return (Object.keys(terms.channels) as Way[]).filter((way) => admits(terms, way, portalIsDown));
}

/** What a request of this kind must say. */
export function requiredFields({ request, coverage }: ContractTerms, kind = coverage.defaultKind): RequestField[] {
  return [...request.required, ...(coverage.kinds[kind]?.isProblem ? request.requiredOfProblems : [])];
}

/** What whoever asks declares, each with the exclusion that a "no" leads to. */
export function declarationsOf(terms: ContractTerms): [Declaration, string][] {
  return Object.entries(terms.request.declared) as [Declaration, string][];
}

/** The code under which a product is not supported at `now`, on that date in the contract's zone; undefined when it is. */
export function productExclusion(terms: ContractTerms, name: string | undefined, now: number): string | undefined {
  const { products, zone } = terms;
  const product = name === undefined ? undefined : products?.list[name];
  if (!products || !product) return undefined;
  const { version, current, environment, overrides } = product;
  if (environment === 'nonProduction' && products.nonProduction && !overrides?.nonProductionIsCovered) {
    return products.nonProduction;
  }
  if (version === undefined || !current) return undefined;
  const supportsPreviousForMonths = overrides?.supportsPreviousForMonths ?? products.supportsPreviousForMonths;
  const today = localDate(zone, now);
  return isVersionSupported({ version, current, supportsPreviousForMonths }, today) ? undefined : products.outdated;
}
