/** Activities about escalations that touch Postgres; mails to publishers are beside. */
import { ApplicationFailure } from '@temporalio/common';
import { goingOnInput, publisherWindows, sendingInput } from '../client/escalationInput.ts';
import { readEscalationRow } from '../db/escalations.ts';
import { fileEscalationReport, saveEscalationState } from '../db/saveEscalation.ts';
import { KeyConflict } from '../db/transitions.ts';
import { isDone } from '../domain/escalation/transitions.ts';
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
      return await sendingInput(pool, row, commandId, now());
    },

    async storedEscalation({ id, commandId }) {
      const row = await readEscalationRow(pool, id);
      if (!row || row.stage === 'draft') return undefined;
      if (!row.state) return await sendingInput(pool, row, commandId, now());
      return isDone(row.state) ? undefined : await goingOnInput(pool, row, row.state, now());
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
      return await publisherWindows(pool, contract, termsVersion, from, now());
    },

    async fileReport({ request, report }) {
      await fileEscalationReport(pool, request, report);
    },
  };
}
