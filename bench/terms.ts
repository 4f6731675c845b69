/** Terms for benches: family D on a calendar that never closes, whose reminders take a fraction of a second. */
import { anomalyTerms, SUPPORT_CALENDAR } from '../contracts/templates/anomalySupport.ts';
import { type ContractTerms, parseTerms } from '../contracts/terms.ts';

export const CONTRACT = 'BENCH';
export const CONTACT = 'bench-contact';
export const AGENT = 'bench-agent';

/** Between two reminders, and before the closing; milliseconds. */
export const REMINDER_MS = 300;

const ALWAYS: [string, string][] = [['00:00', '24:00']];

/** Clocks as in the contract, so that none is due while a bench runs; a reminder each `reminderSeconds`. */
export function benchTerms(reminderSeconds: number): ContractTerms {
  const parsed = parseTerms({
    ...anomalyTerms(
      { customer: 'Customer', provider: 'Provider' },
      {
        hours: (businessHours) => ({ businessHours, calendar: SUPPORT_CALENDAR }),
        days: (businessDays) => ({ businessDays, calendar: SUPPORT_CALENDAR }),
        reminderDays: (n) => ({ openedSeconds: n * reminderSeconds, calendar: SUPPORT_CALENDAR }),
      },
    ),
    calendars: {
      [SUPPORT_CALENDAR]: {
        zone: 'Europe/Paris',
        weekly: { mon: ALWAYS, tue: ALWAYS, wed: ALWAYS, thu: ALWAYS, fri: ALWAYS, sat: ALWAYS, sun: ALWAYS },
        holidays: 'none',
      },
    },
  });
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  return parsed.terms;
}

/** Terms of the lives that benches play. */
export const TERMS = benchTerms(REMINDER_MS / 1_000);
