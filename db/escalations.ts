/** Rows of escalations: drafted, then sent, then the read model of what the workflow decides. */
import type { EscalationPackage } from '../domain/escalation/package.ts';
import type { EscalationId, EscalationState, Side } from '../domain/escalation/state.ts';
import type { EscalationView } from '../domain/escalation/view.ts';
import type { Queryable } from './pool.ts';

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
