/** Family E: figures of managed hosting. Each has its clause; our readings are marked. */
import type { ModuleName } from '../modules.ts';
import type { CommercialTermsInput } from '../shape.ts';
import { hostingModules } from './hostingModules.ts';
import { recoveryFigures } from './hostingRecovery.ts';

/** Names of the whole terms that the figures refer to, and what each contract settles. */
export interface HostingChoices {
  /** Calendar of business hours: Monday to Friday, 8:30 to 12:00 and 14:00 to 18:00. */
  readonly businessCalendar: string;
  /** Calendar of working days: Monday to Saturday. */
  readonly workingCalendar: string;
  /** Kind and priority of the requests that are opened for planned visits. */
  readonly visits?: { readonly kind: string; readonly priority: string };
  /** Flat-rate modules that the contract has. */
  readonly activeModules: readonly ModuleName[];
  /** Parts of the monthly flat rate in cents, excluding VAT. */
  readonly monthlyCents: { readonly hosting: number; readonly equipment: number; readonly services: number };
  /** Users that the flat rate is for. */
  readonly users?: number;
  /** Base of floating half-days, where the contract has them. */
  readonly halfDays?: number;
}

/** Commercial terms of managed hosting. */
export function hostingFigures(choices: HostingChoices): CommercialTermsInput {
  const { activeModules, businessCalendar, workingCalendar } = choices;
  const recovery = recoveryFigures(activeModules, businessCalendar);
  return {
    credits: { timeUnit: timeUnit(), ...(choices.halfDays ? { halfDay: halfDay(choices.halfDays) } : {}) },
    hotline: {
      // E module hotline: unlimited calls, 30 minutes at most an incident, remote maintenance included.
      ...(activeModules.includes('hotline')
        ? {
            allowance: { minutes: 30, per: 'incident' as const, remoteWorkIncluded: true, calls: 'unlimited' as const },
          }
        : {}),
      // E CP 6: each call by started quarter-hour; it does not make up for training.
      unit: 'timeUnit',
      roundedPer: 'call',
      curativeOnly: true,
    },
    modules: {
      list: hostingModules(activeModules),
      ...(choices.visits ? { visits: choices.visits } : {}),
      flatRate: {
        hosting: { cents: choices.monthlyCents.hosting },
        equipment: { cents: choices.monthlyCents.equipment },
        services: { cents: choices.monthlyCents.services },
        ...(choices.users === undefined ? {} : { users: choices.users }),
      },
      // E 21.1.
      perimeterShrinks: 'priceStays',
      perimeterGrows: 'repricedAndInitialTermAnew',
    },
    ...(recovery ? { recoveryPenalties: recovery } : {}),
    // E 4.1. "Several days" is not a figure: a person decides.
    longOutage: { refund: 'proportionalToInstalment', whateverTheCause: true },
    ...money(),
    ...ends(),
    // E 2.2: each night; E annex: a snapshot each hour from 7:00 to 19:00 on working days.
    backups: {
      kept: [{ every: 'day' }],
      snapshots: { everyHours: 1, from: '07:00', to: '19:00', calendar: workingCalendar },
    },
    // E CP 5.
    reporting: {
      reports: {
        intervention: {
          by: 'provider',
          words: { fr: 'Compte rendu d’intervention', en: 'Report of an intervention' },
          every: { unit: 'intervention' },
        },
        qualityIndex: {
          by: 'provider',
          words: { fr: 'Indice de qualité des prestations préventives', en: 'Quality index of preventive visits' },
          every: { unit: 'preventiveVisit' },
        },
      },
      logbook: { sharedWith: 'customersManager' },
    },
    // E art. 0, 27.
    changes: { by: 'signedAmendment' },
  };
}

function timeUnit() {
  return {
    label: { fr: 'unité de temps', en: 'time unit' },
    // E CP 7: a quarter of an hour.
    minutes: 15,
    // E CP 6 says so of the hotline. Our reading: a started quarter counts for other work too.
    rounding: 'startedUnit' as const,
    // Our reading: other work is rounded per intervention, as its calls are per call (see `hotline`).
    roundedPer: 'intervention' as const,
    // E special terms: "Forfait par déplacement A/R 4 UT".
    travel: { counted: 'returnTrip' as const, units: 4 },
    unitPrice: { cents: 2_500 },
    // E CP 7: the least that is billed is the base.
    minimumUnits: 16,
    base: 16,
    // E 21.2, CP 7.
    renewal: 'automaticAtZero' as const,
    debitMaySpanRenewal: true,
    validity: { lasts: 'contract' as const },
    // E 21.5: what is left stays with the provider.
    refunded: false,
  };
}

function halfDay(base: number) {
  return {
    label: { fr: 'demi-journée flottante', en: 'floating half-day' },
    // E special terms: 3 hours, travel included.
    minutes: 180,
    rounding: 'startedUnit' as const,
    roundedPer: 'intervention' as const,
    // Our reading: whole half-days; beyond 3 hours time units.
    restIn: 'timeUnit',
    travel: { counted: 'included' as const },
    unitPrice: { cents: 36_000 },
    // E special terms: the base is the contract's own.
    minimumUnits: base,
    base,
    renewal: 'automaticAtZero' as const,
    debitMaySpanRenewal: true,
    validity: { lasts: 'contract' as const },
    refunded: false,
  };
}

function money(): Pick<CommercialTermsInput, 'invoicing' | 'latePayment' | 'revision' | 'liability'> {
  return {
    invoicing: {
      // E 21.2: quarterly in advance, on the 1st. Our reading: three-month periods from the contract's start, pro rata
      // before the first 1st.
      flatRates: {
        everyMonths: 3,
        inAdvance: true,
        dayOfMonth: 1,
        periodsFrom: 'contractStart',
        beforeFirstPeriod: 'proRata',
      },
      credits: 'inAdvanceAtStartAndRenewal',
      // E 21.3: on receipt, net, no discount, by direct debit.
      payment: { method: 'directDebit', withinDays: 0, contestedStaysDue: true, earlyPaymentDiscount: 'none' },
      // E 21.5: 9.75 €.
      accountCharge: { amount: { cents: 975 }, unlessPaidBy: 'directDebit' },
    },
    // E 21.3.
    latePayment: {
      interest: { rate: 'legal', legalRateShare: 15_000, runsFrom: 'writtenNotice' },
      everythingDueAfter: 1,
      holdsNewInterventions: true,
      complaintSuspendsPayment: false,
      suspensionAfterDays: 20,
      terminationAfterSuspensionDays: 15,
    },
    // E 21.4: P = P0 × (0.15 + 0.85 × S/S0), at least +3 %.
    revision: {
      when: 'eachAnniversary',
      fixedShare: 1_500,
      indexShare: 8_500,
      index: {
        words: {
          fr: 'Indice du coût horaire du travail, tous salariés, France entière',
          en: 'Hourly labour cost index, all employees, whole of France',
        },
        publishedBy: { fr: 'Institut national de la statistique', en: 'The French institute of statistics' },
      },
      base: 'lastRevision',
      leastIncrease: 300,
      suppliersRises: 'combinedByAPersonWithReason',
    },
    // E 3.1.
    liability: { cap: { of: 'hostingFee', months: 3 }, exceptFor: ['grossNegligence'] },
  };
}

function ends(): Pick<CommercialTermsInput, 'duration' | 'reversibility'> {
  return {
    duration: {
      initial: { years: 3 },
      from: 'contractStart',
      firm: true,
      // E art. 19.
      renewal: { by: { years: 1 }, automatic: true },
      termination: { notice: { months: 6 }, by: 'registeredLetter' },
      // E art. 22.
      earlyTermination: {
        flatRates: { remainingShare: 10_000, surcharge: 3_000 },
        consumption: { averageMonths: 12, price: 'lastUnitPriceBilled', proRata: 'daysRemaining', surcharge: 3_000 },
      },
      otherEnds: {
        breach: {
          words: {
            fr: 'Non-respect du contrat, défaut de paiement, cessation de paiement ou d’activité',
            en: 'Breach, non-payment, insolvency or end of business',
          },
          clause: 'E art. 22',
          by: 'provider',
          starts: 'writtenNotice',
          after: { months: 1 },
          unlessRemedied: true,
        },
        forceMajeure: {
          words: { fr: 'Force majeure qui dure', en: 'Lasting force majeure' },
          clause: 'E 3.1',
          by: 'either',
          causeLastsOverDays: 60,
          starts: 'registeredLetter',
          after: { calendarDays: 8 },
          indemnity: false,
        },
        rulesOfUse: {
          words: { fr: 'Manquement aux règles d’utilisation', en: 'Breach of the rules of use' },
          clause: 'E 3.2',
          by: 'provider',
          starts: 'warning',
          after: { calendarDays: 30 },
          orAtOnce: true,
        },
      },
    },
    // E art. 23.
    reversibility: {
      within: { calendarDays: 60 },
      from: 'receiptOfRegisteredLetter',
      customerChooses: ['returned', 'destroyed'],
      format: 'standardReadable',
      deletedAfterwards: true,
      cost: { monthsOfFlatRate: 3, least: { cents: 250_000 } },
    },
  };
}
