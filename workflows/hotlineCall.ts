/** A call of the hotline: the agent is alerted before free minutes run out; what it costs is debited when it is over. */
import { condition, continueAsNew, log, proxyActivities, setCurrentDetails, setHandler } from '@temporalio/workflow';
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
const DEBITS = { ...DATABASE, ...WITHOUT_END };
const { endHotlineCall, debitHotlineCall } = proxyActivities<HotlineActivities>(DEBITS);
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
    const alertAt = beganAt + alertAfter * 1_000;
    const alertIn = input.endedAt === undefined ? alertAt - Date.now() : 0;
    if (!isOver()) tell('going on', [['the agent is told that time is counted', say(alertAt)]]);
    if (alertIn > 0) await condition(isOver, alertIn, { summary: 'the agent is told that free minutes run out' });
    // An alert that cannot be sent holds up no call.
    if (!isOver()) void alert('freeMinutesEnd', 'mail: time is counted').catch(unsent);
    await condition(isOver);
    const end = endedAt ?? Date.now();
    const ending = { id, seconds: Math.max(1, wholeSeconds(beganAt, end)), endedAt: end };
    outcome = await endHotlineCall.executeWithOptions({ ...DEBITS, summary: 'what it costs' }, [ending]);
    await debitUntilDone(outcome);
    return outcome;
  });

  async function debitUntilDone({ unit, units, seconds }: CallOutcome): Promise<void> {
    const cost = units === 0 ? 'nothing' : `${units} ${unit}`;
    const lasted = ['lasted', `${Math.ceil(seconds / 60)} min`] as const;
    for (let isTold = input.isOwed ?? false; ; isTold = true) {
      isCreditAdded = false;
      const { result } = await debitHotlineCall.executeWithOptions({ ...DEBITS, summary: `debit ${cost}` }, [{ id }]);
      if (result === 'done') return tell('debited', [['cost', cost], lasted]);
      tell('not debited: the balance does not suffice', [['owed', cost], ['tried last', say(Date.now())], lasted]);
      if (!isTold) void alert('creditLacking', 'mail: the balance does not suffice').catch(unsent);
      await condition(() => isCreditAdded, DEBIT_AGAIN, { summary: `${cost} owed: tried again` });
      // What is owed for long, or told of often, would fill a history.
      if (mayContinueAsNew()) await continueAsNew<typeof hotlineCall>({ ...input, ...ended(), isOwed: true });
    }
  }

  async function alert(because: 'freeMinutesEnd' | 'creditLacking', summary: string): Promise<void> {
    await alertAgent.executeWithOptions({ ...MAIL, summary }, [{ id, agent, because }]);
  }

  /** What a supervisor sees in the Temporal UI: no zone is known here. */
  function tell(status: string, rows: readonly (readonly [what: string, told: string])[]): void {
    const table = [...rows, ['agent', agent] as const, ['began', say(beganAt)] as const];
    const lines = table.map(([what, told]) => `| ${what} | ${told} |`);
    setCurrentDetails([`**${id}** · **${status}** · times in UTC`, '', '| | |', '| --- | --- |', ...lines].join('\n'));
  }

  function ended(): Pick<HotlineCallInput, 'endedAt'> {
    return endedAt === undefined ? {} : { endedAt };
  }

  function unsent(): void {
    log.warn('the agent was not alerted', { id });
  }
}

/** To the minute, in UTC. */
function say(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

function requireAfter(beganAt: number, at: number): void {
  if (Number.isSafeInteger(at) && at >= beganAt) return;
  throw new Refusal('ValidationFailed', 'The call ended before it began.', {
    fields: [{ path: 'at', message: 'Give an instant after its beginning.' }],
  });
}
