/**
 * Family B: SaaS support agreement. Every figure has its clause; where the source leaves a choice, it is marked as our
 * reading.
 */
import { saasFigures } from '../commercial/figures/saas.ts';
import type { ContractTermsInput } from '../terms.ts';
import { businessWeek, clock, exclusion, frenchCalendar, type Parties } from './parts.ts';

/** What differs from one agreement of family B to another. */
export interface SaasOptions {
  /** Fee of a year in cents, excluding VAT. */
  readonly yearlyFeeCents: number;
  /** Products under the agreement (annexes 1–3), by name. */
  readonly products?: NonNullable<ContractTermsInput['products']>['list'];
  /** Products that have the Sunday window of annex 2. */
  readonly sundayNightProducts?: readonly string[];
}

/** Terms of family B between two parties. */
export function saasSupport(
  parties: Parties,
  { yearlyFeeCents, products = {}, sundayNightProducts = [] }: SaasOptions,
): ContractTermsInput {
  return {
    family: 'B',
    parties: { customer: { name: parties.customer }, provider: { name: parties.provider, role: 'distributor' } },
    languages: ['fr', 'en'],
    zone: 'Europe/Paris',
    calendars: {
      // B §7: the hours in which requests are handled; announced closures count.
      support: frenchCalendar(
        businessWeek([
          ['08:30', '12:30'],
          ['13:30', '17:00'],
        ]),
        { closuresAdmitted: true },
      ),
      // B §7: the hours of the telephone are others.
      phone: frenchCalendar(
        businessWeek([
          ['08:30', '12:00'],
          ['13:30', '17:00'],
        ]),
        { closuresAdmitted: true },
      ),
    },
    supportCalendar: 'support',
    // B §7: exclusively the portal, at any time; the telephone is a complement; mail opens nothing.
    channels: { portal: { opens: 'always' }, phone: { opens: 'never', hours: 'phone' }, mail: { opens: 'never' } },
    // B §4, §7, §9: only trained contacts that the customer designates; the main one changes by a signed writing.
    contacts: {
      whoMayAsk: 'trainedContacts',
      atLeast: 1,
      mainContactChange: 'bySignedWriting',
      reachedBySeverity: true,
    },
    request: {
      // B §7. The customer's name and the contract's number are known from who asks.
      required: ['subject', 'description', 'observedBehaviour'],
      // Our reading: questions are accepted, and these are required only of problems.
      requiredOfProblems: ['expectedBehaviour', 'stepsToReproduce'],
    },
    coverage: {
      as: 'saas',
      kinds: {
        problem: { label: { fr: 'Anomalie', en: 'Problem' }, coveredBy: ['saas'] },
        question: { label: { fr: 'Question', en: 'Question' }, isProblem: false, coveredBy: ['saas'] },
        // B §2: these are had by an application maintenance contract.
        configuration: {
          label: { fr: 'Aide au paramétrage', en: 'Help with configuration' },
          isProblem: false,
          coveredBy: ['applicationMaintenance'],
        },
        specificDevelopment: {
          label: { fr: 'Développement spécifique, API, connecteur', en: 'Specific development, API, connector' },
          isProblem: false,
          coveredBy: ['applicationMaintenance'],
        },
        training: { label: { fr: 'Formation', en: 'Training' }, isProblem: false, coveredBy: ['training'] },
      },
      defaultKind: 'problem',
      analysisMayBeBilled: true, // B §7
    },
    // B §2: version n, and n−1 for 12 months after n; in production only.
    products: {
      list: products,
      supportsPreviousForMonths: 12,
      outdated: 'outdatedVersion',
      nonProduction: 'nonProduction',
    },
    priorityScheme: MATRIX,
    priorities: PRIORITIES,
    defaultPriority: 'p3Normal',
    exclusions: EXCLUSIONS,
    ...saasFigures({ calendar: 'support', yearlyFeeCents, sundayNightProducts }),
  };
}

// B §7: proposed by the customer, re-qualified by support according to the matrix.
const MATRIX: ContractTermsInput['priorityScheme'] = {
  by: 'matrix',
  urgencies: {
    critical: {
      label: { fr: 'Critique', en: 'Critical' },
      meaning: { fr: 'Le problème engendre un arrêt de production.', en: 'Production is stopped.' },
    },
    major: {
      label: { fr: 'Majeure', en: 'Major' },
      meaning: {
        fr: 'Le problème a un impact sur la production, mais il y a un moyen de contournement.',
        en: 'Production is affected, but there is a workaround.',
      },
    },
    normal: {
      label: { fr: 'Normale', en: 'Normal' },
      meaning: {
        fr: 'Demande de renseignement, ou incident sans impact sur la production.',
        en: 'A question, or an incident without effect on production.',
      },
    },
  },
  impacts: {
    high: {
      label: { fr: 'Fort', en: 'High' },
      meaning: { fr: 'Tous les utilisateurs sont impactés.', en: 'All users are affected.' },
    },
    medium: {
      label: { fr: 'Moyen', en: 'Medium' },
      meaning: { fr: 'Plusieurs utilisateurs sont impactés.', en: 'Several users are affected.' },
    },
    low: {
      label: { fr: 'Faible', en: 'Low' },
      meaning: { fr: 'Un seul utilisateur est impacté.', en: 'One user is affected.' },
    },
  },
  cells: {
    critical: { high: 'p1High', medium: 'p1High', low: 'p2Medium' },
    major: { high: 'p1High', medium: 'p2Medium', low: 'p3Normal' },
    normal: { high: 'p2Medium', medium: 'p3Normal', low: 'p3Normal' },
  },
};

// B §7: no other delay is promised than that of the acknowledgement.
const PRIORITIES: ContractTermsInput['priorities'] = {
  p1High: {
    label: { fr: 'P1 – Haute', en: 'P1 – High' },
    meaning: {
      fr: 'Urgence et impact les plus élevés de la matrice.',
      en: 'The highest urgency and impact of the matrix.',
    },
    clocks: { acknowledgement: clock({ businessHours: 8, calendar: 'support' }, ['acknowledgement']) },
  },
  p2Medium: {
    label: { fr: 'P2 – Moyenne', en: 'P2 – Medium' },
    meaning: { fr: 'Urgence et impact intermédiaires de la matrice.', en: 'The middle of the matrix.' },
    clocks: { acknowledgement: withinTwoDays() },
  },
  p3Normal: {
    label: { fr: 'P3 – Normale', en: 'P3 – Normal' },
    meaning: {
      fr: 'Urgence et impact les plus faibles de la matrice.',
      en: 'The lowest urgency and impact of the matrix.',
    },
    clocks: { acknowledgement: withinTwoDays() },
  },
};

// B §7: all requests within 2 business days, best effort.
function withinTwoDays() {
  return clock({ businessDays: 2, calendar: 'support' }, ['acknowledgement'], { commitment: 'bestEffort' });
}

const EXCLUSIONS: ContractTermsInput['exclusions'] = {
  nonProduction: exclusion('B §7', 'Environnement hors production.', 'An environment other than production.'),
  outdatedVersion: exclusion(
    'B §2',
    'Version antérieure à la version majeure n, ou à n−1 au-delà de 12 mois après la sortie de n.',
    'A version older than major version n, or n−1 later than 12 months after n.',
  ),
  onPremise: exclusion(
    'B §2',
    'Licence « on premise », ou produit hébergé hors de nos instances.',
    'An on-premise licence, or a product hosted outside our instances.',
  ),
  specificConfiguration: exclusion(
    'B §7',
    'Paramétrage ou spécifique du client, hors du produit standard.',
    'The customer’s own configuration or specifics, beyond the standard product.',
  ),
  specificDevelopment: exclusion(
    'B §2',
    'Développement spécifique, API ou connecteur.',
    'Specific development, an API or a connector.',
  ),
  missingInformation: exclusion(
    'B §7',
    'Informations, fichiers ou documents demandés et non fournis.',
    'Information, files or documents that were asked for and not given.',
  ),
  fixNotValidated: exclusion(
    'B §7',
    'Solution proposée que le client n’a pas expressément validée.',
    'A proposed fix that the customer has not expressly validated.',
  ),
  misuse: exclusion(
    'B §7',
    'Utilisation non conforme à la documentation ou aux instructions.',
    'Use against the documentation or instructions.',
  ),
  unauthorisedIntervention: exclusion(
    'B §7',
    'Intervention non autorisée du client ou d’un tiers sur le produit.',
    'An unauthorised intervention by the customer or a third party on the product.',
  ),
  customerEnvironment: exclusion(
    'B §7',
    'Défaillance du courant électrique, du réseau ou de la sécurité chez le client.',
    'A failure of power, network or security at the customer’s.',
  ),
  notTrained: exclusion(
    'B §7',
    'Le demandeur n’a pas été formé à l’utilisation du produit.',
    'The caller has not been trained in using the product.',
  ),
  outOfHours: exclusion(
    'B §7',
    'Intervention en dehors des heures ouvrées : elle relève d’une option d’astreinte, proposée, commandée et facturée à part.',
    'Work out of hours: it is an on-call option, proposed, ordered and billed apart.',
  ),
};
