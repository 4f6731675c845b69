/** Takes up an escalation that was left on its way: its request is told, or its workflow started if that is not there. */
import type { Pool } from 'pg';
import { takeBackSending } from '../db/escalations.ts';
import type { LeftSending } from '../db/leftSending.ts';
import { readRequestRow } from '../db/requests.ts';
import { Refusal } from '../domain/failures.ts';
import type { RepairingEscalationDoor } from './escalationDoor.ts';
import type { RequestDoor } from './requestDoor.ts';

/** What sending again needs. */
export interface SendAgainDependencies {
  readonly pool: Pool;
  readonly door: Pick<RequestDoor, 'command'>;
  readonly escalations: Pick<RepairingEscalationDoor, 'revive'>;
}

/**
 * `sent`: the request was told, and starts it. `known`: the request has it; its workflow runs now, if it did not. `refused`: the
 * request does not take it any more, and it is a draft again. A request takes each escalation once. @throws Unavailable
 */
export async function sendAgain(
  { pool, door, escalations }: SendAgainDependencies,
  { id, request, n, contract, publisher, draftedBy, commandId }: LeftSending,
): Promise<'sent' | 'known' | 'refused'> {
  const state = (await readRequestRow(pool, request))?.state;
  if (state?.escalations?.some((escalation) => escalation.n === n)) {
    await escalations.revive(id);
    return 'known';
  }
  try {
    await door.command(request, 'escalate', {
      ...{ n, publisher, publisherContract: contract },
      ...{ who: draftedBy, channel: 'api', commandId: commandId ?? `${id}:sent` },
    });
    return 'sent';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // Somebody else's call was first.
    if (error.type === 'Conflict') return 'known';
    await takeBackSending(pool, id);
    return 'refused';
  }
}
