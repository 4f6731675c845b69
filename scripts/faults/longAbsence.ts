/**
 * No worker for three business days, a change of the hour and several due moments, on a server that skips time: breaches
 * carry their due instants, reminders resume with the next unsent one, at the contract's spacing.
 */
import { Worker } from '@temporalio/worker';
import { DateTime } from 'luxon';
import { createRequestWorld, type RequestWorld, workflowBundle } from '../../test/support/requestWorld.ts';
import { startTimeSkipping } from '../../test/support/timeSkipping.ts';
import { findTestServer } from '../stack/testServer.ts';
import { goWithoutWorker } from './skippedTime.ts';

interface Outcome {
  readonly wrong: readonly string[];
  readonly figures: readonly string[];
}

/** A request, what is done to it before the worker leaves, and what is to happen, in the contract's zone. */
interface Story {
  readonly name: string;
  readonly priority: 'blocking' | 'major';
  /** When it is opened, and asked unless nobody takes it: the day of the absence's calendar, and the time. */
  readonly opens: readonly [day: string, time: string];
  readonly isAsked: boolean;
  /** Lines with the days and times at which they are to be told. */
  readonly expected: readonly (readonly [line: string, day: string, time: string])[];
}

/** An absence from Thursday 15:30 to Wednesday 10:00, with the days of its stories by name. */
interface Absence {
  readonly name: string;
  readonly days: Readonly<Record<string, string>>;
}

/** 1 November is a holiday: the business days after Thursday 31 October begin on Monday. */
const AUTUMN: Absence = {
  name: 'autumn',
  days: {
    ...{ mon: '2030-10-21', tue: '2030-10-22', wed: '2030-10-23', leaving: '2030-10-24' },
    ...{ absent1: '2030-10-25', absent3: '2030-10-29', back: '2030-10-30' },
    ...{ next1: '2030-10-31', next2: '2030-11-04', next3: '2030-11-05', next6: '2030-11-08', next7: '2030-11-12' },
  },
};
const SPRING: Absence = {
  name: 'spring',
  days: {
    ...{ mon: '2031-03-24', tue: '2031-03-25', wed: '2031-03-26', leaving: '2031-03-27' },
    ...{ absent1: '2031-03-28', absent3: '2031-04-01', back: '2031-04-02' },
    ...{ next1: '2031-04-03', next2: '2031-04-04', next3: '2031-04-07', next6: '2031-04-10', next7: '2031-04-11' },
  },
};

/** Contract D: a blocking anomaly is reminded after 1, 2 and 3 business days, a major one after 3, 6 and 9. */
const STORIES: readonly Story[] = [
  {
    name: 'nobody took it',
    priority: 'blocking',
    opens: ['leaving', '15:00'],
    isAsked: false,
    // Three hours after Thursday 15:00, then 24: open from nine to six.
    expected: [
      ['clockBreached acknowledgement', 'absent1', '09:00'],
      ['clockBreached workaround', 'absent3', '12:00'],
    ],
  },
  {
    name: 'three were sent',
    priority: 'blocking',
    opens: ['mon', '10:00'],
    isAsked: true,
    expected: [
      ['reminderSent 1', 'tue', '10:00'],
      ['reminderSent 2', 'wed', '10:00'],
      ['reminderSent 3', 'leaving', '10:00'],
      ['closed noAnswer', 'back', '10:00'],
    ],
  },
  {
    name: 'two were sent',
    priority: 'blocking',
    opens: ['tue', '10:00'],
    isAsked: true,
    expected: [
      ['reminderSent 1', 'wed', '10:00'],
      ['reminderSent 2', 'leaving', '10:00'],
      ['reminderSent 3', 'back', '10:00'],
      ['closed noAnswer', 'next1', '10:00'],
    ],
  },
  {
    name: 'one was sent',
    priority: 'blocking',
    opens: ['wed', '10:00'],
    isAsked: true,
    expected: [
      ['reminderSent 1', 'leaving', '10:00'],
      ['reminderSent 2', 'back', '10:00'],
      ['reminderSent 3', 'next1', '10:00'],
      ['closed noAnswer', 'next2', '10:00'],
    ],
  },
  {
    name: 'none was sent, all were due',
    priority: 'blocking',
    opens: ['leaving', '15:00'],
    isAsked: true,
    expected: [
      ['reminderSent 1', 'back', '10:00'],
      ['reminderSent 2', 'next1', '10:00'],
      ['reminderSent 3', 'next2', '10:00'],
      ['closed noAnswer', 'next3', '10:00'],
    ],
  },
  {
    name: 'one of far apart ones was due',
    priority: 'major',
    opens: ['leaving', '15:00'],
    isAsked: true,
    expected: [
      ['reminderSent 1', 'back', '10:00'],
      ['reminderSent 2', 'next3', '10:00'],
      ['reminderSent 3', 'next6', '10:00'],
      ['closed noAnswer', 'next7', '10:00'],
    ],
  },
];

const ZONE = 'Europe/Paris';
/** What a slow machine may need from a due moment to its line. A breach is told exactly at its due instant. */
const TOLERANCE_MS = 10 * 60_000;

/** Autumn alone, each story once; or both changes of the hour, each story ten times. */
export async function outliveAbsence(isShort: boolean): Promise<Outcome> {
  const env = await startTimeSkipping(await findTestServer((message) => console.log(message)));
  // Nothing is kept in memory, so that no task waits for the worker that left.
  const world = await createRequestWorld(env, { maxCachedWorkflows: 0 });
  try {
    const wrong: string[] = [];
    let lives = 0;
    for (const absence of isShort ? [AUTUMN] : [AUTUMN, SPRING]) {
      const numbers = await beAbsent(world, absence, isShort ? 1 : 10);
      lives += numbers.size;
      for (const [number, story] of numbers) {
        for (const problem of await problemsOf(world, number, story, absence)) {
          wrong.push(`${absence.name}, ${story.name}: ${problem}`);
        }
      }
    }
    return { wrong, figures: [`${lives} lives`, `${lives} histories replayed`] };
  } finally {
    await world.close();
  }
}

/** Plays every story through one absence, to the ends of the requests; by number. */
async function beAbsent(world: RequestWorld, absence: Absence, copies: number): Promise<Map<string, Story>> {
  const numbers = new Map<string, Story>();
  const starts = STORIES.map((story) => ({ story, at: instant(absence, ...story.opens) })).sort((a, b) => a.at - b.at);
  for (const { story, at } of starts) {
    if (at > (await world.now())) await world.goTo(new Date(at).toISOString());
    for (let copy = 0; copy < copies; copy++) {
      const number = `DA-${absence.days.mon?.slice(0, 4)}-${String(numbers.size + 1).padStart(6, '0')}`;
      numbers.set(number, story);
      await world.open(number, { priority: story.priority });
      if (story.isAsked) await world.command(number, 'ask', { text: 't2' });
    }
  }
  await world.goTo(new Date(instant(absence, 'leaving', '15:30')).toISOString());
  await world.workerLeaves();
  await goWithoutWorker(world, instant(absence, 'back', '10:00'));
  await world.workerReturns();
  for (const [number, story] of numbers) {
    if (story.isAsked) continue;
    await world.command(number, 'close', { reason: 'withdrawn' });
  }
  for (const number of numbers.keys()) await world.finish(number);
  return numbers;
}

async function problemsOf(world: RequestWorld, number: string, story: Story, absence: Absence): Promise<string[]> {
  const problems: string[] = [];
  const entries = world.saves.filter(({ state }) => state.number === number).flatMap((save) => save.entries);
  const opened = entries.find(({ type }) => type === 'opened')?.at ?? Number.NaN;
  // Its opening took some milliseconds: what is counted from there is as much later.
  const lag = opened - instant(absence, ...story.opens);
  const seen = entries
    .filter(({ type }) => story.expected.some(([line]) => line.startsWith(type)))
    .map(({ type, facts, at }) => ({ line: `${type} ${facts?.clock ?? facts?.step ?? facts?.reason}`, at, facts }))
    .filter(({ line }) => line !== 'closed withdrawn')
    .sort((a, b) => a.at - b.at);
  const [told, wanted] = [seen.map(({ line }) => line).join(', '), story.expected.map(([line]) => line).join(', ')];
  if (told !== wanted) return [`${told} instead of ${wanted}`];
  for (const [index, [line, ...when]] of story.expected.entries()) {
    const { at = Number.NaN, facts } = seen[index] ?? {};
    const due = instant(absence, ...when);
    const isBreach = line.startsWith('clockBreached');
    const isRight = isBreach ? at === due + lag && facts?.dueAt === at : at >= due && at - due <= TOLERANCE_MS;
    if (!isRight) problems.push(`${line} at ${say(at)} instead of ${say(due)}`);
  }
  const alerts = world.mailed(number).filter((mail) => mail.startsWith('breach'));
  const breaches = story.expected.filter(([line]) => line.startsWith('clockBreached'));
  if (alerts.length !== breaches.length) problems.push(`alerts: ${alerts.join(', ')}`);
  const history = await world.handle(number).fetchHistory();
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history).catch((error: Error) =>
    problems.push(`replays otherwise: ${error.message}`),
  );
  return problems;
}

/** A local time of the absence's calendar, epoch milliseconds. */
function instant({ days }: Absence, day: string, time: string): number {
  return DateTime.fromISO(`${days[day]}T${time}`, { zone: ZONE }).toMillis();
}

function say(at: number): string {
  return DateTime.fromMillis(at, { zone: ZONE }).toFormat('ccc yyyy-MM-dd HH:mm:ss.SSS');
}
