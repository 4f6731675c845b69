/** Family B: figures of the SaaS support agreement. Each has its clause; our readings are marked. */
import type { CommercialTermsInput } from '../shape.ts';

/** Names of the whole terms that the figures refer to, and what each contract settles. */
export interface SaasChoices {
  /** Calendar whose business days and public holidays count. */
  readonly calendar: string;
  /** Fee of a year in cents, excluding VAT. */
  readonly yearlyFeeCents: number;
  /** Products that have the Sunday window of annex 2. */
  readonly sundayNightProducts?: readonly string[];
}

/** Commercial terms of a SaaS support agreement. */
export function saasFigures({ calendar, yearlyFeeCents, sundayNightProducts = [] }: SaasChoices): CommercialTermsInput {
  return {
    availability: {
      commitment: {
        // B §5: 99.5 % a calendar month, production only. Our reading: exactly 99.5 % is kept.
        target: 9_950,
        period: 'calendarMonth',
        counts: 'totalUnavailability',
        environments: ['production'],
        penalties: {
          // B §5: two months in a row. Our reading: the month that completes them is penalised, and each further one.
          consecutivePeriods: 2,
          // B §5. Our reading: the shortfall is not rounded before its band is looked up.
          bands: [
            { upTo: 150, penalty: 100 },
            { upTo: 500, penalty: 400 },
            { upTo: 700, penalty: 700 },
            { penalty: 1_000 },
          ],
          edges: 'lowerBand',
          cap: 1_000,
          // Our reading: the fee of a month is the yearly fee ÷ 12, excluding VAT.
          fee: 'yearlyFeeOverTwelve',
          // B §5. Our reading: the 10th business day of the following month is included, to its end.
          claim: { within: { businessDays: 10, calendar }, inWriting: true },
          paidAs: 'creditNoteOnNextYearlyFee',
          soleRemedy: true,
        },
        exclusions: notCounted(),
        report: 'onWrittenDemand',
      },
    },
    maintenance: {
      zone: 'Europe/Paris',
      holidays: calendar,
      windows: {
        // B §5. Our reading, strict: nights that begin on Monday to Saturday, so Monday 0:00 to 6:00 is outside.
        nights: {
          label: { fr: 'Nuits du lundi au samedi', en: 'Nights that begin Monday to Saturday' },
          begins: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
          from: '20:00',
          to: '06:00',
        },
        sundays: { label: { fr: 'Dimanches', en: 'Sundays' }, begins: ['sun'], from: '00:00', to: '24:00' },
        holidays: {
          label: { fr: 'Jours fériés français', en: 'French public holidays' },
          begins: ['publicHoliday'],
          from: '00:00',
          to: '24:00',
        },
      },
      variants: {
        // B annex 2: less than an hour every Sunday between 0:00 and 6:00, "en lieu et place" of the Sunday window.
        sundayNight: {
          replaces: 'sundays',
          window: {
            label: { fr: 'Dimanche, moins d’une heure', en: 'Sunday, less than an hour' },
            begins: ['sun'],
            from: '00:00',
            to: '06:00',
            underMinutes: 60,
          },
          products: [...sundayNightProducts],
        },
      },
      insideWindows: 'notifiedWorkIsExcluded',
      // B §5: 5 business days, best effort. Our reading: such work counts and is flagged for a person to decide at the claim.
      outsideWindows: { notice: { businessDays: 5, calendar }, commitment: 'bestEffort', counts: true },
      urgentSecurityWork: 'anyTimeExcluded',
    },
    // B §7: an option that is proposed, ordered and billed apart, never debited.
    onCall: { offered: 'asAnOption', ordered: 'proposedAgreedOrderedApart', billed: 'apart', debitsCredits: false },
    // B §5 speaks of a yearly fee; how it is paid is in the general terms, which are not part of the agreement.
    invoicing: { subscription: { fee: { cents: yearlyFeeCents }, everyMonths: 12 } },
    // B §3.
    changes: {
      by: 'providersNotice',
      notice: { months: 1 },
      noNoticeFor: ['security', 'law'],
      customerMayTerminate: true,
    },
    // B §8.
    newVersions: { validatedWithin: { calendarDays: 30 } },
    // B §6.
    interventions: { customerBacksUpBefore: true },
    // B §6.
    backups: {
      rpoHours: 24,
      kept: [
        { every: 'day', count: 7 },
        { every: 'week', count: 4 },
        { every: 'month', count: 3 },
      ],
      sites: 2,
      area: 'europeanEconomicArea',
    },
    // B §2, §7: a contract or an order of its own; time spent on what is not the product's fault may be billed.
    outsideScope: { quoted: true, analysisMayBeBilled: true },
  };
}

/** B §5: what availability leaves out. */
function notCounted() {
  const clause = 'B §5';
  return {
    scheduledMaintenance: {
      words: { fr: 'Travaux de maintenance programmée', en: 'Scheduled maintenance' },
      clause,
    },
    urgentSecurityMaintenance: {
      words: { fr: 'Maintenance urgente de sécurité', en: 'Urgent security maintenance' },
      clause,
    },
    nonProduction: { words: { fr: 'Environnement hors production', en: 'Non-production environment' }, clause },
    improperUse: {
      words: {
        fr: 'Utilisation non conforme à la documentation ou aux instructions',
        en: 'Use against the documentation or the instructions',
      },
      clause,
    },
    prerequisitesMissing: {
      words: { fr: 'Prérequis non respectés par le client', en: 'Prerequisites missing at the customer' },
      clause,
    },
    unauthorisedIntervention: {
      words: {
        fr: 'Intervention non autorisée du client ou d’un tiers',
        en: 'Intervention of the customer or a third party without authorisation',
      },
      clause,
    },
    customersEnvironment: {
      words: {
        fr: 'Défaillance de l’environnement du client (courant, réseau, sécurité)',
        en: "Failure of the customer's environment (power, network, security)",
      },
      clause,
    },
    mainSiteDestroyed: {
      words: {
        fr: 'Destruction de l’environnement principal du fournisseur d’infrastructure',
        en: "Destruction of the infrastructure provider's main site",
      },
      clause,
    },
  };
}
