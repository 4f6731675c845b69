/** A page of a timeline, whoever's it is. */
import { z } from 'zod';
import type { TimelinePage } from '../db/timeline.ts';
import { Cursor, pageOf, readCursor } from './cursors.ts';
import { Limit } from './inputs.ts';

/** Which page a caller wants. */
export const TimelineQuery = z.strictObject({ limit: Limit.default(200), cursor: Cursor });

const Place = z.tuple([z.int32(), z.int32()]);

/** Reads the page, and shows each of its lines by `show`. @throws as `readCursor` */
export async function timelinePage<Row extends { readonly seq: number; readonly line: number }, Line>(
  { limit, cursor }: z.output<typeof TimelineQuery>,
  read: (page: TimelinePage) => Promise<Row[]>,
  show: (row: Row) => Line,
): Promise<{ items: Line[]; next?: string }> {
  const place = readCursor(cursor, Place);
  const rows = await read({ ...(place && { after: { seq: place[0], line: place[1] } }), limit: limit + 1 });
  const { page, next } = pageOf(rows, limit, ({ seq, line }) => [seq, line]);
  return { items: page.map(show), ...next };
}
