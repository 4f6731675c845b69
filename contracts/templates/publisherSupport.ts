/**
 * Family C: distributor ↔ publisher. The distributor is the one who asks; the clocks start at the publisher's
 * acknowledgement. Every figure has its clause; where the source leaves a choice, it is marked as our reading.
 */
import type { Delay } from '../../domain/terms.ts';
import { publisherFigures } from '../commercial/figures/publisher.ts';
import type { ContractTermsInput } from '../terms.ts';
import { clock, exclusion, frenchCalendar, type Parties } from './parts.ts';

/** Terms of family C between a distributor (`customer`) and a publisher (`provider`). */
export function publisherSupport(parties: Parties): ContractTermsInput {
  const late: [string, string][] = [['09:00', '17:30']];
  return {
    family: 'C',
    parties: {
      customer: { name: parties.customer, role: 'distributor' },
      provider: { name: parties.provider, role: 'publisher' },
    },
    languages: ['fr', 'en'],
    zone: 'Europe/Paris',
    calendars: {
      // C §4.3.2: to 17:30, on Fridays to 17:00, not on public holidays.
      publisher: frenchCalendar({ mon: late, tue: late, wed: late, thu: late, fri: [['09:00', '17:00']] }),
    },
    supportCalendar: 'publisher',
    channels: {
      portal: { opens: 'always' },
      phone: { opens: 'always', hours: 'publisher' },
      mail: { opens: 'always' },
    },
    // C §4.1.2, §4.3.2: at most 4 trained people, exactly one of them the referent, who alone calls.
    contacts: { whoMayAsk: 'trainedContacts', atLeast: 1, atMost: 4, referent: true },
    request: { required: ['subject', 'description'] },
    coverage: {
      as: 'publisherSupport',
      kinds: {
        escalation: { label: { fr: 'Escalade technique', en: 'Escalation' }, coveredBy: ['publisherSupport'] },
        // C §4.4.3: a P4 may be a question.
        question: {
          label: { fr: 'Demande d’information', en: 'Question' },
          isProblem: false,
          coveredBy: ['publisherSupport'],
        },
        // C §4.5: anything else is quoted.
        other: {
          label: { fr: 'Autre prestation', en: 'Anything else' },
          isProblem: false,
          coveredBy: ['specificServices'],
        },
        training: { label: { fr: 'Formation', en: 'Training' }, isProblem: false, coveredBy: ['training'] },
      },
      defaultKind: 'escalation',
    },
    priorityScheme: { by: 'agreement' }, // C §4.4.2
    priorities: {
      p1: {
        label: { fr: 'Priorité 1', en: 'Priority 1' },
        meaning: { fr: 'Impact critique : service inutilisable.', en: 'Critical: the service cannot be used.' },
        // Our reading: calendar hours, since 72 opened hours would be longer than the 4 days of priority 2.
        clocks: { resolution: resolvedWithin({ calendarHours: 72 }) },
      },
      p2: {
        label: { fr: 'Priorité 2', en: 'Priority 2' },
        meaning: {
          fr: 'Fonctionnement dégradé : une ou plusieurs fonctionnalités sont affectées.',
          en: 'Degraded: one or more features are affected.',
        },
        clocks: { resolution: resolvedWithin(days(4)) },
      },
      p3: {
        label: { fr: 'Priorité 3', en: 'Priority 3' },
        meaning: {
          fr: 'Instabilité : des fonctionnalités mineures sont affectées, non le traitement ni l’envoi des documents.',
          en: 'Instability: minor features are affected, not the processing or sending of documents.',
        },
        clocks: { resolution: resolvedWithin(days(5)) },
      },
      p4: {
        label: { fr: 'Priorité 4', en: 'Priority 4' },
        meaning: {
          fr: 'Problème mineur ou demande d’information, sans impact sur le service.',
          en: 'A minor problem or a question, without effect on the service.',
        },
        clocks: { resolution: resolvedWithin(days(10)) },
      },
    },
    defaultPriority: 'p4',
    // C §4.4.3 gives chasing no delays. Our reading: after 2, 4 and 8 hours of the publisher's own calendar.
    escalation: { chasers: { after: [hours(2), hours(4), hours(8)] } },
    exclusions: EXCLUSIONS,
    ...publisherFigures({ countedPriorities: ['p1', 'p2'] }),
  };
}

function hours(businessHours: number): Delay {
  return { businessHours, calendar: 'publisher' };
}

function days(businessDays: number): Delay {
  return { businessDays, calendar: 'publisher' };
}

// C §4.4.3: from the publisher's acknowledgement, best effort; a workaround within the delay meets it.
function resolvedWithin(delay: Delay) {
  return clock(delay, ['fix', 'workaround'], {
    starts: 'acknowledgement',
    pausedWhile: ['waiting'],
    commitment: 'bestEffort',
  });
}

// C §4.4.3, the twelve exclusions in their order.
const EXCLUSIONS: ContractTermsInput['exclusions'] = {
  customerSetUp: exclusion(
    'C §4.4.3 (1)',
    'Mise en place du service chez le client du distributeur.',
    'Set-up of the service at the distributor’s customer.',
  ),
  travel: exclusion('C §4.4.3 (2)', 'Déplacement sur site.', 'Travel to a site.'),
  hardware: exclusion(
    'C §4.4.3 (3)',
    'Intervention sur des matériels ou périphériques.',
    'Work on hardware or peripherals.',
  ),
  changeRequest: exclusion(
    'C §4.4.3 (4)',
    'Demande de modification ou d’amélioration.',
    'A request for a change or an improvement.',
  ),
  thirdPartyIntegration: exclusion(
    'C §4.4.3 (5)',
    'Intervention sur des logiciels ou matériels tiers, ou aide à l’intégration.',
    'Work on third-party software or hardware, or help with integration.',
  ),
  interfaceQuestion: exclusion(
    'C §4.4.3 (6)',
    'Question d’interface entre les applications du client et le service.',
    'A question of interfaces between the customer’s applications and the service.',
  ),
  customDevelopment: exclusion(
    'C §4.4.3 (7)',
    'Développement d’applications, de modèles ou de maquettes.',
    'Development of applications, templates or mock-ups.',
  ),
  hostedRules: exclusion(
    'C §4.4.3 (8)',
    'Développement ou mise en œuvre de règles hébergées spécifiques.',
    'Development or setting up of specific hosted rules.',
  ),
  hostedRulesDiagnosis: exclusion(
    'C §4.4.3 (9)',
    'Diagnostic de règles hébergées avant leur mise en production.',
    'Diagnosis of hosted rules before they are in production.',
  ),
  training: exclusion('C §4.4.3 (10)', 'Formation.', 'Training.'),
  highlyTechnical: exclusion(
    'C §4.4.3 (11)',
    'Question hautement technique : restrictions d’accès, équipements de test indisponibles, altérations non autorisées.',
    'A highly technical matter: access restrictions, test equipment that is not available, unauthorised changes.',
  ),
  thirdPartySoftware: exclusion(
    'C §4.4.3 (12)',
    'Assistance à l’utilisation de logiciels ou matériels tiers non distribués par l’éditeur.',
    'Help with using third-party software or hardware that the publisher does not distribute.',
  ),
  notTrained: exclusion(
    'C §4.1.2',
    'Le demandeur ne fait pas partie des personnes formées.',
    'The caller is none of the trained people.',
  ),
};
