/** Rows of escalations: drafted, then sent, then the read model of what the workflow decides. */
import type { Pool, PoolClient } from 'pg';
import type { EscalationPackage } from '../domain/escalation/package.ts';
import type { EscalationId, EscalationState, Side } from '../domain/escalation/state.ts';
import type { EscalationView } from '../domain/escalation/view.ts';
import { requireInForceAt } from './contractEnds.ts';
import { inTransaction, type Queryable } from './pool.ts';

/** An escalation's row. */
export interface EscalationRow {
  readonly id: EscalationId;
  readonly request: string;
  readonly n: number;
  readonly product: string | null;
  /** The contract with the publisher. */
  readonly contract: string;
  readonly termsVersion: number;
  readonly publisher: string;
  readonly stage: 'draft' | 'sending' | 'sent';
  readonly parts: EscalationPackage;
  readonly priority: string;
  /** Contact of the publisher's contract. */
  readonly referent: string | null;
  readonly sr: string | null;
  readonly srIssuedBy: Side | null;
  readonly draftedBy: string;
  readonly version: number;
  /** Null until the first save. */
  readonly state: EscalationState | null;
  readonly view: EscalationView | null;
  readonly createdAt: Date;
}

const ESCALATION = `
  SELECT id, request, n, product, contract, terms_version AS "termsVersion", publisher, stage, parts, priority, referent,
         sr, sr_issued_by AS "srIssuedBy", drafted_by AS "draftedBy", version, state, view, created_at AS "createdAt"
  FROM escalations`;

/** The row of an escalation; undefined when there is none. */
export async function readEscalationRow(db: Queryable, id: string): Promise<EscalationRow | undefined> {
  const { rows } = await db.query<EscalationRow>(`${ESCALATION} WHERE id = $1`, [id]);
  return rows[0];
}

/** What a draft begins with. */
export interface NewDraft {
  readonly request: string;
  readonly product: string;
  /** The contract with the publisher, and the version of its terms in force. */
  readonly contract: string;
  readonly termsVersion: number;
  readonly publisher: string;
  readonly parts: EscalationPackage;
  readonly priority: string;
  readonly referent: string | null;
  readonly draftedBy: string;
}

/**
 * Writes a draft as the request's next escalation and returns its id; `also` writes in the same transaction what must not be
 * without it. @throws Error when there is no such request; Refusal `NotCovered`: the contract with the publisher has ended
 */
export async function draftEscalation(
  pool: Pool,
  draft: NewDraft,
  also?: (client: PoolClient, id: EscalationId) => Promise<void>,
): Promise<EscalationId> {
  return await inTransaction(pool, async (client) => {
    // One at a time: two drafts of one request must not have the same n. Its saves wait for no such lock.
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended('escalations:' || $1, 0))", [draft.request]);
    await requireInForceAt(client, draft.contract, Date.now(), 'escalation');
    const next = await client.query<{ n: number }>(
      'SELECT coalesce(max(n), 0) + 1 AS n FROM escalations WHERE request = $1',
      [draft.request],
    );
    const n = next.rows[0]?.n ?? 1;
    const id: EscalationId = `escalation:${draft.request}:${n}`;
    await client.query(
      `INSERT INTO escalations (id, request, n, product, contract, terms_version, publisher, parts, priority, referent,
                                drafted_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        id,
        draft.request,
        n,
        draft.product,
        draft.contract,
        draft.termsVersion,
        draft.publisher,
        JSON.stringify(draft.parts),
        draft.priority,
        draft.referent,
        draft.draftedBy,
      ],
    );
    await also?.(client, id);
    return id;
  });
}

/** What completes a draft; what is not here stays as it is. */
export interface DraftChanges {
  readonly parts?: EscalationPackage | undefined;
  readonly priority?: string | undefined;
  readonly referent?: string | undefined;
}

/** Completes a draft: each part that is given replaces the one that was there. False when it is no draft any more. */
export async function completeDraft(db: Queryable, id: string, changes: DraftChanges): Promise<boolean> {
  const { parts, priority, referent } = changes;
  const { rowCount } = await db.query(
    `UPDATE escalations
     SET parts = parts || $2, priority = coalesce($3, priority), referent = coalesce($4, referent), updated_at = now()
     WHERE id = $1 AND stage = 'draft'`,
    [id, JSON.stringify(parts ?? {}), priority ?? null, referent ?? null],
  );
  return rowCount === 1;
}

/**
 * A complete draft is on its way from now on; it runs on this version of the publisher's terms. `also` writes in the same
 * transaction whose call it was. False, and nothing is written, when it is no draft any more, or was changed since `parts`.
 * @throws Refusal `NotCovered`: the contract with the publisher has ended
 */
export async function markSending(
  pool: Pool,
  { id, contract, parts }: Pick<EscalationRow, 'id' | 'contract' | 'parts'>,
  sent: { readonly termsVersion: number; readonly referent: string },
  also: (client: PoolClient) => Promise<void>,
): Promise<boolean> {
  return await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `UPDATE escalations SET stage = 'sending', terms_version = $3, referent = $4, updated_at = now()
       WHERE id = $1 AND stage = 'draft' AND parts = $2`,
      [id, JSON.stringify(parts), sent.termsVersion, sent.referent],
    );
    if (rowCount !== 1) return false;
    await requireInForceAt(client, contract, Date.now(), 'escalation');
    await also(client);
    return true;
  });
}

/** Whether it has been on its way for so many seconds: the call that sent it has died, or waits for its request. */
export async function isLeftSending(db: Queryable, id: string, seconds: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `SELECT FROM escalations
     WHERE id = $1 AND stage = 'sending' AND updated_at < now() - $2 * interval '1 second'`,
    [id, seconds],
  );
  return rowCount === 1;
}

/** The request refused it: it is a draft again, unless it was sent. */
export async function takeBackSending(db: Queryable, id: string): Promise<void> {
  await db.query(
    `UPDATE escalations SET stage = 'draft', updated_at = now() WHERE id = $1 AND stage = 'sending' AND state IS NULL`,
    [id],
  );
}

/** The escalations of a request, drafts too, in their order. */
export async function listEscalationsOf(db: Queryable, request: string): Promise<EscalationRow[]> {
  const { rows } = await db.query<EscalationRow>(`${ESCALATION} WHERE request = $1 ORDER BY n`, [request]);
  return rows;
}

/** What a list of escalations may be narrowed by. */
export interface EscalationFilter {
  /** A publisher sees what was sent to it; without it the reader is staff and sees drafts too. */
  readonly sentTo?: string | undefined;
  readonly publisher?: string | undefined;
  readonly contract?: string | undefined;
  readonly stage?: string | undefined;
  readonly status?: string | undefined;
  readonly priority?: string | undefined;
  readonly breached?: boolean | undefined;
  /** Epoch milliseconds: a clock is due before it. */
  readonly dueBefore?: number | undefined;
  /** Where the last page ended. */
  readonly below?: { readonly request: string; readonly n: number } | undefined;
  readonly limit: number;
}

/** Escalations, those of the newest requests first. */
export async function listEscalations(db: Queryable, filter: EscalationFilter): Promise<EscalationRow[]> {
  const { rows } = await db.query<EscalationRow>(
    `${ESCALATION}
     WHERE ($1::text IS NULL OR (publisher = $1 AND stage = 'sent'))
       AND ($2::text IS NULL OR publisher = $2)
       AND ($3::text IS NULL OR contract = $3)
       AND ($4::text IS NULL OR stage = $4)
       AND ($5::text IS NULL OR status = $5)
       AND ($6::text IS NULL OR priority = $6)
       AND ($7::boolean IS NULL OR breached = $7)
       AND ($8::timestamptz IS NULL OR next_due_at < $8)
       AND ($9::text IS NULL OR (request, n) < ($9, $10::integer))
     ORDER BY request DESC, n DESC LIMIT $11`,
    [
      filter.sentTo ?? null,
      filter.publisher ?? null,
      filter.contract ?? null,
      filter.stage ?? null,
      filter.status ?? null,
      filter.priority ?? null,
      filter.breached ?? null,
      filter.dueBefore === undefined ? null : new Date(filter.dueBefore),
      filter.below?.request ?? null,
      filter.below?.n ?? null,
      filter.limit,
    ],
  );
  return rows;
}
