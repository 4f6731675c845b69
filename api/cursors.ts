/** Where a page of a list ends and the next begins: opaque to callers. */
import { z } from 'zod';
import { validationFailed } from './problems.ts';

/** A caller's cursor. */
export const Cursor = z.string().max(200).optional().meta({ description: '`next` of the page before' });

function cursorOf(...values: (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** The values of a caller's cursor; undefined without one. @throws Problem `validation-failed` when it is none of this list's */
export function readCursor<S extends z.ZodType>(cursor: string | undefined, schema: S): z.output<S> | undefined {
  if (cursor === undefined) return undefined;
  const values = valuesOf(cursor, schema);
  if (values === undefined) {
    throw validationFailed([{ path: 'cursor', message: 'Use `next` of the page before, as it is.' }]);
  }
  return values;
}

function valuesOf<S extends z.ZodType>(cursor: string, schema: S): z.output<S> | undefined {
  try {
    const text = Buffer.from(cursor, 'base64url').toString();
    // A text of the database cannot have this character.
    return text.includes('\\u0000') ? undefined : schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** An instant in a cursor, epoch milliseconds: of those that the database knows. */
export const CursorInstant = z
  .int()
  .min(0)
  .max(Date.UTC(9999, 11, 31));

/** Rows of a page, of which one more than `limit` was asked for; `next`: where the next page begins, if there is one. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  placeOf: (last: Row) => readonly (string | number)[],
): { readonly page: Row[]; readonly next: { readonly next?: string } } {
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return { page, next: last === undefined ? {} : { next: cursorOf(...placeOf(last)) } };
}
