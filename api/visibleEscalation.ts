/** Escalations as far as the caller may see them. */
import type { Pool } from 'pg';
import type { TokenHolder } from '../db/accessTokens.ts';
import { listAttachments } from '../db/attachments.ts';
import { type EscalationRow, readEscalationRow } from '../db/escalations.ts';
import { Refusal } from '../domain/failures.ts';
import { parseEscalationId } from '../workflows/escalationMessages.ts';
import { escalationOut } from './presentEscalation.ts';
import { escalationRefused, notFound, type Problem } from './problems.ts';
import { isStaff, mayCommandEscalation } from './rights.ts';
import { type Answer, param } from './route.ts';

/**
 * The row that a path names: staff see every one, publishers what was sent to them. @throws Problem `not-found`, for a foreign
 * one too
 */
export async function visibleEscalation(
  pool: Pool,
  caller: TokenHolder,
  params: { readonly [name: string]: string },
): Promise<EscalationRow> {
  const id = `escalation:${param(params, 'number')}:${param(params, 'n')}`;
  const row = parseEscalationId(id) ? await readEscalationRow(pool, id) : undefined;
  const isTheirs = row && caller.role === 'publisher' && row.publisher === caller.publisher && row.stage === 'sent';
  if (!row || !(isStaff(caller.role) || isTheirs)) throw notFound('escalation');
  return row;
}

/** An escalation as an answer, with its version as ETag once it was sent. */
export async function escalationAnswer(pool: Pool, caller: TokenHolder, id: string): Promise<Answer> {
  const row = await readEscalationRow(pool, id);
  if (!row) throw notFound('escalation');
  const content = escalationOut(row, await listAttachments(pool, id), caller.role);
  return { ...(row.stage === 'sent' ? { headers: { etag: `"${row.version}"` } } : {}), content };
}

/** What an escalation refuses, with the commands that are possible on it for this caller; any other error as it is. */
export function refusedForCaller(error: unknown, caller: TokenHolder): Problem | unknown {
  if (!(error instanceof Refusal) || error.type !== 'InvalidTransition') return error;
  return escalationRefused(error, (name) => mayCommandEscalation(caller.role, name));
}
