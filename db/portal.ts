/** Whether the customers' portal is marked as down: some contracts admit requests by mail only then (A art. 1). */
import type { Queryable } from './pool.ts';

/** One time that the portal was marked as down. */
export interface PortalOutage {
  readonly since: Date;
  readonly until: Date | null;
}

/** Whether it is marked as down now. */
export async function isPortalDown(db: Queryable): Promise<boolean> {
  return await wasPortalDown(db, new Date());
}

/** Whether it was marked as down at an instant. */
export async function wasPortalDown(db: Queryable, at: Date): Promise<boolean> {
  const { rowCount } = await db.query(
    'SELECT FROM portal_outages WHERE since <= $1 AND (until IS NULL OR until > $1) LIMIT 1',
    [at],
  );
  return rowCount !== 0;
}

/** Marks it as down, or up again; marking it as what it is changes nothing. @param by `staff:<id>` */
export async function markPortal(db: Queryable, isDown: boolean, by: string): Promise<void> {
  if (isDown) {
    await db.query(
      `INSERT INTO portal_outages (since, marked_by) VALUES (now(), $1)
       ON CONFLICT ((until IS NULL)) WHERE until IS NULL DO NOTHING`,
      [by],
    );
    return;
  }
  await db.query('UPDATE portal_outages SET until = now(), ended_by = $1 WHERE until IS NULL', [by]);
}

/** The newest outage; undefined when there never was one. */
export async function readPortalOutage(db: Queryable): Promise<PortalOutage | undefined> {
  const { rows } = await db.query<PortalOutage>('SELECT since, until FROM portal_outages ORDER BY since DESC LIMIT 1');
  return rows[0];
}
