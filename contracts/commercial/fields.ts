/** What the commercial terms are made of: names, words, shares, lengths of time. */
import { z } from 'zod';
import { Name, Sentence, Words } from '../fields.ts';

/** A share of 100 % in basis points: 1 % is 100. */
const WHOLE = 10_000;
/** Longest periods accepted. */
const MOST_DAYS = 3_660;
const MOST_MONTHS = 120;
const MOST_YEARS = 10;
const MOST_BUSINESS_DAYS = 260;
/** A year of minutes. */
const MOST_MINUTES = 527_040;

/** A reason that has a code (its key), and the clause that gives it. */
export const Reason = z.strictObject({
  words: Words.meta({ description: 'The reason as people read it.' }),
  clause: Sentence.meta({ description: 'The clause of the contract that says so.' }),
});

/** A share between 0 and 100 %, in basis points (1 % is 100). Never a float. */
export const Share = z
  .int({ error: notWhole('A percentage is a whole number of basis points: 1 % is 100.') })
  .min(0)
  .max(WHOLE);

/** A rate that may be above 100 %, in basis points: once is 10,000, 1.5 times is 15,000. */
export const Rate = z
  .int({ error: notWhole('A rate is a whole number of basis points: once is 10,000.') })
  .min(0)
  .max(100 * WHOLE);

/** A number of minutes, more than none. */
export const Minutes = z
  .int({ error: notWhole('Minutes are a whole number.') })
  .positive()
  .max(MOST_MINUTES);

/** A number of credit units, more than none. */
export const Units = z
  .int({ error: notWhole('Credit units are a whole number.') })
  .positive()
  .max(100_000);

/** A number of calendar days; none is allowed. */
export const Days = z
  .int({ error: notWhole('Days are a whole number.') })
  .nonnegative()
  .max(MOST_DAYS);

/** A length of calendar time. It runs to the end of its last local day. */
export const Period = z.union(
  [
    z.strictObject({ calendarDays: Days.positive().meta({ description: 'Calendar days.' }) }),
    z.strictObject({ months: z.int().positive().max(MOST_MONTHS).meta({ description: 'Calendar months.' }) }),
    z.strictObject({ years: z.int().positive().max(MOST_YEARS).meta({ description: 'Calendar years.' }) }),
  ],
  {
    error: ({ input }) =>
      input === undefined ? undefined : 'A period is one of { calendarDays }, { months }, { years }.',
  },
);
export type Period = z.infer<typeof Period>;

/** A number of business days of one of the contract's calendars. */
export const BusinessDays = z.strictObject({
  businessDays: z.int().positive().max(MOST_BUSINESS_DAYS).meta({ description: 'Business days.' }),
  calendar: Name.meta({ description: 'Name of the calendar, in `calendars`, whose business days count.' }),
});

/** Own words for a number that is not whole; a value that is missing or out of range keeps the usual sentence. */
export function notWhole(sentence: string): (issue: Wrong) => string | undefined {
  return ({ code, input }) => (code === 'invalid_type' && input !== undefined ? sentence : undefined);
}

interface Wrong {
  readonly code: string;
  readonly input?: unknown;
}
