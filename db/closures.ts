/** Closures of calendars: announced, taken back, listed. Each change makes a new version of its calendar. */
import type { Pool, PoolClient } from 'pg';
import type { Who } from '../domain/events.ts';
import { inTransaction, type Queryable } from './pool.ts';

/** NOTIFY channel on which relays hear of a calendar's new version. */
export const HOURS_CHANNEL = 'opening_hours';

/** A closure as it was announced: of a local day, or from `beginsAt` until `endsAt`. */
export interface ClosureRow {
  readonly id: string;
  readonly calendar: string;
  /** YYYY-MM-DD */
  readonly day: string | null;
  readonly beginsAt: Date | null;
  readonly endsAt: Date | null;
  readonly reason: string;
  readonly announcedAt: Date;
  readonly announcedBy: Who;
  readonly enteredAt: Date;
  readonly lateReason: string | null;
  readonly takenBackAt: Date | null;
  readonly takenBackBy: Who | null;
  readonly takenBackCommand: string | null;
}

/** A closure to be announced. Instants are epoch milliseconds. */
export interface NewClosure {
  /** The command's id: repeated, it announces once. */
  readonly id: string;
  readonly calendar: string;
  readonly when: { readonly day: string } | { readonly from: number; readonly to: number };
  readonly reason: string;
  readonly announcedAt: number;
  readonly enteredAt: number;
  readonly by: Who;
  /** Required, and only allowed, where it was announced before it was entered. */
  readonly lateReason?: string;
}

const CLOSURE = `
  SELECT id, calendar, day::text, begins_at AS "beginsAt", ends_at AS "endsAt", reason, announced_at AS "announcedAt",
         announced_by AS "announcedBy", entered_at AS "enteredAt", late_reason AS "lateReason",
         taken_back_at AS "takenBackAt", taken_back_by AS "takenBackBy", taken_back_command AS "takenBackCommand"
  FROM closures`;

/** Announces it, once; `false` when the same day or interval is announced already. */
export async function announceClosure(pool: Pool, closure: NewClosure): Promise<boolean> {
  const { id, calendar, when, reason, announcedAt, enteredAt, by, lateReason } = closure;
  const [day, from, to] = 'day' in when ? [when.day, null, null] : [null, new Date(when.from), new Date(when.to)];
  return await inTransaction(pool, async (client) => {
    await lockCalendar(client, calendar);
    const same = await client.query<{ id: string }>(
      `SELECT id FROM closures WHERE calendar = $1 AND (id = $2 OR (taken_back_at IS NULL
         AND day IS NOT DISTINCT FROM $3 AND begins_at IS NOT DISTINCT FROM $4 AND ends_at IS NOT DISTINCT FROM $5))`,
      [calendar, id, day, from, to],
    );
    if (same.rows.some((one) => one.id === id)) return true;
    if (same.rows.length > 0) return false;
    await raiseVersion(client, calendar);
    await client.query(
      `INSERT INTO closures
         (id, calendar, day, begins_at, ends_at, reason, announced_at, announced_by, entered_at, late_reason)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        ...[id, calendar, day, from, to, reason],
        ...[new Date(announcedAt), by, new Date(enteredAt), lateReason ?? null],
      ],
    );
    return true;
  });
}

/** Takes it back, once, at `at` (epoch milliseconds); `false` when another command has. */
export async function takeClosureBack(
  pool: Pool,
  { id, calendar }: Pick<ClosureRow, 'id' | 'calendar'>,
  { at, by, commandId }: { readonly at: number; readonly by: Who; readonly commandId: string },
): Promise<boolean> {
  return await inTransaction(pool, async (client) => {
    await lockCalendar(client, calendar);
    const { rows } = await client.query<{ command: string | null }>(
      'SELECT taken_back_command AS command FROM closures WHERE id = $1',
      [id],
    );
    if (rows[0]?.command) return rows[0].command === commandId;
    await raiseVersion(client, calendar);
    await client.query(
      'UPDATE closures SET taken_back_at = $2, taken_back_by = $3, taken_back_command = $4 WHERE id = $1',
      [id, new Date(at), by, commandId],
    );
    return true;
  });
}

/** Changes of one calendar go one after the other; the first has no row yet. */
async function lockCalendar(client: PoolClient, calendar: string): Promise<void> {
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('calendar:' || $1, 0))", [calendar]);
}

/** Relays hear of it when the transaction is committed. */
async function raiseVersion(client: PoolClient, calendar: string): Promise<void> {
  await client.query(
    `INSERT INTO calendars (id, version) VALUES ($1, 2)
     ON CONFLICT (id) DO UPDATE SET version = calendars.version + 1`,
    [calendar],
  );
  await client.query(`SELECT pg_notify('${HOURS_CHANNEL}', '')`);
}

/** A closure of this calendar; undefined when there is none. */
export async function readClosure(db: Queryable, calendar: string, id: string): Promise<ClosureRow | undefined> {
  const { rows } = await db.query<ClosureRow>(`${CLOSURE} WHERE calendar = $1 AND id = $2`, [calendar, id]);
  return rows[0];
}

/** Every closure of a calendar, those taken back too, the last announced first. */
export async function listClosures(db: Queryable, calendar: string): Promise<ClosureRow[]> {
  const { rows } = await db.query<ClosureRow>(`${CLOSURE} WHERE calendar = $1 ORDER BY announced_at DESC, id`, [
    calendar,
  ]);
  return rows;
}
