/** Family E: the flat-rate modules, all included in the flat rate (E list of modules). */
import type { z } from 'zod';
import { MODULE_NAMES, type ModuleName, type Modules } from '../modules.ts';

type ModuleList = z.input<typeof Modules>['list'];
type ModuleInput = Omit<NonNullable<ModuleList['hosting']>, 'active'>;

/** Hours of a visit in minutes. */
const HOUR = 60;

const MODULES: Readonly<Record<ModuleName, ModuleInput>> = {
  // E letter A. Its 30 minutes in the hosting room are a clock of the terms.
  subscription: { label: { fr: 'Abonnement au service', en: 'Service subscription' } },
  // E letter B.
  supervision: { label: { fr: 'Supervision de la salle d’hébergement', en: 'Supervision of the hosting room' } },
  // E letter C: one hour a month, its report included.
  plannedMaintenance: {
    label: { fr: 'Télémaintenance planifiée', en: 'Planned remote maintenance' },
    visit: { minutes: 1 * HOUR, every: 'month', delivers: ['report'] },
  },
  // E letter D: 3 hours a month; CP 5: quality index of preventive visits.
  preventiveHalfDay: {
    label: { fr: 'Demi-journée de maintenance préventive', en: 'Preventive half-day' },
    visit: { minutes: 3 * HOUR, every: 'month', delivers: ['report', 'qualityIndex'] },
  },
  // E letter E: 6 hours a year.
  continuityDay: {
    label: { fr: 'Journée du plan de continuité d’activité', en: 'Continuity-plan day' },
    visit: { minutes: 6 * HOUR, every: 'year', delivers: ['report'] },
  },
  // E letter F: 6 hours a year; CP 4: a report with an action plan.
  coordinationDay: {
    label: { fr: 'Journée de coordination', en: 'Coordination day' },
    visit: { minutes: 6 * HOUR, every: 'year', delivers: ['report', 'actionPlan'] },
  },
  // E letter G. Its free minutes are in `hotline`.
  hotline: { label: { fr: 'Forfait hotline', en: 'Hotline' } },
  // E letter H.
  serversAndNetwork: {
    label: { fr: 'Forfait serveurs et réseau', en: 'Servers and network' },
    interventions: 'preventiveAndCurative',
  },
  // E letter I.
  workstations: {
    label: { fr: 'Forfait postes de travail', en: 'Workstations' },
    interventions: 'urgentCurative',
  },
  // E letter J of the flat rates.
  hosting: { label: { fr: 'Hébergement de la solution informatique', en: 'Hosting' } },
  // E letter K of the flat rates. Its limit is in `recoveryPenalties.perInterruption`.
  recoveryGuarantee: { label: { fr: 'Garantie de délai de rétablissement (GTR)', en: 'Recovery-time guarantee' } },
  // E letter L. Its limit is in `recoveryPenalties.perYear`.
  maximumInterruption: {
    label: { fr: 'Interruption maximum de service (IMS)', en: 'Maximum interruption of service' },
  },
};

/** All modules, with those that the contract has marked as active. */
export function hostingModules(active: readonly ModuleName[]): ModuleList {
  return Object.fromEntries(
    MODULE_NAMES.map((name) => [name, { ...MODULES[name], active: active.includes(name) }] as const),
  );
}
