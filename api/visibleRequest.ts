/** Requests as far as the caller may see them. */
import type { Pool } from 'pg';
import type { z } from 'zod';
import { Unavailable } from '../client/unavailable.ts';
import type { TokenHolder } from '../db/accessTokens.ts';
import { type RequestRow, readRequestRow } from '../db/requests.ts';
import type { RequestView } from '../domain/view.ts';
import { requestOut } from './present.ts';
import { notFound } from './problems.ts';
import { sees } from './rights.ts';
import type { Answer } from './route.ts';
import type { RequestOut } from './schemas.ts';

/** The row of a number. @throws Problem `not-found`, for a foreign one too */
export async function visibleRow(pool: Pool, caller: TokenHolder, number: string): Promise<RequestRow> {
  const row = await readRequestRow(pool, number);
  if (!row || !sees(caller, row.contract)) throw notFound('request');
  return row;
}

/** A request as an answer, with its version as ETag. @throws Unavailable while it is being opened */
export async function requestAnswer(pool: Pool, caller: TokenHolder, number: string): Promise<Answer> {
  const row = await visibleRow(pool, caller, number);
  if (!isOpen(row)) throw new Unavailable('worker');
  const content: z.input<typeof RequestOut> = requestOut(row, caller.role, Date.now());
  return { headers: { etag: `"${row.version}"` }, content };
}

/** Whether its first save is there. */
export function isOpen(row: RequestRow): row is RequestRow & { view: RequestView } {
  return row.view !== null;
}
