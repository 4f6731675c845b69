/** Lives of interventions, and calls of the hotline, whose histories are recorded. */
import type { InterventionId } from '../../domain/intervention/state.ts';
import { endCall, type HotlineCallId, hotlineCreditAdded } from '../../workflows/hotlineMessages.ts';
import {
  creditAdded,
  interventionHoursChanged,
  interventionMailBounced,
} from '../../workflows/interventionMessages.ts';
import { CreditBook } from '../support/creditBook.ts';
import type { InterventionWorld, WORLD_TERMS } from '../support/interventionWorld.ts';
import { until } from '../support/until.ts';

/** A story of one workflow. The server's clock stands on Monday 2030-01-14, ten in Paris, when it begins. */
export interface InterventionStory {
  /** What its contract says; prepaid tickets without it. */
  readonly terms?: keyof typeof WORLD_TERMS;
  /** Played on a server that asks early to continue as new, in real time; else on one that skips time. */
  readonly hasManyRuns?: boolean;
  /** Plays it; the workflow may be left open. Returns its id. */
  play(world: InterventionWorld): Promise<InterventionId | HotlineCallId>;
}

const ID: InterventionId = 'intervention:DA-2030-000001:1';
const CALL: HotlineCallId = 'hotline:DA-2030-000001:1';
/** Monday 2030-02-04, four weeks ahead: nine in Paris, and so many minutes after. */
const date = (minutes = 0) => Date.parse('2030-02-04T09:00:00+01:00') + minutes * 60_000;
const goTo = (world: InterventionWorld, at: number) => world.goTo(new Date(at).toISOString());

/** Tickets that this story has. */
function bought(world: InterventionWorld, units: number, lastDay?: string): CreditBook {
  const book = new CreditBook().buy('ticket', units, lastDay);
  Object.assign(world, { book });
  return book;
}

async function reaches(world: InterventionWorld, status: string): Promise<void> {
  await until(async () => (await world.view(ID)).status === status);
}

async function mailed(world: InterventionWorld, mail: string): Promise<void> {
  await until(() => world.mailed(ID).includes(mail));
}

async function estimated(world: InterventionWorld, units: number): Promise<void> {
  await world.open(ID);
  await world.command(ID, 'study', { feasible: true, text: 't2' });
  await world.command(ID, 'sendEstimate', { estimate: 'e1', unit: 'ticket', units });
}

async function paid(world: InterventionWorld, units: number): Promise<void> {
  await estimated(world, units);
  await world.command(ID, 'approve', { estimate: 'e1', channel: 'portal' });
  await reaches(world, 'ready');
}

async function planned(world: InterventionWorld, units: number): Promise<void> {
  await paid(world, units);
  await world.command(ID, 'schedule', { from: date(), to: date(6 * 60) });
  await reaches(world, 'scheduled');
}

/** By the beginning of their file names in `histories/`: `<name>.intervention.1.json` or `<name>.hotline.1.json`, a file a run. */
export const INTERVENTION_STORIES: { readonly [name: string]: InterventionStory } = {
  interventionWorkedAndDebited: {
    async play(world) {
      bought(world, 10);
      await planned(world, 4);
      await goTo(world, date());
      await world.command(ID, 'startWork', {});
      await goTo(world, date(130));
      await world.command(ID, 'stopWork', {});
      await world.command(ID, 'complete', { text: 't3' });
      await world.finish(ID);
      return ID;
    },
  },
  interventionInfeasible: {
    async play(world) {
      await world.open(ID);
      await world.command(ID, 'study', { feasible: false, text: 't2' });
      await world.finish(ID);
      return ID;
    },
  },
  interventionAwaitsOrder: {
    async play(world) {
      const book = bought(world, 3);
      await estimated(world, 4);
      await world.command(ID, 'approve', { estimate: 'e1' });
      await reaches(world, 'awaitingOrder');
      await world.env.sleep('3 days');
      await mailed(world, 'reminder 1 of order');
      book.buy('ticket', 4);
      await world.handle(ID).signal(creditAdded);
      await reaches(world, 'ready');
      await world.command(ID, 'withdraw', { text: 't' });
      await world.finish(ID);
      return ID;
    },
  },
  interventionOverrun: {
    async play(world) {
      bought(world, 10);
      await planned(world, 2);
      await goTo(world, date());
      await world.command(ID, 'startWork', {});
      await goTo(world, date(125));
      await mailed(world, 'more asked: usedUp');
      await world.command(ID, 'agreeMore', { units: { ticket: 1 } });
      await until(async () => (await world.view(ID)).reserved.ticket === 3);
      await world.command(ID, 'logWork', { minutes: 30 });
      await world.command(ID, 'askMore', { units: { ticket: 2 }, text: 't' });
      await world.env.sleep('8 days');
      await world.command(ID, 'declineMore', {});
      await world.command(ID, 'addExpense', { kind: 'travel', cents: 4_200, nonRefundable: true });
      await world.command(ID, 'complete', { text: 't' });
      await world.finish(ID);
      return ID;
    },
  },
  interventionCancelledLate: {
    async play(world) {
      bought(world, 10);
      await planned(world, 4);
      await world.command(ID, 'changeDate', { from: date(1_440), to: date(1_440 + 180) });
      await reaches(world, 'scheduled');
      await goTo(world, date(-1_440));
      await world.command(ID, 'cancel', { lost: { ticket: 4 } });
      await world.finish(ID);
      return ID;
    },
  },
  interventionExpired: {
    async play(world) {
      await estimated(world, 4);
      await world.env.sleep('30 days');
      await world.finish(ID);
      return ID;
    },
  },
  interventionUndeliverable: {
    async play(world) {
      bought(world, 4);
      world.answerMail = () => 'refused';
      await estimated(world, 4);
      await until(async () => (await world.view(ID)).tasks.length === 1);
      world.answerMail = () => 'accepted';
      await world.command(ID, 'correctAddress', {});
      await until(() => world.mailed(ID).filter((mail) => mail === 'estimate').length === 2);
      const last = world.mails.at(-1);
      if (!last) throw new Error('nothing was sent');
      const { key, order } = last;
      await world.handle(ID).signal(interventionMailBounced, { key, order, receivedAt: await world.now() });
      await until(async () => (await world.view(ID)).tasks.length === 1);
      await world.command(ID, 'decline', { estimate: 'e1' });
      await world.finish(ID);
      return ID;
    },
  },
  interventionOfModule: {
    terms: 'hosting',
    async play(world) {
      await world.open(ID, 'plannedMaintenance');
      await reaches(world, 'ready');
      await world.command(ID, 'schedule', { from: date(), to: date(60) });
      await goTo(world, date(30));
      await world.command(ID, 'logWork', { minutes: 20 });
      await world.command(ID, 'complete', { text: 't' });
      await world.finish(ID);
      return ID;
    },
  },
  interventionFarAhead: {
    async play(world) {
      bought(world, 4, '2030-06-30').buy('ticket', 4);
      await paid(world, 4);
      // Valid until June: they are reserved anew for a date in November, eleven months ahead.
      const from = Date.parse('2030-11-25T09:00:00+01:00');
      await world.command(ID, 'schedule', { from, to: from + 3_600_000 });
      await reaches(world, 'scheduled');
      const closure = { day: '2030-11-25', announcedAt: await world.now() };
      const windows = await world.windows({ version: 2, closures: [closure] });
      await world.handle(ID).signal(interventionHoursChanged, { windows, termsVersion: 1 });
      await mailed(world, 'task agreeOtherDate');
      await world.command(ID, 'postpone', { text: 't' });
      await world.env.sleep('240 days');
      await world.command(ID, 'withdraw', { text: 't' });
      await world.finish(ID);
      return ID;
    },
  },
  interventionOverManyRuns: {
    terms: 'dayAndNight',
    hasManyRuns: true,
    async play(world) {
      bought(world, 10);
      await paid(world, 2);
      const now = await world.now();
      await world.command(ID, 'schedule', { from: now + 60_000, to: now + 3_600_000 });
      await reaches(world, 'scheduled');
      await world.command(ID, 'logWork', { minutes: 60 });
      await world.command(ID, 'startWork', {});
      for (let n = 0; n < 25; n++) await world.command(ID, 'note', { text: `t${n}` });
      await world.command(ID, 'complete', { text: 't' });
      await world.handle(ID).result();
      return ID;
    },
  },
  callAlertedAndDebited: {
    async play(world) {
      const call = await world.call(CALL, 25 * 60);
      await world.env.sleep('26 minutes');
      await until(() => world.callDid(CALL).length === 1);
      await world.env.sleep('19 minutes');
      await call.executeUpdate(endCall, { args: [{}] });
      await call.result();
      return CALL;
    },
  },
  callBeforeItsAlert: {
    async play(world) {
      const call = await world.call(CALL, 25 * 60);
      await world.env.sleep('4 minutes');
      await call.executeUpdate(endCall, { args: [{}] });
      await call.result();
      return CALL;
    },
  },
  callOwed: {
    async play(world) {
      world.isCreditThere = false;
      const call = await world.call(CALL, 0);
      await call.executeUpdate(endCall, { args: [{}] });
      await world.env.sleep('25 hours');
      await until(() => world.callDid(CALL).filter((did) => did === 'debit insufficient').length === 2);
      world.isCreditThere = true;
      await call.signal(hotlineCreditAdded);
      await call.result();
      return CALL;
    },
  },
  callOwedOverManyRuns: {
    hasManyRuns: true,
    async play(world) {
      world.isCreditThere = false;
      const call = await world.call(CALL, 0);
      await call.executeUpdate(endCall, { args: [{}] });
      for (let n = 1; n <= 15; n++) {
        await until(() => world.callDid(CALL).filter((did) => did === 'debit insufficient').length >= n);
        await call.signal(hotlineCreditAdded);
      }
      world.isCreditThere = true;
      await call.signal(hotlineCreditAdded);
      await call.result();
      return CALL;
    },
  },
};
