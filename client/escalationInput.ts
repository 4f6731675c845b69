/** What an escalation's workflow is started with: built from its row, with opening windows made now. */
import type { Pool } from 'pg';
import { escalationTerms, requestWindows } from '../contracts/requestTerms.ts';
import type { ContractTerms } from '../contracts/terms.ts';
import { readAnnounced } from '../db/calendars.ts';
import { readTerms } from '../db/contracts.ts';
import type { EscalationRow } from '../db/escalations.ts';
import { readNamespaceOf } from '../db/publishers.ts';
import type { EscalationCommandOf } from '../domain/escalation/events.ts';
import type { EscalationState } from '../domain/escalation/state.ts';
import type { Who, Windows } from '../domain/events.ts';
import { shortTerms } from '../domain/shortTerms.ts';
import type { EscalationInput } from '../workflows/escalationMessages.ts';

/** Input of an escalation that is sent: nothing is stored of it but its package. @throws Error: the terms are not there */
export async function sendingInput(
  pool: Pool,
  row: EscalationRow,
  commandId: string,
  now: number,
): Promise<EscalationInput> {
  const { contract, termsVersion } = row;
  return { ...(await inputFrom(pool, row, contract, termsVersion, now, now)), send: sending(row, commandId) };
}

/** Input of an escalation that goes on from its stored state. @throws Error: the terms are not there */
export async function goingOnInput(
  pool: Pool,
  row: EscalationRow,
  state: EscalationState,
  now: number,
): Promise<EscalationInput> {
  const { contract, termsVersion, registeredAt } = state;
  return { ...(await inputFrom(pool, row, contract, termsVersion, registeredAt, now)), state };
}

/** Opening windows of a contract with a publisher that reach back to `from` (epoch milliseconds). */
export async function publisherWindows(
  pool: Pool,
  contract: string,
  version: number,
  from: number,
  now: number,
): Promise<Windows> {
  return await windowsOf(pool, contract, version, await requireTerms(pool, contract, version), from, now);
}

async function inputFrom(
  pool: Pool,
  { id, request, n, publisher }: EscalationRow,
  contract: string,
  version: number,
  from: number,
  now: number,
): Promise<EscalationInput> {
  const terms = await requireTerms(pool, contract, version);
  const short = escalationTerms(contract, version, terms);
  const elsewhere = await readNamespaceOf(pool, id);
  return {
    ...{ id, request, n, publisher },
    // What short forms do not know stays as it is.
    terms: { ...short, ...shortTerms(short) },
    windows: await windowsOf(pool, contract, version, terms, from, now),
    ...(elsewhere ? { reportsTo: elsewhere.requestsEndpoint } : {}),
  };
}

/** In the name of the referent, who alone calls the publisher (C §4.1.2). */
function sending({ priority, referent, draftedBy }: EscalationRow, commandId: string): EscalationCommandOf<'send'> {
  const who = draftedBy as Who;
  return { priority, sentBy: referent === null ? who : `contact:${referent}`, who, channel: 'api', commandId };
}

async function requireTerms(pool: Pool, contract: string, version: number): Promise<ContractTerms> {
  const terms = await readTerms(pool, contract, version);
  if (!terms) throw new Error(`contract ${contract} has no terms of version ${version}`);
  return terms;
}

async function windowsOf(
  pool: Pool,
  contract: string,
  version: number,
  terms: ContractTerms,
  from: number,
  now: number,
): Promise<Windows> {
  const announced = await readAnnounced(pool, contract, version);
  return requestWindows(terms, { from, now, announced });
}
