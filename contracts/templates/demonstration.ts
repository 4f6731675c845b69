/** Family D in seconds, on a calendar that never closes: for demonstrations and end-to-end tests. */
import type { Delay } from '../../domain/terms.ts';
import type { ContractTermsInput } from '../terms.ts';
import { anomalyTerms, SUPPORT_CALENDAR } from './anomalySupport.ts';
import type { Parties } from './parts.ts';

const HOURS_A_DAY = 9;
const ALWAYS: [string, string][] = [['00:00', '24:00']];

/**
 * Terms of family D in which `unitSeconds` stand for an hour of a clock, and for a business day of the reminders: with 4,
 * a blocking anomaly is to be acknowledged within 12 s, and its reminders go out after 4, 8 and 12 s.
 */
export function demonstration(parties: Parties, unitSeconds: number): ContractTermsInput {
  const units = (n: number): Delay => ({ openedSeconds: n * unitSeconds, calendar: SUPPORT_CALENDAR });
  return {
    ...anomalyTerms(parties, { hours: units, days: (n) => units(n * HOURS_A_DAY), reminderDays: units }),
    calendars: {
      [SUPPORT_CALENDAR]: {
        zone: 'Europe/Paris',
        weekly: { mon: ALWAYS, tue: ALWAYS, wed: ALWAYS, thu: ALWAYS, fri: ALWAYS, sat: ALWAYS, sun: ALWAYS },
        holidays: 'none',
      },
    },
  };
}
