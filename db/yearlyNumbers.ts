/** Numbers that people read, counted by year. */
import type { Queryable } from './pool.ts';

/** Where each series is counted: requests, and service requests of publishers who leave their numbers to us. */
const COUNTERS = { DA: 'request_numbers', SR: 'sr_numbers' } as const;

/** The next of a series, `<series>-<year>-<six digits>`; the year is that of `at`, epoch milliseconds, in the zone. */
export async function nextNumber(
  db: Queryable,
  series: keyof typeof COUNTERS,
  zone: string,
  at: number,
): Promise<string> {
  const counter = COUNTERS[series];
  const year = Number(new Intl.DateTimeFormat('en', { timeZone: zone, year: 'numeric' }).format(at));
  const { rows } = await db.query<{ last: number }>(
    `INSERT INTO ${counter} (year, last) VALUES ($1, 1)
     ON CONFLICT (year) DO UPDATE SET last = ${counter}.last + 1 RETURNING last`,
    [year],
  );
  const [row] = rows;
  if (!row) throw new Error('no number was allocated');
  return `${series}-${year}-${String(row.last).padStart(6, '0')}`;
}
