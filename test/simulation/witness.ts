/**
 * Watches a simulated life and remembers it by itself, from statuses alone, so that what the core derives from its state
 * can be held against it. Says what is wrong by throwing.
 */
import { isDeepStrictEqual } from 'node:util';
import { type ClockPosition, clockPosition, promisedClocks } from '../../domain/clocks.ts';
import { delayBetween, dueAfter } from '../../domain/delays.ts';
import type { Effect } from '../../domain/effects.ts';
import type { RequestEvent } from '../../domain/events.ts';
import type { OpeningWindow } from '../../domain/openingHours.ts';
import { nextMoment } from '../../domain/passing.ts';
import { nextReminderMoment } from '../../domain/reminders.ts';
import type { Rules } from '../../domain/rules.ts';
import type { RequestState } from '../../domain/state.ts';
import { CLOCK_NAMES, type ClockName, type ClockTerms, type RequestTerms } from '../../domain/terms.ts';
import type { TimelineEntry } from '../../domain/timeline.ts';
import { openedTime, opensOrCloses } from './terms.ts';

/** One step of a life. */
export interface Step {
  readonly before: RequestState;
  readonly after: RequestState;
  readonly event: RequestEvent;
  readonly effects: readonly Effect[];
  readonly rules: Rules;
  /** The opening hours as the request has been told so far, to the end of the simulated world. */
  readonly hours: OpeningWindow;
}

/** A rule of the world that the core broke. */
export class Broken extends Error {}

function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Broken(what);
}

/** How long a clock has run, by the statuses seen: opened and plain milliseconds; and when it stood still. */
interface Run {
  opened: number;
  plain: number;
  /** To be counted again by hours that are told late: they hold from their announcement on. */
  readonly ran: { readonly from: number; readonly to: number }[];
  readonly stopped: { readonly from: number; readonly to: number }[];
}

export interface Witness {
  watch(step: Step): void;
  /** The mail server has accepted it, or taken that back. */
  accepted(key: string, at: number): void;
  bounced(key: string): void;
}

export function createWitness(): Witness {
  const runs = new Map<ClockName, Run>(
    CLOCK_NAMES.map((name) => [name, { opened: 0, plain: 0, ran: [], stopped: [] }]),
  );
  const told = new Set<string>();
  let countedBy: OpeningWindow | undefined;
  const keys = new Set<string>();
  const acceptedAt = new Map<string, number>();
  /** Reminders of the present waiting: each step's last key, and whether it failed. */
  let steps = new Map<number, string>();
  const failed = new Set<string>();

  return {
    accepted(key, at) {
      if (!failed.has(key)) acceptedAt.set(key, at);
    },
    bounced(key) {
      acceptedAt.delete(key);
      failed.add(key);
    },
    watch(step) {
      const { before, after, event, effects } = step;
      const entries = effects.flatMap((effect) => (effect.kind === 'save' ? effect.entries : []));
      goesForward(step, entries);
      remember(step);
      if (event.type === 'mailRefused') failed.add(event.key);
      // A bounce takes back what followed it.
      if (before.waiting && after.waiting && after.waiting.sent.length < before.waiting.sent.length) {
        for (const { key } of before.waiting.sent.slice(after.waiting.sent.length)) failed.add(key);
      }
      if (before.waiting?.sending && before.waiting.sending !== after.waiting?.sending) {
        const isSent = after.waiting?.sent.some(({ key }) => key === before.waiting?.sending) ?? false;
        if (!isSent) failed.add(before.waiting.sending);
      }
      if (before.waiting?.since !== after.waiting?.since) steps = new Map();
      for (const effect of effects) effectIsNew(effect);
      for (const entry of entries) if (entry.facts?.clock) clockEntry(step, entry, entry.facts.clock);
      for (const effect of effects) {
        if (effect.kind === 'mail' && effect.order.kind === 'reminder') reminder(step, effect.key, effect.order.step);
      }
      closedStaysClosed(step, entries);
      closesBySilence(step, entries);
      clocksAreTrue(step);
      waitingGoesOn(step);
      escalationsAreTold(step);
    },
  };

  /** Adds what each clock ran, or stood, between the two instants. */
  function remember({ before, after, rules, hours }: Step): void {
    if (hours !== countedBy) for (const run of runs.values()) countAgain(run, hours);
    countedBy = hours;
    if (after.lastAt === before.lastAt) return;
    const from = before.lastAt;
    const to = after.lastAt;
    const opened = openedTime(hours, from, to);
    for (const [name, run] of runs) {
      if (isRunning(name, before, rules.terms)) {
        run.opened += opened;
        run.plain += to - from;
        run.ran.push({ from, to });
      } else {
        run.stopped.push({ from, to });
      }
    }
  }

  function countAgain(run: Run, hours: OpeningWindow): void {
    run.opened = run.ran.reduce((sum, { from, to }) => sum + openedTime(hours, from, to), 0);
  }

  function effectIsNew(effect: Effect): void {
    if (effect.kind === 'extendWindow') return;
    demand(!keys.has(effect.key), `the key ${effect.key} was used before`);
    keys.add(effect.key);
  }

  /** Hours move no breached clock. Each warning and breach once; a breach at a moment in opened time at which the clock ran. */
  function clockEntry({ hours, after, rules, event }: Step, { type, facts, at }: TimelineEntry, name: ClockName): void {
    const key = `${type} ${name}`;
    if (type === 'openingHoursChanged') {
      demand(facts?.dueAt !== facts?.dueWas, `${name} is told to have moved and has not`);
      return demand(!told.has(`clockBreached ${name}`), `${name} was moved after its breach`);
    }
    demand(!told.has(key), `${key} a second time`);
    told.add(key);
    if (type !== 'clockBreached') return;
    const due = facts?.dueAt ?? Number.NaN;
    demand(at === due, `the breach of ${name} is not told at its due instant`);
    const stood = runs.get(name)?.stopped.some(({ from, to }) => from <= due && due < to);
    demand(!stood, `${name} was breached while it stood still`);
    // What an amendment finds was due under the old terms, whose hours may have been plain ones.
    const isPlain = event.type === 'amendTerms' || 'calendarHours' in (termsOf(name, after, rules.terms)?.delay ?? {});
    demand(isPlain || opensOrCloses(hours, due), `${name} was due outside opening hours`);
  }

  function reminder({ before, event, after, rules }: Step, key: string, step: number): void {
    demand(event.type === 'time', `a reminder was ordered by ${event.type}`);
    demand(before.status === 'waiting' && after.status === 'waiting', 'a reminder without waiting');
    demand(!after.tasks.some(({ kind }) => kind === 'correctAddress'), 'a reminder to a wrong address');
    const waiting = before.waiting;
    const terms = rules.terms.priorities[before.priority]?.reminders;
    demand(waiting !== undefined && terms !== undefined, 'a reminder without terms');
    demand(waiting.sent.length === step - 1, `reminder ${step} after ${waiting.sent.length}`);
    const earlier = steps.get(step);
    demand(earlier === undefined || failed.has(earlier), `reminder ${step} a second time in one cycle`);
    steps.set(step, key);
    const delay = terms.after[step - 1];
    const previous = terms.after[step - 2];
    const lastAt = acceptedAt.get(waiting.sent.at(-1)?.key ?? '');
    demand(delay !== undefined && (step === 1 || lastAt !== undefined), `reminder ${step} after one not accepted`);
    notBefore(dueAfter(delay, waiting.since, rules.openings), event.at, `reminder ${step} too early`);
    if (previous && lastAt !== undefined) {
      const spaced = dueAfter(delayBetween(previous, delay), lastAt, rules.openings);
      notBefore(spaced, event.at, `reminder ${step} too soon after the one before`);
    }
  }

  function closesBySilence({ before, event, rules }: Step, entries: readonly TimelineEntry[]): void {
    const isSilent = entries.some(({ type, who }) => type === 'closed' && who === 'system');
    if (!isSilent) return;
    demand(event.type === 'time', `silence was found by ${event.type}`);
    const { waiting } = before;
    const terms = rules.terms.priorities[before.priority]?.reminders;
    demand(waiting !== undefined && terms !== undefined, 'silence closed what had no reminders');
    const sent = waiting.sent.map(({ key }) => acceptedAt.get(key));
    demand(sent.length === 3 && !sent.includes(undefined), 'silence closed before three reminders were accepted');
    notBefore(dueAfter(terms.closeAfterThird, sent[2] ?? 0, rules.openings), event.at, 'silence closed too early');
    demand(!before.tasks.some(({ mail }) => mail), 'silence closed before a message was looked at');
  }

  /** No clock forgets time, and none is due where it could not run. */
  function clocksAreTrue({ after, rules, hours }: Step): void {
    for (const clock of promisedClocks(after, rules.terms)) {
      const { name, terms, start, state } = clock;
      const position = clockPosition(clock, after.pauses, rules);
      const run = runs.get(name);
      const shouldRun = isRunning(name, after, rules.terms);
      demand((position.kind === 'running') === shouldRun, `${name} is ${position.kind} in ${after.status}`);
      if (!run || position.kind !== 'running' || 'beyond' in position.due || state.breachedAt !== undefined) continue;
      const due = position.due.at;
      demand(due >= after.lastAt, `${name} is overdue and not breached`);
      const isPlain = 'calendarHours' in terms.delay;
      demand(isPlain || opensOrCloses(hours, due), `${name} is due outside opening hours`);
      if (state.notBefore === undefined) budgetIsKept(name, terms, start, position, run, after, rules, hours);
    }
  }

  function budgetIsKept(
    name: ClockName,
    { delay }: ClockTerms,
    startedAt: number,
    position: Extract<ClockPosition, { kind: 'running' }>,
    run: Run,
    { lastAt }: RequestState,
    rules: Rules,
    hours: OpeningWindow,
  ): void {
    const due = 'at' in position.due ? position.due.at : Number.NaN;
    const unpaused = dueAfter(delay, startedAt, rules.openings);
    if ('beyond' in unpaused) return;
    const isPlain = 'calendarHours' in delay;
    const budget = isPlain ? unpaused.at - startedAt : openedTime(hours, startedAt, unpaused.at);
    const used = isPlain ? run.plain + due - lastAt : run.opened + openedTime(hours, lastAt, due);
    demand(used === budget, `${name} has ${budget} ms and is due after ${used}`);
  }

  function waitingGoesOn({ after, rules }: Step): void {
    const { waiting } = after;
    if (!waiting || !rules.terms.priorities[after.priority]?.reminders) return;
    const isSending = waiting.sending !== undefined;
    const goesOn = nextReminderMoment(after, rules) !== undefined || isSending || after.tasks.length > 0;
    demand(goesOn, 'the waiting has no end and no task');
  }
}

/** Versions, instants and pauses go forward only, and closed pauses stay as they are. */
function goesForward({ before, after, event, rules }: Step, entries: readonly TimelineEntry[]): void {
  demand(after.seq === before.seq + (entries.length > 0 ? 1 : 0), 'a version without entries, or entries without one');
  demand(after.lastAt >= before.lastAt, 'time went back');
  for (const { type, at } of entries) {
    demand(type === 'clockBreached' || at >= before.lastAt, `${type} is told before the last event`);
    demand(at <= after.lastAt, `${type} is told after its event`);
  }
  const kept = before.pauses.filter(({ to }) => to !== undefined);
  for (const pause of kept) {
    const isKept = after.pauses.some(
      ({ cause, from, to }) => cause === pause.cause && from === pause.from && to === pause.to,
    );
    demand(isKept, `a ${pause.cause} pause was forgotten`);
  }
  demand(after.commands.length <= 50, 'too many commands are remembered');
  demand(new Set(after.pending.map(({ key }) => key)).size === after.pending.length, 'an effect waits twice');
  if (event.type !== 'time') return;
  const next = nextMoment(after, rules);
  demand(next === undefined || next.at > event.at || after !== before, `nothing decides ${next?.what}`);
}

/** The status follows the escalations, and none is left untold when the request closes. */
function escalationsAreTold({ before, after, effects }: Step): void {
  const open = (state: RequestState) => (state.escalations ?? []).filter(({ endedAt }) => endedAt === undefined);
  if (after.status === 'escalated') demand(open(after).length > 0, 'escalated, and no publisher has it');
  if (after.status === 'inProgress') demand(open(after).length === 0, 'in progress, and a publisher has it');
  if (after.status === 'closed') demand(open(after).length === 0, 'closed, and a publisher still has it');
  const pause = after.pauses.some(({ cause, to }) => cause === 'escalated' && to === undefined);
  demand(pause === (after.status === 'escalated'), `an escalated pause in ${after.status}`);
  const told = effects.flatMap((effect) => (effect.kind === 'tellEscalation' ? [effect] : []));
  for (const { n } of open(before)) {
    const verdicts = told.filter((message) => message.n === n);
    demand(verdicts.length < 2, `escalation ${n} is told twice at once`);
    if (after.status === 'closed') demand(verdicts.length === 1, `escalation ${n} is not told of the end`);
  }
  for (const { n } of told)
    demand(
      open(before).some((one) => one.n === n),
      `escalation ${n} is told after its end`,
    );
  const { proposal, status, escalations } = after;
  const held = status !== 'closed' && escalations?.some(({ delivered }) => delivered);
  demand(!held || proposal !== undefined, 'something is held, and nothing is being judged');
}

const LATE_NEWS = new Set(['reportFiled', 'reminderSent', 'mailUndeliverable', 'effectConflict', 'clockBreached']);

function closedStaysClosed({ before, after, event, effects }: Step, entries: readonly TimelineEntry[]): void {
  if (before.status !== 'closed') return;
  if (event.type === 'answer' || event.type === 'reopen') {
    demand(after === before || after.status !== 'closed', `${event.type} left it closed`);
    return;
  }
  demand(after.status === 'closed', `${event.type} reopened it`);
  const isLate = entries.some(({ type }) => type === 'clockBreached');
  demand(!isLate || event.type === 'windowExtended', `${event.type} breached a clock of a closed request`);
  demand(isLate || isDeepStrictEqual(after.clocks, before.clocks), `${event.type} moved a clock of a closed request`);
  for (const { type } of entries) demand(LATE_NEWS.has(type), `${type} happened to a closed request`);
  const mails = effects.flatMap((effect) => (effect.kind === 'mail' ? [effect.order.kind] : []));
  demand(
    mails.every((kind) => kind === 'task' || kind === 'breach' || kind === 'lateReport'),
    'a mail to the customer of a closed request',
  );
}

/** The clock's terms; those of another priority where this one does not promise it. */
function termsOf(name: ClockName, { priority }: RequestState, { priorities }: RequestTerms): ClockTerms | undefined {
  return (
    priorities[priority]?.clocks[name] ?? Object.values(priorities).find(({ clocks }) => clocks[name])?.clocks[name]
  );
}

/** Whether a clock runs, by what the status says and nothing else. */
function isRunning(name: ClockName, state: RequestState, terms: RequestTerms): boolean {
  const clock = termsOf(name, state, terms);
  const { status, waiting, proposal } = state;
  if (!clock || state.clocks[name]?.metAt !== undefined || status === 'closed' || status === 'deferred') return false;
  if (status === 'escalated') return !clock.pausedWhile.includes('escalated');
  if (status !== 'waiting') return true;
  if (clock.pausedWhile.includes('waiting')) return false;
  return !(waiting?.for === 'confirmation' && proposal && clock.metBy.includes(proposal.kind));
}

function notBefore(due: ReturnType<typeof dueAfter>, at: number, what: string): void {
  demand('at' in due && at >= due.at, what);
}
