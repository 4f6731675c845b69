/** Kinds of fields that many parts of the terms share. */
import { z } from 'zod';

/** Longest delays accepted: a year of business days, and as much in hours and seconds. */
const MOST_BUSINESS_DAYS = 260;
const MOST_HOURS = 8_784;
const MOST_SECONDS = MOST_HOURS * 3_600;

/** A name that other parts of the terms refer to. */
export const Name = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, {
  error: 'A name is made of letters and digits and begins with a small letter.',
});

/** One sentence. */
export const Sentence = z.string().trim().min(1, { error: 'This must not be empty.' }).max(500);

/** The same words in each language of the product. */
export const Words = z.strictObject({
  fr: Sentence.meta({ description: 'In French.' }),
  en: Sentence.meta({ description: 'In English.' }),
});

/** The clause of the contract that says it, such as `D §1.4.2`. */
export const Clause = z.string().trim().min(1).max(100);

/** A length of time; see `Delay` in domain/terms.ts. */
export const DelayTerms = z
  .union([
    z.strictObject({ businessHours: z.number().positive().max(MOST_HOURS), calendar: Name }),
    z.strictObject({ businessDays: z.int().positive().max(MOST_BUSINESS_DAYS), calendar: Name }),
    z.strictObject({ calendarHours: z.number().positive().max(MOST_HOURS) }),
    z.strictObject({ openedSeconds: z.number().positive().max(MOST_SECONDS), calendar: Name }),
  ])
  .meta({ description: 'opened hours, business days or opened seconds on a calendar, or plain hours, day and night' });
