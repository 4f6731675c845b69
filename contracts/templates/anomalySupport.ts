/**
 * Family D: anomaly support with reminders. Every figure has its clause; where the source leaves a choice, it is marked
 * as our reading.
 */
import type { Delay } from '../../domain/terms.ts';
import { anomalyFigures } from '../commercial/figures/anomaly.ts';
import type { ContractTermsInput } from '../terms.ts';
import { businessWeek, clock, frenchCalendar, type Parties } from './parts.ts';

/** How the figures of the contract become delays: in business time, or shrunk for a demonstration. */
export interface Scale {
  readonly hours: (n: number) => Delay;
  readonly days: (n: number) => Delay;
  /** Reminders and closing: business days as well (D §1.4.2). */
  readonly reminderDays: (n: number) => Delay;
}

/** The name of the one calendar of this family. */
export const SUPPORT_CALENDAR = 'support';

const BUSINESS_TIME: Scale = {
  hours: (businessHours) => ({ businessHours, calendar: SUPPORT_CALENDAR }),
  days: (businessDays) => ({ businessDays, calendar: SUPPORT_CALENDAR }),
  reminderDays: (businessDays) => ({ businessDays, calendar: SUPPORT_CALENDAR }),
};

/** Terms of family D between two parties. */
export function anomalySupport(parties: Parties): ContractTermsInput {
  return {
    ...anomalyTerms(parties, BUSINESS_TIME),
    calendars: {
      // D §1.3: "calendrier et heures françaises, lundi au vendredi de 9h à 18h hors jours fériés".
      [SUPPORT_CALENDAR]: frenchCalendar(businessWeek([['09:00', '18:00']])),
    },
  };
}

/** All of family D but its calendar, with its delays on a scale. */
export function anomalyTerms(parties: Parties, scale: Scale): Omit<ContractTermsInput, 'calendars'> {
  const { hours, days } = scale;
  return {
    family: 'D',
    parties: { customer: { name: parties.customer }, provider: { name: parties.provider } },
    languages: ['fr', 'en'],
    zone: 'Europe/Paris',
    supportCalendar: SUPPORT_CALENDAR,
    // D §1.3 has mail and phone; the portal is one way more for the customer, which terms may leave out.
    channels: { mail: { opens: 'always' }, phone: { opens: 'always' }, portal: { opens: 'always' } },
    contacts: { whoMayAsk: 'trainedContacts' }, // D §1.3
    coverage: {
      as: 'anomalySupport',
      kinds: {
        anomaly: { label: { fr: 'Anomalie', en: 'Anomaly' }, coveredBy: ['anomalySupport'] }, // D §1.1
        // D §1.3: these are had by a feasibility study and a quote.
        installation: {
          label: { fr: 'Installation', en: 'Installation' },
          isProblem: false,
          coveredBy: ['specificServices'],
        },
        configuration: {
          label: { fr: 'Paramétrage', en: 'Configuration' },
          isProblem: false,
          coveredBy: ['specificServices'],
        },
        specificChange: {
          label: { fr: 'Développement spécifique', en: 'Specific change' },
          isProblem: false,
          coveredBy: ['specificServices'],
        },
        dataReconstruction: {
          label: { fr: 'Reconstitution de données', en: 'Data reconstruction' },
          isProblem: false,
          coveredBy: ['specificServices'],
        },
        training: { label: { fr: 'Formation', en: 'Training' }, isProblem: false, coveredBy: ['training'] },
      },
      defaultKind: 'anomaly',
    },
    priorityScheme: { by: 'severity' },
    request: {
      required: ['subject', 'description'],
      // D §1.1: repeats, is reproducible, and is due to the product alone.
      declared: { reproducible: 'notReproducible', attributableToProduct: 'notTheProduct' },
    },
    defaultPriority: 'major',
    productionFollowsFix: true, // D §1.4.2
    reopenWithin: days(10),
    // Delays: the table of D §1.2. Reminders: the table of D §1.4.2.
    priorities: {
      blocking: {
        label: { fr: 'Bloquante', en: 'Blocking' },
        meaning: {
          fr: 'La solution est totalement inutilisable, ou ses fonctionnalités principales sont inaccessibles.',
          en: 'The product cannot be used at all, or its main functions cannot be reached.',
        },
        clocks: {
          acknowledgement: acknowledgedWithin(hours(3)),
          workaround: workedAroundWithin(hours(24)),
          resolution: resolvedWithin(days(5)),
        },
        reminders: remindersAfter(scale, 1, 2, 3),
      },
      major: {
        label: { fr: 'Majeure', en: 'Major' },
        meaning: {
          fr: 'La solution est partiellement utilisable, notamment ses fonctionnalités principales.',
          en: 'The product can be used in part, main functions included.',
        },
        clocks: {
          acknowledgement: acknowledgedWithin(hours(3)),
          workaround: workedAroundWithin(hours(72)),
          resolution: resolvedWithin(days(8)),
        },
        reminders: remindersAfter(scale, 3, 6, 9),
      },
      minor: {
        label: { fr: 'Mineure', en: 'Minor' },
        meaning: {
          fr: 'La solution est utilisable dans toutes ses fonctionnalités, même grâce à un contournement.',
          en: 'The product can be used in all its functions, even if by a workaround.',
        },
        clocks: {
          acknowledgement: acknowledgedWithin(days(2)),
          workaround: 'none',
          resolution: 'inFutureMinorVersion', // "Livraison dans une future version mineure"
        },
        reminders: remindersAfter(scale, 5, 10, 15),
      },
    },
    exclusions: EXCLUSIONS,
    ...anomalyFigures(),
  };
}

// Our reading: all clocks start at registration; those of work pause while waiting on the customer, this one never does.
function acknowledgedWithin(delay: Delay) {
  return clock(delay, ['acknowledgement']);
}

// Our reading: met when delivered; a fix that comes first meets it too.
function workedAroundWithin(delay: Delay) {
  return clock(delay, ['workaround', 'fix'], { pausedWhile: ['waiting'] });
}

// D §1.1: a workaround that the customer accepts as permanent ends it as well.
function resolvedWithin(delay: Delay) {
  return clock(delay, ['fix', 'permanentWorkaround'], { pausedWhile: ['waiting'] });
}

// D §1.4.2; our reading: the day after the third reminder is a business day.
function remindersAfter({ reminderDays }: Scale, first: number, second: number, third: number) {
  const after: [Delay, Delay, Delay] = [reminderDays(first), reminderDays(second), reminderDays(third)];
  return { after, closeAfterThird: reminderDays(1) };
}

const EXCLUSIONS: ContractTermsInput['exclusions'] = {
  notReproducible: {
    words: { fr: 'L’anomalie n’est pas répétitive et reproductible.', en: 'The anomaly does not repeat reproducibly.' },
    clause: 'D §1.1',
  },
  notTheProduct: {
    words: {
      fr: 'Le dysfonctionnement n’est pas exclusivement attribuable à la solution.',
      en: 'The malfunction is not due to the product alone.',
    },
    clause: 'D §1.1',
  },
  notTrained: {
    words: {
      fr: 'Le demandeur n’a pas suivi la formation à l’administration de la solution.',
      en: 'The caller has not been trained in administering the product.',
    },
    clause: 'D §1.3',
  },
  installation: {
    words: {
      fr: 'Installation de la solution ou de ses mises à jour.',
      en: 'Installation of the product or its updates.',
    },
    clause: 'D §1.3',
  },
  configuration: {
    words: {
      fr: 'Configuration ou paramétrage de la solution ou de ses mises à jour.',
      en: 'Configuration of the product or its updates.',
    },
    clause: 'D §1.3',
  },
  training: {
    words: { fr: 'Formation du personnel du client.', en: 'Training of the customer’s staff.' },
    clause: 'D §1.3',
  },
  specificDevelopment: {
    words: { fr: 'Développement de modifications spécifiques.', en: 'Development of specific changes.' },
    clause: 'D §1.3',
  },
  nonCooperation: {
    words: {
      fr: 'Le client refuse de collaborer à la résolution de l’anomalie.',
      en: 'The customer will not cooperate in resolving the anomaly.',
    },
    clause: 'D §1.3',
  },
  misuse: {
    words: {
      fr: 'Utilisation non conforme à la destination de la solution ou à sa documentation.',
      en: 'Use against the product’s purpose or its documentation.',
    },
    clause: 'D §1.3',
  },
  sabotage: {
    words: {
      fr: 'Acte volontaire de dégradation, malveillance ou sabotage.',
      en: 'Deliberate damage, malice or sabotage.',
    },
    clause: 'D §1.3',
  },
  forceMajeure: {
    words: { fr: 'Détérioration due à un cas de force majeure.', en: 'Damage by force majeure.' },
    clause: 'D §1.3',
  },
  dataReconstruction: {
    words: {
      fr: 'Reconstitution de données ou de fichiers détériorés ou perdus.',
      en: 'Reconstruction of damaged or lost data or files.',
    },
    clause: 'D §1.3',
  },
  onSite: {
    words: { fr: 'Déplacement ou intervention sur site.', en: 'Travel or work on site.' },
    clause: 'D §1.3',
  },
};
