/** Time on a cause that was not the product (B §7): an agent proposes to bill it, a supervisor decides. */
import type { Pool } from 'pg';
import { Refusal } from '../domain/failures.ts';
import { readTerms } from './contracts.ts';
import type { Queryable } from './pool.ts';

/** A proposal. */
export interface BillingProposal {
  readonly id: string;
  readonly request: string;
  readonly contract: string;
  readonly seconds: number;
  /** Id of the text that says what the cause was. */
  readonly cause: string;
  /** What it says. */
  readonly text: string;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly decision: 'confirmed' | 'rejected' | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
}

const PROPOSAL = `id, request, contract, seconds, cause,
  (SELECT body FROM texts WHERE texts.id = billing_proposals.cause) AS text, proposed_by AS "proposedBy", proposed_at AS "proposedAt",
  decision, decided_by AS "decidedBy", decided_at AS "decidedAt"`;

/**
 * Proposes to bill time of a request; the same cause is proposed once.
 *
 * @throws Refusal `NotFound`; `NotCovered`: the contract does not have such time billed; `ValidationFailed`
 */
export async function proposeBilling(
  pool: Pool,
  proposal: Pick<BillingProposal, 'request' | 'seconds' | 'cause' | 'proposedBy'>,
): Promise<BillingProposal> {
  const { request, seconds, cause, proposedBy } = proposal;
  if (!Number.isSafeInteger(seconds) || seconds < 1) {
    const fields = [{ path: 'seconds', message: 'Give whole seconds, at least 1.' }];
    throw new Refusal('ValidationFailed', 'Time is whole seconds, at least one.', { fields });
  }
  const found = await pool.query<{ contract: string; version: number }>(
    'SELECT contract, terms_version AS version FROM requests WHERE number = $1',
    [request],
  );
  const [row] = found.rows;
  const terms = row && (await readTerms(pool, row.contract, row.version));
  if (!row || !terms) throw new Refusal('NotFound', 'There is no such request.');
  if (!terms.outsideScope?.analysisMayBeBilled) {
    throw new Refusal('NotCovered', 'The contract does not have time billed whose cause was not the product.');
  }
  const known = await pool.query<BillingProposal>(`SELECT ${PROPOSAL} FROM billing_proposals WHERE cause = $1`, [
    cause,
  ]);
  if (known.rows[0]) return known.rows[0];
  const { rows } = await pool.query<BillingProposal>(
    `INSERT INTO billing_proposals (request, contract, seconds, cause, proposed_by) VALUES ($1, $2, $3, $4, $5)
     RETURNING ${PROPOSAL}`,
    [request, row.contract, seconds, cause, proposedBy],
  );
  const [stored] = rows;
  if (!stored) throw new Error('the proposal was not stored');
  return stored;
}

/**
 * A supervisor confirms or rejects a proposal, once, and not one of their own. Whether `by` is a supervisor is the caller's
 * to see to.
 *
 * @throws Refusal `NotFound`; `Conflict`: it is decided; `ValidationFailed`: who proposed it does not decide it
 */
export async function decideBilling(
  db: Queryable,
  id: string,
  { decision, by }: { readonly decision: 'confirmed' | 'rejected'; readonly by: string },
): Promise<BillingProposal> {
  const known = await readBilling(db, id);
  if (!known) throw new Refusal('NotFound', 'There is no such proposal.');
  if (known.proposedBy === by) {
    const fields = [{ path: 'by', message: 'Somebody else has to decide.' }];
    throw new Refusal('ValidationFailed', 'Who proposes to bill time does not decide it.', { fields });
  }
  const { rows } = await db.query<BillingProposal>(
    `UPDATE billing_proposals SET decision = $2, decided_by = $3, decided_at = now()
     WHERE id = $1 AND decision IS NULL RETURNING ${PROPOSAL}`,
    [id, decision, by],
  );
  const [decided] = rows;
  if (decided) return decided;
  if (known.decision === decision && known.decidedBy === by) return known;
  throw new Refusal('Conflict', 'The proposal is decided already.');
}

/** A proposal; undefined when there is none. */
async function readBilling(db: Queryable, id: string): Promise<BillingProposal | undefined> {
  const { rows } = await db.query<BillingProposal>(`SELECT ${PROPOSAL} FROM billing_proposals WHERE id = $1`, [id]);
  return rows[0];
}

/** Most of those that are decided in one answer. */
const MOST_DECIDED = 500;

/** Proposals that wait for a supervisor, the oldest first. */
export async function listUndecidedBilling(db: Queryable): Promise<BillingProposal[]> {
  const { rows } = await db.query<BillingProposal>(
    `SELECT ${PROPOSAL} FROM billing_proposals WHERE decision IS NULL ORDER BY proposed_at`,
  );
  return rows;
}

/** Proposals that were decided so, the newest decisions first: those confirmed are to be billed. */
export async function listDecidedBilling(
  db: Queryable,
  decision: 'confirmed' | 'rejected',
): Promise<BillingProposal[]> {
  const { rows } = await db.query<BillingProposal>(
    `SELECT ${PROPOSAL} FROM billing_proposals WHERE decision = $1 ORDER BY decided_at DESC LIMIT $2`,
    [decision, MOST_DECIDED],
  );
  return rows;
}
