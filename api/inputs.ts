/** Fields that callers send, as zod schemas. */
import { z } from 'zod';

const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;

/** One line: it becomes part of mail headers. */
export const Subject = z
  .string()
  .refine((text) => !CONTROL.test(text), { error: 'A subject is one line, without control characters.' })
  .trim()
  .min(1)
  .max(200);

/** What people write. Line breaks are kept. */
export const Text = z
  .string()
  .max(100_000)
  .refine((text) => !text.includes('\u0000'), { error: 'This must not contain the character U+0000.' })
  .refine((text) => text.trim() !== '', { error: 'This must not be empty.' })
  .meta({ description: 'what is written to the other side, or noted' });

/** A name that something is known by: a reference, an id, a priority. */
export const ShortName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]*$/u, { error: 'This is not a known name.' });

/** A request's number, such as DA-2026-004217. */
export const RequestNumber = z
  .string()
  .regex(/^DA-\d{4}-\d{6,9}$/, { error: 'A request number looks like DA-2026-004217.' });

/** When something reached us that is written down later: not in the future, at most a year ago. */
export const ReceivedAt = z.iso
  .datetime({
    offset: true,
    error: 'This must be an instant in ISO 8601 with its offset, such as 2026-11-20T15:50:00Z or …T16:50:00+01:00.',
  })
  .refine((text) => Date.parse(text) <= Date.now(), { error: 'This must not be in the future.' })
  .refine((text) => Date.parse(text) > Date.now() - 366 * 86_400_000, { error: 'This is more than a year ago.' })
  .meta({ description: 'for staff: when the call came that is written down here' });

/** A local date, YYYY-MM-DD, as the database knows it: it has no year 0. */
export const LocalDay = z.iso
  .date({ error: 'This must be a date such as 2026-11-20.' })
  .refine((date) => !date.startsWith('0000'), { error: 'There is no year 0.' });

/** A page of a list. */
export const Limit = z.coerce.number().int().min(1).max(200).default(50);

/** Units by the credit unit's name. */
export const Amounts = z
  .record(ShortName, z.int().nonnegative().max(10_000))
  // They stay in the state of its workflow: no contract has as many.
  .refine((units) => Object.keys(units).length <= 10, { error: 'Name 10 credit units at most.' })
  .meta({ description: 'units by the credit unit’s name in the terms, such as { "ticket": 2 }' });
