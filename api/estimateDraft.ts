/** An estimate as it is sent: what the caller gives, and the catalogue's sheet for what is left out. */
import type { ContractTerms } from '../contracts/terms.ts';
import type { StoredEstimate } from '../db/interventionEstimates.ts';
import type { Language, Words } from '../domain/languages.ts';
import type { InterventionBody } from './interventionBodies.ts';
import { validationFailed } from './problems.ts';

/** An estimate before it is stored. */
export type EstimateDraft = Pick<StoredEstimate, 'scope' | 'prerequisites' | 'limits' | 'deliverables' | 'figures'> & {
  readonly service: string | null;
};

const LEFT_OUT: Words = { fr: 'Hors périmètre', en: 'Not included' };
const AT_MOST: { readonly [language in Language]: (of: string, most: number) => string } = {
  fr: (of, most) => `${of} : ${most} au plus`,
  en: (of, most) => `${of}: at most ${most}`,
};

const SAYS_OF_RESULT: {
  readonly [language in Language]: {
    readonly validatedBy: { readonly customer: string; readonly provider: string };
    readonly warranty: (days: number) => string;
  };
} = {
  fr: {
    validatedBy: {
      customer: 'La validation dans l’environnement du client est à sa charge',
      provider: 'La validation dans l’environnement du client est à notre charge',
    },
    warranty: (days) => (days === 0 ? 'Pas de période de garantie' : `Période de garantie : ${days} jours calendaires`),
  },
  en: {
    validatedBy: {
      customer: "Validation in the customer's environment is up to the customer",
      provider: "Validation in the customer's environment is up to us",
    },
    warranty: (days) => (days === 0 ? 'No warranty period' : `Warranty period: ${days} calendar days`),
  },
};

/** What the contract says of every service's result (A catalogue: on every sheet). */
function limitsOfAll({ interventions }: ContractTerms, language: Language): string[] {
  const { validatedInCustomersEnvironmentBy: by, warrantyDays } = interventions ?? {};
  const { validatedBy, warranty } = SAYS_OF_RESULT[language];
  return [...(by ? [validatedBy[by]] : []), ...(warrantyDays === undefined ? [] : [warranty(warrantyDays)])];
}

/** In the language of the contact who approves. @throws Problem `validation-failed` */
export function draftEstimate(
  { service, scope, prerequisites, limits, deliverables, ...given }: InterventionBody<'sendEstimate'>,
  terms: ContractTerms,
  language: Language,
): EstimateDraft {
  const { catalogue = {} } = terms;
  const sheet = service !== undefined && Object.hasOwn(catalogue, service) ? catalogue[service] : undefined;
  if (service !== undefined && !sheet) {
    const message = `The catalogue has no such service. It has: ${Object.keys(catalogue).join(', ')}.`;
    throw validationFailed([{ path: 'service', message }]);
  }
  const said = (words: readonly Words[]) => words.map((one) => one[language]);
  const sheetScope = sheet && [sheet.label[language], ...said(sheet.steps).map((step) => `– ${step}`)].join('\n');
  const text = scope ?? sheetScope;
  if (text === undefined)
    throw validationFailed([{ path: 'scope', message: 'Say what the work takes in, or name a service.' }]);
  const sheetLimits = sheet && [
    ...sheet.limits.map(({ of, most }) => AT_MOST[language](of[language], most)),
    ...said(sheet.leftOut).map((one) => `${LEFT_OUT[language]}${language === 'fr' ? ' :' : ':'} ${one}`),
    ...limitsOfAll(terms, language),
  ];
  const figures = given.onCall ? figuresOf(given) : figuresOf({ ...unitsOf(given, terms, sheet), ...given });
  requireTrips(figures, terms);
  return {
    service: service ?? null,
    scope: text,
    prerequisites: prerequisites ?? (sheet ? said(sheet.prerequisites) : []),
    limits: limits ?? sheetLimits ?? [],
    deliverables: deliverables ?? (sheet ? said(sheet.deliverables) : []),
    figures,
  };
}

type Figures = Pick<InterventionBody<'sendEstimate'>, 'unit' | 'units' | 'trips' | 'onSite' | 'onCall'>;

/** The service's unit and recommended pack; else the contract's only unit. */
function unitsOf(
  { unit }: Figures,
  { credits = {} }: ContractTerms,
  sheet: { readonly unit: string; readonly recommendedPack: number } | undefined,
): Figures {
  if (sheet)
    return { unit: sheet.unit, ...(unit === undefined || unit === sheet.unit ? { units: sheet.recommendedPack } : {}) };
  const [only, ...others] = Object.keys(credits).filter((name) => credits[name]?.active);
  return only !== undefined && others.length === 0 ? { unit: only } : {};
}

/** Return trips are part of the estimate's units, in units that count them. @throws Problem `validation-failed` */
function requireTrips({ unit, units = 0, trips = 0 }: Figures, { credits = {} }: ContractTerms): void {
  const travel = unit !== undefined && Object.hasOwn(credits, unit) ? credits[unit]?.travel : undefined;
  if (trips === 0 || !travel) return;
  if (travel.counted !== 'returnTrip') {
    throw validationFailed([{ path: 'trips', message: 'The terms of this unit count no trips: leave it out.' }]);
  }
  const taken = trips * travel.units;
  if (taken <= units) return;
  throw validationFailed([{ path: 'trips', message: `Their travel takes ${taken} of the ${units} units: too many.` }]);
}

/** Without the fields that were not given. */
function figuresOf(figures: Figures): StoredEstimate['figures'] {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
}
