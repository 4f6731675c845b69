/** Activities about escalations that touch Postgres; mails to publishers are beside. */
import { ApplicationFailure } from '@temporalio/common';
import type { Pool } from 'pg';
import { escalationTerms, requestWindows } from '../contracts/requestTerms.ts';
import type { ContractTerms } from '../contracts/terms.ts';
import { readAnnounced } from '../db/calendars.ts';
import { readTerms } from '../db/contracts.ts';
import { type EscalationRow, readEscalationRow } from '../db/escalations.ts';
import { fileEscalationReport, saveEscalationState } from '../db/saveEscalation.ts';
import { KeyConflict } from '../db/transitions.ts';
import type { EscalationCommandOf } from '../domain/escalation/events.ts';
import type { Who, Windows } from '../domain/events.ts';
import { shortTerms } from '../domain/shortTerms.ts';
import type { EscalationActivities } from '../workflows/escalationMessages.ts';
import type { RequestActivityDependencies } from './requests.ts';

/** Everything but a key conflict is thrown as it is, and tried again by Temporal. */
export function createEscalationActivities({
  pool,
  now = Date.now,
}: RequestActivityDependencies): Omit<EscalationActivities, 'sendEscalationMail'> {
  return {
    async prepareEscalation({ id, commandId }) {
      const row = await readEscalationRow(pool, id);
      if (!row || row.stage === 'draft') throw new Error(`no escalation ${id} that was sent`);
      const { request, n, publisher, contract, termsVersion } = row;
      const terms = await requireTerms(pool, contract, termsVersion);
      const short = escalationTerms(contract, termsVersion, terms);
      return {
        ...{ id, request, n, publisher },
        // What short forms do not know stays as it is.
        terms: { ...short, ...shortTerms(short) },
        windows: await windowsOf(pool, contract, termsVersion, terms, now(), now()),
        send: sending(row, commandId),
      };
    },

    async saveEscalation(save) {
      try {
        await saveEscalationState(pool, save);
      } catch (error) {
        if (!(error instanceof KeyConflict)) throw error;
        throw ApplicationFailure.nonRetryable(error.message, 'EffectConflict');
      }
    },

    async extendPublisherWindows({ contract, termsVersion, from }) {
      const terms = await requireTerms(pool, contract, termsVersion);
      return await windowsOf(pool, contract, termsVersion, terms, from, now());
    },

    async fileReport({ request, report }) {
      await fileEscalationReport(pool, request, report);
    },
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

/** Opening windows that reach back to `from` (epoch milliseconds). */
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
