/** What a command may only name if it is there, and what only some callers may say. */
import type { Pool } from 'pg';
import type { TokenHolder } from '../db/accessTokens.ts';
import { isActiveStaff, readTerms } from '../db/contracts.ts';
import { type RequestRow, readRequestRow } from '../db/requests.ts';
import type { CommandBody, PlainCommand } from './commandBodies.ts';
import { type FieldError, Problem, validationFailed } from './problems.ts';

type Checked = 'reason' | 'receivedAt' | 'assignee' | 'duplicateOf' | 'version';

/** @throws Problem `validation-failed` naming every wrong field, `forbidden` for what is not the caller's to say */
export async function requireSound<T extends PlainCommand>(
  pool: Pool,
  caller: TokenHolder,
  row: RequestRow,
  name: T,
  body: CommandBody<T>,
): Promise<void> {
  const fields = body as Partial<Record<Checked, unknown>>;
  if (caller.role === 'customer' && name === 'close' && fields.reason !== 'withdrawn') {
    throw new Problem('forbidden', 'A customer closes a request by withdrawing it: give the reason withdrawn.');
  }
  const errors: FieldError[] = [];
  if (caller.role === 'customer' && fields.receivedAt !== undefined) {
    errors.push({ path: 'receivedAt', message: 'Only staff write down a phone call: leave this out.' });
  }
  if (typeof fields.assignee === 'string' && !(await isActiveStaff(pool, fields.assignee.slice('staff:'.length)))) {
    errors.push({ path: 'assignee', message: 'There is no such member of staff.' });
  }
  if (typeof fields.duplicateOf === 'string') errors.push(...(await duplicateErrors(pool, row, fields.duplicateOf)));
  if (typeof fields.version === 'number' && !(await readTerms(pool, row.contract, fields.version))) {
    errors.push({ path: 'version', message: 'The contract has no terms of this version.' });
  }
  if (errors.length > 0) throw validationFailed(errors);
}

async function duplicateErrors(pool: Pool, row: RequestRow, duplicateOf: string): Promise<FieldError[]> {
  const path = 'duplicateOf';
  if (duplicateOf === row.number) return [{ path, message: 'A request is no duplicate of itself.' }];
  const other = await readRequestRow(pool, duplicateOf);
  if (other?.contract === row.contract) return [];
  return [{ path, message: 'There is no such request on this contract.' }];
}
