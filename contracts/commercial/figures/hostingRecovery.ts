/** Family E: recovery promises and penalties (E art. 4). */
import type { ModuleName } from '../modules.ts';
import type { CommercialTermsInput } from '../shape.ts';

const HOUR = 60;

/** Promises of the active modules; none when neither is active. */
export function recoveryFigures(
  active: readonly ModuleName[],
  calendar: string,
): CommercialTermsInput['recoveryPenalties'] {
  const hasGuarantee = active.includes('recoveryGuarantee');
  const hasMaximum = active.includes('maximumInterruption');
  if (!hasGuarantee && !hasMaximum) return undefined;
  return {
    ...(hasGuarantee ? { perInterruption: perInterruption() } : {}),
    ...(hasMaximum ? { perYear: perYear() } : {}),
    // E 4.4, 4.5.
    counted: { from: 'customersNotification', to: 'notifiedRecovery', calendar, year: 'calendarYear' },
    plannedInterruptions: 'excluded',
    causes: causes(),
    // E 4.5.
    claim: 'onDemand',
    paidAs: 'deductionFromNextInvoice',
    soleRemedy: true,
    contested: {
      comparisonDays: 15,
      decidedBy: { fr: 'Responsable d’exploitation du prestataire', en: "The provider's operations manager" },
    },
  };
}

function perInterruption() {
  return {
    // E module K of the flat rates: 4 h 30 of business hours. Our reading: exactly 4 h 30 keeps it.
    limit: 4 * HOUR + 30,
    keptAtLimit: true,
    // E 4.2.
    bands: [{ upTo: 4 * HOUR, penalty: 1_000 }, { upTo: 8 * HOUR, penalty: 2_000 }, { penalty: 3_000 }],
    edges: 'lowerBand' as const,
    basis: 'monthlyHostingInvoice' as const,
  };
}

function perYear() {
  return {
    // E module L: "inférieur à 30 heures ouvrées annuelles": exactly 30 hours are too many.
    limit: 30 * HOUR,
    keptAtLimit: false,
    // E 4.3.
    bands: [{ upTo: 10 * HOUR, penalty: 100 }, { upTo: 30 * HOUR, penalty: 200 }, { penalty: 300 }],
    edges: 'lowerBand' as const,
    basis: 'yearlyHostingInvoice' as const,
    // E 4.5: "les pénalités seront appliquées prorata temporis".
    firstYear: 'penaltyProRata' as const,
  };
}

/** E 4.5: for these no penalty is owed. */
function causes() {
  const clause = 'E 4.5';
  return {
    changeAskedByCustomer: {
      words: { fr: 'Modification demandée par le client', en: 'A change asked by the customer' },
      clause,
    },
    forceMajeure: { words: { fr: 'Force majeure', en: 'Force majeure' }, clause },
    thirdParty: { words: { fr: 'Fait d’un tiers', en: 'A third party' }, clause },
    customer: {
      words: {
        fr: 'Fait du client, dont le non-respect des spécifications techniques',
        en: 'The customer, technical specifications not respected included',
      },
      clause,
    },
    elementOfOthers: {
      words: {
        fr: 'Élément non installé et exploité par le prestataire',
        en: 'An element not installed and operated by the provider',
      },
      clause,
    },
    specialConstraints: {
      words: {
        fr: 'Contraintes particulières ou moyens spéciaux',
        en: 'Special constraints or means',
      },
      clause,
    },
    incumbentOperator: {
      words: { fr: 'Réseau de l’opérateur historique', en: "The incumbent operator's network" },
      clause,
    },
    telecomSupplier: {
      words: { fr: 'Panne d’un fournisseur de télécommunications', en: "A telecom supplier's outage" },
      clause,
    },
    regulator: { words: { fr: 'Prescription d’un régulateur', en: "A regulator's prescription" }, clause },
  };
}
