/** Estimates that are filled in beforehand from the catalogue: an agent changes what is different, the customer approves. */
import type { ContractTerms } from './terms.ts';

/** What an estimate says, before anybody has changed it. */
export interface PrefilledEstimate {
  readonly service: string;
  /** Credit unit that pays for it, and how many: the recommended pack. */
  readonly unit: string;
  readonly units: number;
  /** What the service is, then what is done, line by line. */
  readonly scope: string;
  readonly prerequisites: readonly string[];
  /** How much it takes in, then what it leaves out. */
  readonly limits: readonly string[];
  readonly deliverables: readonly string[];
}

/** Of a service of the contract's catalogue; undefined when there is none of this code. */
export function prefilledEstimate(
  { catalogue = {} }: ContractTerms,
  service: string,
  language: 'fr' | 'en',
): PrefilledEstimate | undefined {
  const sheet = Object.hasOwn(catalogue, service) ? catalogue[service] : undefined;
  if (!sheet) return undefined;
  const { label, unit, recommendedPack, steps, prerequisites, limits, leftOut, deliverables } = sheet;
  const said = (words: readonly { readonly fr: string; readonly en: string }[]) => words.map((each) => each[language]);
  const most = language === 'fr' ? 'au plus' : 'at most';
  const without = language === 'fr' ? 'sans' : 'without';
  return {
    service,
    unit,
    units: recommendedPack,
    scope: [label[language], ...said(steps).map((step) => `- ${step}`)].join('\n'),
    prerequisites: said(prerequisites),
    limits: [
      ...limits.map((limit) => `${limit.of[language]} : ${most} ${limit.most}`),
      ...said(leftOut).map((words) => `${without} : ${words}`),
    ],
    deliverables: said(deliverables),
  };
}
