/** Lives of escalated requests whose histories, and those of their escalations, are recorded. */
import type { EscalatedWorld } from '../support/escalatedWorld.ts';
import { until } from '../support/until.ts';

/** A story that goes to a publisher. */
export interface EscalatedStory {
  /** Played on a server that asks early to continue as new, in real time; else on one that skips time. */
  readonly hasManyRuns?: boolean;
  /** Plays it under the number that it returns; both sides may be left open. */
  play(world: EscalatedWorld): Promise<string>;
}

/** What staff do on the escalation. */
const BY_STAFF = { who: 'staff:a1' } as const;

async function begun(world: EscalatedWorld): Promise<string> {
  const number = await world.escalated();
  await world.begun(number);
  return number;
}

const acknowledge = (world: EscalatedWorld, number: string) =>
  world.says(number, 'acknowledge', { sr: `SR-${number}`, srIssuedBy: 'distributor' });

/** A delivery has become a proposal to the customer. */
async function proposed(world: EscalatedWorld, number: string): Promise<void> {
  await world.says(number, 'deliverFix', { text: 't-fix' });
  await until(async () => (await world.requests.view(number)).status === 'waiting');
}

async function over(world: EscalatedWorld, number: string): Promise<void> {
  await until(async () => (await world.child(number).describe()).status.name === 'COMPLETED');
}

async function accepted(world: EscalatedWorld, number: string): Promise<void> {
  await world.requests.command(number, 'confirm', {});
  await over(world, number);
}

/** By the beginning of their file names in `histories/`: `<name>.request.1.json`, `<name>.escalation.1.json`, a file a run. */
export const ESCALATED_STORIES: { readonly [name: string]: EscalatedStory } = {
  escalatedAndAccepted: {
    async play(world) {
      const number = await begun(world);
      await acknowledge(world, number);
      await world.says(number, 'ask', { text: 't-question' });
      await world.requests.answer(number);
      await world.says(number, 'provide', { text: 't-answer', ...BY_STAFF });
      await proposed(world, number);
      await accepted(world, number);
      await world.requests.command(number, 'putInProduction', {});
      await world.requests.finish(number);
      return number;
    },
  },
  escalatedRejectedThenFixed: {
    async play(world) {
      const number = await begun(world);
      await acknowledge(world, number);
      await proposed(world, number);
      await world.requests.command(number, 'reject', { text: 't-no' });
      await until(async () => (await world.seen(number)).status === 'inProgress');
      await proposed(world, number);
      await accepted(world, number);
      return number;
    },
  },
  escalatedAndRefused: {
    async play(world) {
      const number = await begun(world);
      await world.says(number, 'refuse', { exclusion: 'travel' });
      await until(async () => (await world.requests.view(number)).status === 'inProgress');
      await world.says(number, 'settleTask', { task: 'quote', ...BY_STAFF });
      await over(world, number);
      return number;
    },
  },
  escalatedAndChased: {
    async play(world) {
      const number = await begun(world);
      await world.requests.env.sleep('20 days');
      await acknowledge(world, number);
      await world.requests.env.sleep('20 days');
      await world.requests.command(number, 'close', { reason: 'withdrawn' });
      await over(world, number);
      return number;
    },
  },
  escalatedOverManyRuns: {
    hasManyRuns: true,
    async play(world) {
      const number = await begun(world);
      await acknowledge(world, number);
      for (let n = 0; n < 20; n++) {
        await world.requests.command(number, 'note', { text: `t${n}` });
        await world.says(number, 'note', { text: `t${n}` });
      }
      await proposed(world, number);
      await accepted(world, number);
      return number;
    },
  },
  escalatedAndLost: {
    async play(world) {
      const number = await begun(world);
      await acknowledge(world, number);
      await proposed(world, number);
      await world.child(number).terminate('lost');
      await accepted(world, number);
      return number;
    },
  },
};
