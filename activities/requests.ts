/** Activities of a request that touch Postgres: what a transition leaves behind, and opening hours further ahead. */
import { ApplicationFailure } from '@temporalio/common';
import type { Pool } from 'pg';
import { requestWindows } from '../contracts/requestTerms.ts';
import { readAnnounced } from '../db/calendars.ts';
import { readTerms } from '../db/contracts.ts';
import { saveRequestState } from '../db/saveRequest.ts';
import { KeyConflict } from '../db/transitions.ts';
import { unpackSave } from '../domain/packing.ts';
import type { RequestActivities } from '../workflows/messages.ts';

/** What saving requests needs. */
export interface RequestActivityDependencies {
  readonly pool: Pool;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** Everything but a key conflict is thrown as it is, and tried again by Temporal. */
export function createRequestActivities(
  deps: RequestActivityDependencies,
): Pick<RequestActivities, 'saveRequest' | 'extendWindows'> {
  const { pool, now = Date.now } = deps;
  return {
    async saveRequest(input) {
      try {
        await saveRequestState(pool, unpackSave(input));
      } catch (error) {
        if (!(error instanceof KeyConflict)) throw error;
        throw ApplicationFailure.nonRetryable(error.message, 'EffectConflict');
      }
    },

    async extendWindows({ contract, termsVersion, from }) {
      const terms = await readTerms(pool, contract, termsVersion);
      if (!terms) throw new Error(`contract ${contract} has no terms of version ${termsVersion}`);
      const announced = await readAnnounced(pool, contract, termsVersion);
      return requestWindows(terms, { from, now: now(), announced });
    },
  };
}
