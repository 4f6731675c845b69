/** A contract's credit over the years: units that end on their last day, announcements before it, alerts of a low balance. */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  announcementKey,
  type CreditAct,
  creditActs,
  nextCreditMoment,
  type WatchedCredit,
} from '../domain/ledger/watch.ts';
import { type ContractActivities, type ContractInput, creditChanged } from './messages.ts';
import { outsideOfTraces } from './traces.ts';

/** Retried until done. */
const { readCredit, expireCredit, tellCredit } = proxyActivities<ContractActivities>({
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

/** Looked at again after so long whatever is known: zones change their rules. Milliseconds. */
const LONGEST_SLEEP = 30 * 86_400_000;

/** One contract's credit, while it has any. Its id is `contract:<reference>`; a purchase starts it again. */
export async function contract(input: ContractInput): Promise<void> {
  let isChanged = false;
  setHandler(creditChanged, () => {
    isChanged = true;
  });
  await outsideOfTraces(async () => {
    for (;;) {
      isChanged = false;
      const credit = await readCredit({ ...input, now: Date.now() });
      const acts = creditActs(credit, Date.now());
      for (const act of acts) await perform(input, act);
      if (acts.length > 0) continue;
      if (isOver(credit) && !isChanged) return;
      if (mayContinueAsNew()) await continueAsNew<typeof contract>(input);
      await nextTurn(credit, () => isChanged || mayContinueAsNew());
    }
  });
}

/** Each is done once, however often this runs: by its key, or because nothing is left to be done. */
async function perform(input: ContractInput, act: CreditAct): Promise<void> {
  const at = { ...input, now: Date.now() };
  switch (act.does) {
    case 'expire':
      return await expireCredit({ ...at, lot: act.lot });
    case 'announce': {
      const { lot, days, tells } = act;
      return await tellCredit({ ...at, kind: 'creditExpiring', key: announcementKey(lot, days), lot, days, tells });
    }
    case 'alert': {
      const { kind, key, lot } = act;
      return await tellCredit({ ...at, kind, key, lot, tells: true });
    }
  }
}

/** Nothing is left that could end, and nothing to be told: the next purchase starts anew. */
function isOver({ lots }: WatchedCredit): boolean {
  return lots.length === 0;
}

async function nextTurn(credit: WatchedCredit, awake: () => boolean): Promise<void> {
  const now = Date.now();
  const next = nextCreditMoment(credit, now);
  setCurrentDetails(details(credit, next));
  const sleep = Math.min(LONGEST_SLEEP, (next ?? Number.POSITIVE_INFINITY) - now);
  const summary = next === undefined ? 'look again' : whatComes(credit, next);
  await condition(awake, sleep, { summary });
}

function mayContinueAsNew(): boolean {
  return workflowInfo().continueAsNewSuggested && allHandlersFinished();
}

/** What a supervisor sees in the Temporal UI. */
function details(credit: WatchedCredit, next: number | undefined): string {
  const { lots } = credit;
  const rows = lots.map(({ lot, available, pending, endsAt }) => {
    const ends = endsAt === undefined ? 'with the contract' : say(endsAt);
    return `| ${lot} | ${available} | ${pending} | ${ends} |`;
  });
  return [
    `Next: ${next === undefined ? 'nothing is due' : whatComes(credit, next)}`,
    '',
    '| lot | available | reserved | ends (UTC) |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** "lot 7 is announced to end in 60 days, 2027-09-22 06:00 UTC". */
function whatComes({ lots }: WatchedCredit, next: number): string {
  const told = lots.flatMap(({ lot, announce, endsAt }) => [
    ...announce.filter(({ at }) => at === next).map(({ days }) => `lot ${lot} is announced to end in ${days} days`),
    ...(endsAt === next ? [`lot ${lot} ends`] : []),
  ]);
  return `${told.join(', ')}, ${say(next)} UTC`;
}

/** To the minute, in UTC: no zone is known here. */
function say(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
