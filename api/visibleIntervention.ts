/** Interventions as far as the caller may see them. */
import type { Pool } from 'pg';
import { Unavailable } from '../client/unavailable.ts';
import type { TokenHolder } from '../db/accessTokens.ts';
import { readEstimate } from '../db/interventionEstimates.ts';
import { type InterventionRow, readInterventionRow } from '../db/interventions.ts';
import { readText } from '../db/mailFacts.ts';
import { Refusal } from '../domain/failures.ts';
import { parseInterventionId } from '../workflows/interventionMessages.ts';
import { type InterventionTexts, interventionOut, type OpenIntervention } from './presentIntervention.ts';
import { interventionRefused, notFound } from './problems.ts';
import { mayCommandIntervention, sees } from './rights.ts';
import { type Answer, param } from './route.ts';

/** The row that a path names. @throws Problem `not-found`, for a foreign one too */
export async function visibleIntervention(
  pool: Pool,
  caller: TokenHolder,
  params: { readonly [name: string]: string },
): Promise<InterventionRow> {
  const id = `intervention:${param(params, 'number')}:${param(params, 'n')}`;
  const row = parseInterventionId(id) ? await readInterventionRow(pool, id) : undefined;
  if (!row || !sees(caller, row.contract)) throw notFound('intervention');
  return row;
}

/** An intervention as an answer, with its version as ETag. @throws Unavailable while it is being opened */
export async function interventionAnswer(pool: Pool, caller: TokenHolder, id: string): Promise<Answer> {
  const row = await readInterventionRow(pool, id);
  if (!row) throw notFound('intervention');
  if (!isSaved(row)) throw new Unavailable('worker');
  const content = interventionOut(row, caller.role, await textsOf(pool, row));
  return { headers: { etag: `"${row.version}"` }, content };
}

async function textsOf(pool: Pool, { view, request }: OpenIntervention): Promise<InterventionTexts> {
  const { estimate, delivered } = view;
  const read = async (id: string | undefined) => (id === undefined ? undefined : await readText(pool, request, id));
  return {
    estimate: estimate && (await readEstimate(pool, estimate.estimate)),
    report: await read(delivered?.report),
    actionPlan: await read(delivered?.actionPlan),
  };
}

/** Whether its first save is there. */
export function isSaved(row: InterventionRow): row is OpenIntervention {
  return row.view !== null;
}

/** What an intervention refuses, with what is possible on it for this caller; any other error as it is. */
export function interventionRefusal(error: unknown, caller: TokenHolder): unknown {
  if (!(error instanceof Refusal) || error.type !== 'InvalidTransition') return error;
  return interventionRefused(error, (name) => mayCommandIntervention(caller.role, name));
}
