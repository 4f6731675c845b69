/** What the core of interventions decides by, beside the state. */
import type { Windows } from '../events.ts';
import { indexOpenings, type Openings } from '../openingHours.ts';
import type { InterventionTerms } from './terms.ts';

/** The terms, and the opening hours indexed for arithmetic. */
export interface InterventionRules {
  readonly terms: InterventionTerms;
  /** @throws RangeError for a calendar that has no window: terms and windows do not fit. */
  readonly openings: (calendar: string) => Openings;
  /** The opening hours inside which work is planned and done. */
  readonly hours: Openings;
}

/** The rules of terms and the windows of their calendars. */
export function interventionRules(terms: InterventionTerms, windows: Windows): InterventionRules {
  const openings = (calendar: string): Openings => {
    const window = windows[calendar];
    if (!window) throw new RangeError(`no opening window for calendar ${calendar}`);
    return indexOpenings(window);
  };
  return {
    terms,
    openings,
    get hours() {
      return openings(terms.calendar);
    },
  };
}
