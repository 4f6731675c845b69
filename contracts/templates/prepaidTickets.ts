/**
 * Family A: prepaid tickets. No delay is promised; what the contract sells is hours of work. Every figure has its article;
 * where the source leaves a choice, it is marked as our reading.
 */
import type { ContractType } from '../../domain/coverage.ts';
import { prepaidFigures } from '../commercial/figures/prepaid.ts';
import type { ContractTermsInput } from '../terms.ts';
import { businessWeek, exclusion, frenchCalendar, type Parties } from './parts.ts';

/** Terms of family A between two parties. */
export function prepaidTickets(parties: Parties): ContractTermsInput {
  return {
    family: 'A',
    parties: { customer: { name: parties.customer }, provider: { name: parties.provider, role: 'distributor' } },
    languages: ['fr', 'en'],
    zone: 'Europe/Paris',
    calendars: {
      // A art. 1: Monday to Friday, not on public holidays nor on exceptional closures.
      support: frenchCalendar(
        businessWeek([
          ['08:00', '12:00'],
          ['13:00', '17:00'],
        ]),
        { closuresAdmitted: true },
      ),
    },
    supportCalendar: 'support',
    // A art. 1: on the portal; by mail only while the portal is down.
    channels: {
      portal: { opens: 'always' },
      mail: { opens: 'whilePortalIsDown' },
      phone: { opens: 'never', hours: 'support' },
    },
    contacts: { whoMayAsk: 'contacts' },
    request: { required: ['subject', 'description'] },
    coverage: { as: 'prepaid', kinds: ROUTING, defaultKind: 'everydayUse' },
    priorityScheme: { by: 'severity' },
    priorities: {
      standard: {
        label: { fr: 'Standard', en: 'Standard' },
        meaning: {
          fr: 'Toute demande : la convention ne promet pas de délai.',
          en: 'Any request: the agreement promises no delay.',
        },
        clocks: {},
      },
    },
    defaultPriority: 'standard',
    exclusions: EXCLUSIONS,
    ...prepaidFigures({ calendar: 'support' }),
  };
}

type Kinds = ContractTermsInput['coverage']['kinds'];

function kind(fr: string, en: string, ...coveredBy: ContractType[]): Kinds[string] {
  return { label: { fr, en }, isProblem: false, coveredBy };
}

// A, the routing table: which contract covers which kind of request.
const ROUTING: Kinds = {
  updateDelivery: kind('Mise à disposition des mises à jour', 'Software updates made available', 'maintenance'),
  installationHelp: kind(
    'Aide à l’installation',
    'Help with installation',
    'maintenance',
    'prepaid',
    'applicationMaintenance',
  ),
  installation: kind(
    'Réalisation d’une installation',
    'Performing an installation',
    'prepaid',
    'applicationMaintenance',
    'specificServices',
  ),
  updateHelp: kind('Aide à la mise à jour', 'Help with an update', 'maintenance', 'prepaid', 'applicationMaintenance'),
  update: kind(
    'Réalisation d’une mise à jour',
    'Performing an update',
    'prepaid',
    'applicationMaintenance',
    'specificServices',
  ),
  everydayUse: kind(
    'Aide à l’utilisation courante',
    'Help with everyday use',
    'maintenance',
    'prepaid',
    'applicationMaintenance',
  ),
  softwareError: {
    ...kind('Aide sur une erreur du logiciel', 'Help with a software error', 'maintenance', 'applicationMaintenance'),
    isProblem: true,
  },
  usageAdvice: kind(
    'Conseil d’utilisation',
    'Usage advice',
    'maintenance',
    'prepaid',
    'applicationMaintenance',
    'specificServices',
  ),
  specificDevelopment: kind(
    'Développement ou paramétrage spécifique',
    'Specific development or configuration',
    'prepaid',
    'applicationMaintenance',
    'specificServices',
  ),
  dataRestoration: kind(
    'Restauration de données perdues ou endommagées',
    'Restoring lost or damaged data',
    'prepaid',
    'applicationMaintenance',
    'specificServices',
  ),
  training: kind('Formation', 'Training', 'training'),
};

const EXCLUSIONS: ContractTermsInput['exclusions'] = {
  projectWork: exclusion(
    'A art. 2',
    'Travaux en mode projet, qui demandent un chef de projet.',
    'Project work that needs a project manager.',
  ),
  developmentToMaintain: exclusion(
    'A art. 2',
    'Développements qu’il faudrait ensuite maintenir.',
    'Development that would then have to be maintained.',
  ),
  catalogueTraining: exclusion(
    'A art. 2',
    'Formation du catalogue avec prise en charge par un financeur ; une micro-formation reste possible.',
    'Catalogue training financed by a training fund; a micro-training is covered.',
  ),
  outOfHours: exclusion('A art. 1', 'Intervention en dehors des horaires d’ouverture.', 'Work out of hours.'),
  travel: exclusion('A art. 1', 'Déplacement sur site.', 'Travel to the customer’s site.'),
};
