/** A call of the hotline: the agent is alerted before free minutes run out; what it costs is debited when it is over. */
import { condition, continueAsNew, log, proxyActivities, setHandler } from '@temporalio/workflow';
import { Refusal } from '../domain/failures.ts';
import { wholeSeconds } from '../domain/intervention/usage.ts';
import {
  type CallOutcome,
  endCall,
  type HotlineActivities,
  type HotlineCallInput,
  hotlineCreditAdded,
} from './hotlineMessages.ts';
import { mayContinueAsNew } from './loop.ts';
import { DATABASE, MAIL } from './performing.ts';
import { refusing } from './refusals.ts';
import { outsideOfTraces } from './traces.ts';

/** These are tried until they are done: a call that was made is not forgotten. */
const WITHOUT_END = { scheduleToCloseTimeout: undefined };
const { endHotlineCall, debitHotlineCall } = proxyActivities<HotlineActivities>({ ...DATABASE, ...WITHOUT_END });
const { alertAgent } = proxyActivities<HotlineActivities>(MAIL);

/** What could not be debited is tried again after this, or when an order was signed. */
const DEBIT_AGAIN = '1 day';

/** One call, or remote work on an incident. Its id is `hotline:<request>:<n>`. */
export async function hotlineCall(input: HotlineCallInput): Promise<CallOutcome> {
  const { id, agent, beganAt, alertAfter } = input;
  let { endedAt } = input;
  let outcome: CallOutcome | undefined;
  let isCreditAdded = false;

  setHandler(
    endCall,
    async ({ at = Date.now() }) => {
      endedAt ??= Math.min(at, Date.now());
      await condition(() => outcome !== undefined);
      return outcome as unknown as CallOutcome;
    },
    { validator: ({ at = beganAt }) => refusing(() => requireAfter(beganAt, at)) },
  );
  setHandler(hotlineCreditAdded, () => {
    isCreditAdded = true;
  });

  return await outsideOfTraces(async () => {
    const isOver = () => endedAt !== undefined;
    const alertIn = input.endedAt === undefined ? beganAt + alertAfter * 1_000 - Date.now() : 0;
    if (alertIn > 0) await condition(isOver, alertIn, { summary: 'free minutes run out' });
    // An alert that cannot be sent holds up no call.
    if (!isOver()) void alertAgent({ id, agent, because: 'freeMinutesEnd' }).catch(unsent);
    await condition(isOver);
    const end = endedAt ?? Date.now();
    outcome = await endHotlineCall({ id, seconds: Math.max(1, wholeSeconds(beganAt, end)), endedAt: end });
    await debitUntilDone();
    return outcome;
  });

  async function debitUntilDone(): Promise<void> {
    for (let isTold = input.isOwed ?? false; ; isTold = true) {
      isCreditAdded = false;
      const { result } = await debitHotlineCall({ id });
      if (result === 'done') return;
      if (!isTold) void alertAgent({ id, agent, because: 'creditLacking' }).catch(unsent);
      await condition(() => isCreditAdded, DEBIT_AGAIN, { summary: 'debit again' });
      // What is owed for long, or told of often, would fill a history.
      if (mayContinueAsNew()) await continueAsNew<typeof hotlineCall>({ ...input, ...ended(), isOwed: true });
    }
  }

  function ended(): Pick<HotlineCallInput, 'endedAt'> {
    return endedAt === undefined ? {} : { endedAt };
  }

  function unsent(): void {
    log.warn('the agent was not alerted', { id });
  }
}

function requireAfter(beganAt: number, at: number): void {
  if (Number.isSafeInteger(at) && at >= beganAt) return;
  throw new Refusal('ValidationFailed', 'The call ended before it began.', {
    fields: [{ path: 'at', message: 'Give an instant after its beginning.' }],
  });
}
