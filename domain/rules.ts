/** What the core decides by, beside the state. */
import type { Windows } from './events.ts';
import { indexOpenings, type Openings } from './openingHours.ts';
import type { RequestTerms } from './terms.ts';

/** The terms, and the opening hours indexed for arithmetic. */
export interface Rules<T = RequestTerms> {
  readonly terms: T;
  /** @throws RangeError for a calendar that has no window: terms and windows do not fit. */
  readonly openings: (calendar: string) => Openings;
}

/** The rules of terms and the windows of their calendars. */
export function rulesOf<T>({ terms, windows }: { readonly terms: T; readonly windows: Windows }): Rules<T> {
  return {
    terms,
    openings(calendar) {
      const window = windows[calendar];
      if (!window) throw new RangeError(`no opening window for calendar ${calendar}`);
      return indexOpenings(window);
    },
  };
}
