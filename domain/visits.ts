/** Planned visits of modules: how often they come, and the schedule by which they are opened. */

/** How often a module is visited. */
export type VisitEvery = 'month' | 'year';

/** Everything that a visit may deliver. */
export const DELIVERABLES = ['report', 'actionPlan', 'qualityIndex'] as const;
/** What a visit ends with. */
export type Deliverable = (typeof DELIVERABLES)[number];

/** The visits of one module of a contract. */
export interface ModuleVisits {
  /** Contract reference. */
  readonly contract: string;
  readonly module: string;
  readonly every: VisitEvery;
  /** IANA zone in which the periods of the module begin. */
  readonly zone: string;
}

/** Local hour of a period's first day at which its visit is opened. */
export const VISIT_HOUR = 8;

/** A time that comes again and again, on the clocks of a zone. */
export interface VisitTimes {
  readonly timezone: string;
  readonly dayOfMonth: number;
  /** Absent: every month. */
  readonly month?: 'JANUARY';
  readonly hour: number;
}

/** Id of the schedule that opens the visits of a module. */
export function visitScheduleId({ contract, module }: Pick<ModuleVisits, 'contract' | 'module'>): string {
  return `visit:${contract}:${module}`;
}

/** When visits are opened: on the first day of each calendar month or year, at eight in the morning. */
export function visitTimes({ every, zone }: Pick<ModuleVisits, 'every' | 'zone'>): VisitTimes {
  const firstDays = { timezone: zone, dayOfMonth: 1, hour: VISIT_HOUR };
  switch (every) {
    case 'month':
      return firstDays;
    case 'year':
      return { ...firstDays, month: 'JANUARY' };
  }
}
