/** What customers read before they approve: stored before it is sent, never changed. */
import type { EstimateFigures } from '../domain/intervention/events.ts';
import type { Queryable } from './pool.ts';

/** An estimate as the customer reads it. */
export interface StoredEstimate {
  readonly id: string;
  readonly intervention: string;
  /** Code in the catalogue. */
  readonly service: string | null;
  readonly scope: string;
  readonly prerequisites: readonly string[];
  readonly limits: readonly string[];
  readonly deliverables: readonly string[];
  /** What the workflow counts with. */
  readonly figures: Omit<EstimateFigures, 'estimate' | 'service'>;
  readonly draftedBy: string;
  readonly createdAt: Date;
}

const ESTIMATE = `id, intervention, service, scope, prerequisites, limits, deliverables, figures,
  drafted_by AS "draftedBy", created_at AS "createdAt"`;

/** Stores one and returns its id, which `sendEstimate` names; one that has the given id is there already. */
export async function storeEstimate(
  db: Queryable,
  estimate: Omit<StoredEstimate, 'id' | 'createdAt'> & { readonly id?: string },
): Promise<string> {
  const { id: given, intervention, service, scope, prerequisites, limits, deliverables, figures, draftedBy } = estimate;
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO intervention_estimates (intervention, service, scope, prerequisites, limits, deliverables, figures, drafted_by, id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9, gen_random_uuid()))
     ON CONFLICT (id) DO UPDATE SET id = excluded.id RETURNING id`,
    [
      ...[intervention, service, scope],
      ...[prerequisites, limits, deliverables, figures].map((value) => JSON.stringify(value)),
      draftedBy,
      given ?? null,
    ],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('the estimate was not stored');
  return id;
}

/** An estimate; undefined when there is none. */
export async function readEstimate(db: Queryable, id: string): Promise<StoredEstimate | undefined> {
  const { rows } = await db.query<StoredEstimate>(`SELECT ${ESTIMATE} FROM intervention_estimates WHERE id = $1`, [id]);
  return rows[0];
}

/** When the estimate was stored that was sent before this one and is replaced by it; undefined when it is the first. */
export async function readReplacedAt(db: Queryable, { id, intervention }: StoredEstimate): Promise<Date | undefined> {
  const { rows } = await db.query<{ at: Date | null }>(
    `SELECT max(o.created_at) AS at FROM intervention_estimates o
     WHERE o.intervention = $2 AND o.created_at < (SELECT created_at FROM intervention_estimates WHERE id = $1)`,
    [id, intervention],
  );
  return rows[0]?.at ?? undefined;
}

/** Forgets one that was never sent: its command was refused. */
export async function deleteEstimate(db: Queryable, id: string): Promise<void> {
  await db.query('DELETE FROM intervention_estimates WHERE id = $1', [id]);
}
