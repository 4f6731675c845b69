/**
 * Family E: managed hosting. Which clocks run depends on the modules that are active. Every figure has its article; where
 * the source leaves a choice, it is marked as our reading.
 */
import { type HostingChoices, hostingFigures } from '../commercial/figures/hosting.ts';
import type { ModuleName } from '../commercial/modules.ts';
import type { ContractTermsInput } from '../terms.ts';
import { businessWeek, clock, exclusion, frenchCalendar, type Parties } from './parts.ts';

/**
 * Terms of family E between two parties, with what the contract has. The module of subscription promises an intervention
 * in the hosting room within 30 minutes, that of the recovery time a recovery within 4 h 30.
 */
export function managedHosting(
  parties: Parties,
  choices: Omit<HostingChoices, 'businessCalendar' | 'workingCalendar' | 'visits'>,
): ContractTermsInput {
  const isActive = (module: ModuleName) => choices.activeModules.includes(module);
  const working: [string, string][] = [['08:30', '18:00']];
  return {
    family: 'E',
    parties: { customer: { name: parties.customer }, provider: { name: parties.provider, role: 'host' } },
    languages: ['fr', 'en'],
    zone: 'Europe/Paris',
    calendars: {
      // E, definitions: heures ouvrées on jours ouvrés. Delays in hours count these (art. 9).
      business: frenchCalendar(
        businessWeek([
          ['08:30', '12:00'],
          ['14:00', '18:00'],
        ]),
      ),
      // E, definitions: heures ouvrables on jours ouvrables, Saturdays included. No delay counts them.
      working: frenchCalendar({ ...businessWeek(working), sat: working }),
    },
    supportCalendar: 'business',
    // E art. 9: the hotline, in business hours; the portal and mail are ways more for the customer.
    channels: { phone: { opens: 'always', hours: 'business' }, portal: { opens: 'always' }, mail: { opens: 'always' } },
    contacts: { whoMayAsk: 'contacts' },
    request: { required: ['subject', 'description'] },
    coverage: {
      as: 'hosting',
      kinds: {
        interruption: { label: { fr: 'Interruption de service', en: 'Interruption' }, coveredBy: ['hosting'] },
        incident: { label: { fr: 'Incident', en: 'Incident' }, coveredBy: ['hosting'] },
        maintenance: { label: { fr: 'Maintenance', en: 'Maintenance' }, isProblem: false, coveredBy: ['hosting'] },
        // E 2.3: not part of the contract, done on a quote.
        systemsAndApplications: {
          label: { fr: 'Installation et paramétrage de systèmes et d’applications', en: 'Systems and applications' },
          isProblem: false,
          coveredBy: ['specificServices'],
        },
        training: { label: { fr: 'Formation', en: 'Training' }, isProblem: false, coveredBy: ['training'] },
      },
      defaultKind: 'incident',
    },
    priorityScheme: { by: 'severity' },
    priorities: {
      interruption: {
        label: { fr: 'Interruption', en: 'Interruption' },
        meaning: {
          fr: 'L’infrastructure hébergée n’est plus accessible.',
          en: 'The hosted infrastructure cannot be reached.',
        },
        clocks: {
          intervention: isActive('subscription') ? INTERVENTION : 'none',
          // Our reading: kept at exactly 4 h 30, per interruption.
          recovery: isActive('recoveryGuarantee')
            ? clock({ businessHours: 4.5, calendar: 'business' }, ['recovery'])
            : 'none',
        },
      },
      standard: {
        label: { fr: 'Standard', en: 'Standard' },
        meaning: { fr: 'Toute autre demande.', en: 'Any other request.' },
        clocks: { intervention: isActive('subscription') ? INTERVENTION : 'none', recovery: 'none' },
      },
      // Our reading: module A promises an intervention after the customer's call; of a planned visit nobody called.
      planned: {
        label: { fr: 'Planifiée', en: 'Planned' },
        meaning: {
          fr: 'Visite planifiée d’un module du forfait : une date est à convenir.',
          en: 'A planned visit of a flat-rate module: a date is to be agreed.',
        },
        clocks: { intervention: 'none', recovery: 'none' },
      },
    },
    defaultPriority: 'standard',
    exclusions: EXCLUSIONS,
    ...hostingFigures({
      ...choices,
      ...{ businessCalendar: 'business', workingCalendar: 'working' },
      visits: { kind: 'maintenance', priority: 'planned' },
    }),
  };
}

// E, module A: within 30 minutes of the receipt of the customer's call, which is when a request is registered.
const INTERVENTION = clock({ businessHours: 0.5, calendar: 'business' }, ['workStarted']);

const EXCLUSIONS: ContractTermsInput['exclusions'] = {
  systemsAndApplications: exclusion(
    'E 2.3',
    'Fourniture, installation et paramétrage des systèmes et des applications.',
    'Supply, installation and configuration of systems and applications.',
  ),
  programming: exclusion('E 2.3', 'Programmation.', 'Programming.'),
  dataRestoration: exclusion(
    'E 2.4',
    'Restauration de données pour une cause étrangère aux équipements hébergés.',
    'Restoring data for reasons other than the hosted equipment.',
  ),
  dataProcessing: exclusion('E 2.4', 'Traitement des données.', 'Data processing.'),
  databaseManagement: exclusion(
    'E 2.3',
    'Maintenance ou gestion de bases de données.',
    'Database maintenance or management.',
  ),
  usersAndMailboxes: exclusion(
    'E 2.4',
    'Création, modification ou suppression d’utilisateurs et de boîtes de messagerie.',
    'Creating, changing or deleting users and mailboxes.',
  ),
  evolutionAdvice: exclusion('E 2.4', 'Conseil sur l’évolution des besoins.', 'Advice on evolving needs.'),
  lackOfTraining: exclusion('E 2.4', 'Défaut de formation des utilisateurs.', 'Users who lack training.'),
  outsidePerimeter: exclusion(
    'E 9',
    'Équipement ou version hors du périmètre technique.',
    'Equipment or versions outside the technical perimeter.',
  ),
};
