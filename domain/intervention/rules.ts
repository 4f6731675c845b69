/** What the core of interventions decides by, beside the state. */
import type { Openings } from '../openingHours.ts';
import type { Rules } from '../rules.ts';
import type { InterventionTerms } from './terms.ts';

/** The terms, and the opening hours indexed for arithmetic. */
export type InterventionRules = Rules<InterventionTerms>;

/** Names of the calendars that an intervention counts on. */
export function calendarsOf(terms: InterventionTerms): string[] {
  const delays = [terms.approvalWithin, ...terms.reminders].flatMap((delay) =>
    'calendar' in delay ? [delay.calendar] : [],
  );
  return [...new Set([terms.calendar, ...(terms.cancellation ? [terms.cancellation.calendar] : []), ...delays])];
}

/** The opening hours inside which work is planned and done. */
export function hoursOf({ terms, openings }: InterventionRules): Openings {
  return openings(terms.calendar);
}
