/**
 * One life of a request in a seeded random world: staff, customers, a mail server, a worker that is away for days, opening
 * hours that change. The world plays what a workflow's shell does: messages first, then what is due. The same seed always
 * gives the same life. Each part of it (an action, the pause after it, the fate of an effect) has chance of its own, so that
 * a part may be left out and the others stay what they are.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Effect, EffectKey, MailOrder } from '../../domain/effects.ts';
import type { RequestEvent } from '../../domain/events.ts';
import { Refusal } from '../../domain/failures.ts';
import type { OpeningWindow } from '../../domain/openingHours.ts';
import { packSave, unpackSave } from '../../domain/packing.ts';
import { type DueMoment, nextMoment } from '../../domain/passing.ts';
import { type Advance, advance, openRequest } from '../../domain/request.ts';
import type { Rules } from '../../domain/rules.ts';
import type { RequestState } from '../../domain/state.ts';
import { deriveView, viewOf } from '../../domain/view.ts';
import { frozen } from '../support/life.ts';
import { rulesOf, WHOLE_WINDOW } from '../support/rules.ts';
import { anAction } from './actions.ts';
import { publisherHears } from './publisher.ts';
import { createCalm, createRandom, type Random } from './random.ts';
import { iso, told } from './story.ts';
import { DAY, TERMS, windowsOf } from './terms.ts';
import { Broken, createWitness, type Step } from './witness.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const FIRST_START = Date.parse('2026-01-05T00:00:00Z');
const LAST_START = Date.parse('2027-03-01T00:00:00Z');
/** Every so manieth life is frozen and copied through JSON at each step: that is what takes longest. */
const STRICT_EVERY = 8;
const MOST_STEPS = 2_000;
const NOTHING: ReadonlySet<string> = new Set();

export interface LifeReport {
  readonly seed: number;
  readonly steps: number;
  readonly state: RequestState;
  /** What happened how often: entry types, `refused`, `closed noAnswer`, … */
  readonly happened: ReadonlyMap<string, number>;
  /** What the core did wrong. */
  readonly broken?: string;
  /** Line by line, where it was asked for. */
  readonly story: readonly string[];
  /** What may be left out: `action 3`, `pause 3`, `trouble mail 7`. */
  readonly parts: readonly string[];
}

/** How a life is lived; its seed decides the rest. */
export interface LifeOptions {
  readonly tell?: boolean;
  /** Parts that are left out: an action that is not done, a pause that is short, an effect that goes well at once. */
  readonly without?: ReadonlySet<string>;
  /** A rule besides the witness's; throws `Broken`. */
  readonly rule?: (step: Step) => void;
}

/** What is to reach the request: not before `at`, while a worker is there. */
interface Arrival {
  readonly at: number;
  readonly order: number;
  readonly happen: (now: number) => void;
}

/** What an action may do to the world. */
export interface World {
  readonly random: Random;
  readonly now: number;
  readonly state: RequestState;
  readonly rules: Rules;
  /** As announced. */
  hours: OpeningWindow;
  /** As the request knows them: it is told late. */
  readonly toldHours: OpeningWindow;
  /** Announced so far; one that was taken back ends then. */
  readonly closures: { readonly from: number; to: number }[];
  /** Gives an event to the core now. A refusal is only told. */
  give(event: RequestEvent): void;
  /** Lets something happen later. */
  later(after: number, happen: (now: number) => void): void;
  /** Where an answer is on its way: the mail's sender will look for it. */
  answerReceived(at: number): void;
  /** The worker is away for so long. */
  leave(ms: number): void;
  /** Windows as they would be built now. */
  windows(days: number): ReturnType<typeof windowsOf>;
}

/** Lives one life. */
export function simulateLife(seed: number, { tell = false, without = NOTHING, rule }: LifeOptions = {}): LifeReport {
  const start = createRandom(seed);
  /** Chance of the part that is under way. */
  let random = start;
  const isStrict = seed % STRICT_EVERY === 0;
  const witness = createWitness();
  const happened = new Map<string, number>();
  const story: string[] = [];
  const arrivals: Arrival[] = [];
  const answers: number[] = [];
  const parts: string[] = [];
  const effectsSeen = new Map<string, number>();
  let order = 0;
  let steps = 0;
  let now = random.int(FIRST_START, LAST_START);
  let awayUntil = 0;
  let hours = WHOLE_WINDOW;
  let toldHours = hours;
  const registeredAt = now;
  const terms = random.chance(0.6) ? TERMS[0] : random.pick(TERMS);
  let rules = rulesOf(terms, windowsOf(hours, now, now, random.int(3, 70)));
  let state: RequestState;
  const actions = random.int(2, 25);
  let actionsDone = 0;

  const world: World = {
    get random() {
      return random;
    },
    get now() {
      return now;
    },
    get state() {
      return state;
    },
    get rules() {
      return rules;
    },
    get hours() {
      return hours;
    },
    set hours(changed) {
      hours = changed;
    },
    get toldHours() {
      return toldHours;
    },
    closures: [],
    give,
    later(after, happen) {
      const at = now + after;
      const mine = random;
      const place = arrivals.findIndex((arrival) => arrival.at > at);
      const arrival = { at, order: order++, happen: (then: number) => by(mine, () => happen(then)) };
      arrivals.splice(place < 0 ? arrivals.length : place, 0, arrival);
    },
    answerReceived: (at) => answers.push(at),
    leave(ms) {
      awayUntil = now + ms;
      if (tell) story.push(`${iso(now)} the worker leaves until ${iso(awayUntil)}`);
    },
    windows: (days) => windowsOf(hours, registeredAt, now, days),
  };

  /** What happens takes its chances from the part it belongs to. */
  function by(chance: Random, happen: () => void): void {
    const before = random;
    random = chance;
    try {
      happen();
    } finally {
      random = before;
    }
  }

  /** Whether a part is in this life. */
  function has(part: string): boolean {
    parts.push(part);
    return !without.has(part);
  }

  function count(what: string): void {
    happened.set(what, (happened.get(what) ?? 0) + 1);
  }

  function give(event: RequestEvent): void {
    if (++steps > MOST_STEPS) throw new Broken('the life does not end');
    const before = state;
    const beforeRules = rules;
    const toldBefore = toldHours;
    // Whatever brings windows brings those of now.
    if ('windows' in event) toldHours = hours;
    if (event.type === 'amendTerms') rules = rulesOf(event.terms, event.windows);
    if (event.type === 'openingHoursChanged' || event.type === 'windowExtended') {
      rules = rulesOf(rules.terms, event.windows);
    }
    const copy = isStrict ? JSON.stringify(before) : '';
    let result: Advance;
    try {
      result = advance(before, isStrict ? frozen(event) : event, rules, beforeRules);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      rules = beforeRules;
      toldHours = toldBefore;
      count('refused');
      if (isStrict && JSON.stringify(state) !== copy) throw new Broken(`${event.type} was refused and left a trace`);
      if (tell) story.push(`${iso(now)} ${event.type} refused: ${error.message}`);
      return;
    }
    state = isStrict ? strictly(result.state) : result.state;
    if (tell) story.push(...told(now, event, before, state, result.effects));
    for (const effect of result.effects) {
      if (effect.kind === 'save')
        for (const { type, facts } of effect.entries) count(`${type} ${facts?.reason ?? ''}`.trim());
    }
    if (event.type === 'mailAccepted') witness.accepted(event.key, event.at);
    if (event.type === 'mailBounced') witness.bounced(event.key);
    // Where nothing changed the very same state came back.
    const after = result.state === before ? before : state;
    state = after;
    const step = { before, after, event, effects: result.effects, rules, hours: toldHours };
    witness.watch(step);
    rule?.(step);
    for (const effect of result.effects) {
      if (isStrict && effect.kind === 'save') travels(effect, state, rules);
      carryOut(effect);
    }
  }

  function system<T extends object>(event: T, at: number = now): T & { who: 'system'; channel: 'system'; at: number } {
    return { ...event, who: 'system', channel: 'system', at: Math.min(at, now) };
  }

  /** The n-th effect of a kind meets the same fate, whatever was left out before it. */
  function carryOut(effect: Effect): void {
    const nth = (effectsSeen.get(effect.kind) ?? 0) + 1;
    effectsSeen.set(effect.kind, nth);
    const part = `${effect.kind} ${nth}`;
    by(has(`trouble ${part}`) ? createRandom(seed, part) : createCalm(), () => meetFate(effect));
  }

  function meetFate(effect: Effect): void {
    if (random.chance(0.002)) {
      world.later(random.int(1, 9) * SECOND, () => give(system({ type: 'effectConflict', key: effect.key })));
      return;
    }
    if (effect.kind === 'mail') return send(effect.key, effect.order);
    if (effect.kind === 'startEscalation' || effect.kind === 'tellEscalation') return publisherHears(world, effect);
    const isSlow = random.chance(0.05);
    world.later(isSlow ? random.int(1, 60) * HOUR : random.int(5, 3_000), () => {
      if (effect.kind === 'save') return give(system({ type: 'saved', key: effect.key }));
      const days = random.chance(0.1) ? random.int(1, 12) : random.int(35, 70);
      give(system({ type: 'windowExtended', key: effect.key, windows: world.windows(days) }));
    });
  }

  /** What becomes of a mail: accepted at once or late, refused, overtaken, bounced. */
  function send(key: EffectKey, mail: MailOrder): void {
    const after = random.chance(0.08) ? random.int(1, 72) * HOUR : random.int(50, 4_000);
    const isRefused = random.chance(0.04);
    const isBounced = !isRefused && random.chance(0.04);
    world.later(after, () => {
      const since = 'waitingSince' in mail ? mail.waitingSince : undefined;
      const isOvertaken = since !== undefined && answers.some((at) => at > since && at <= now);
      if (isOvertaken) return give(system({ type: 'mailSuperseded', key }));
      give(system({ type: isRefused ? 'mailRefused' : 'mailAccepted', key }));
    });
    if (isBounced) {
      const bounce = () => give(system({ type: 'mailBounced', key, order: mail }));
      world.later(random.chance(0.2) ? Math.max(1, after - 30) : after + random.int(1, 2 * DAY), bounce);
    }
  }

  /** The world's next action, and when the one after it comes: within minutes, days or weeks. */
  function act(): void {
    if (actionsDone >= actions) return;
    const nth = ++actionsDone;
    const chance = createRandom(seed, `pause ${nth}`);
    const pause = chance.int(1, chance.pick([10 * 60 * SECOND, 3 * HOUR, 3 * HOUR, DAY, 3 * DAY, 14 * DAY]));
    if (has(`action ${nth}`)) by(createRandom(seed, `action ${nth}`), () => anAction(world));
    world.later(has(`pause ${nth}`) ? pause : MINUTE, act);
  }

  /** Kept until state or rules change, as the workflow keeps it. */
  let known: { state: RequestState; rules: Rules; moment: DueMoment | undefined } | undefined;
  function next(): DueMoment | undefined {
    if (known?.state !== state || known.rules !== rules) known = { state, rules, moment: nextMoment(state, rules) };
    return known.moment;
  }

  /** Messages first, then what is due, as the workflow's loop does it. */
  function live(): void {
    for (;;) {
      const due = next()?.at ?? Number.POSITIVE_INFINITY;
      const wake = Math.max(now, awayUntil, Math.min(due, arrivals[0]?.at ?? Number.POSITIVE_INFINITY));
      if (wake > registeredAt + 220 * DAY) return;
      now = wake;
      while ((arrivals[0]?.at ?? Number.POSITIVE_INFINITY) <= now) arrivals.shift()?.happen(now);
      if (now < awayUntil) continue;
      for (;;) {
        if ((next()?.at ?? Number.POSITIVE_INFINITY) > now) break;
        give(system({ type: 'time' }));
      }
    }
  }

  const priority = random.pick(['blocking', 'major', 'minor']);
  const opening = { type: 'open', contact: 'c1', priority, text: 't', who: 'contact:c1', channel: 'portal' } as const;
  const opened = openRequest('DA-2026-000001', { ...opening, at: now, commandId: 'open' }, rules);
  state = isStrict ? strictly(opened.state) : opened.state;
  if (tell) story.push(`${iso(now)} opened as ${priority}`);
  for (const effect of opened.effects) carryOut(effect);
  world.later(random.int(1, 8 * HOUR), act);
  try {
    live();
  } catch (error) {
    const broken = error instanceof Broken ? error.message : `${(error as Error).stack}`;
    return { seed, steps, state, happened, broken, story, parts };
  }
  return { seed, steps, state, happened, story, parts };
}

/** The state as it would come back from the database. */
function strictly(state: RequestState): RequestState {
  const copy: RequestState = JSON.parse(JSON.stringify(state));
  if (!isDeepStrictEqual(copy, state)) throw new Broken('JSON loses a part of the state');
  return frozen(copy);
}

/** A save comes out of its short form as it went in. */
function travels({ key, seq, entries }: Extract<Effect, { kind: 'save' }>, state: RequestState, rules: Rules): void {
  const pending = state.pending.filter(({ kind }) => kind !== 'save');
  const sent = { key, seq, entries, state: { ...state, pending }, view: viewOf(state, rules) };
  const packed = packSave({ seq, entries }, state, deriveView(state, rules));
  const received: unknown = unpackSave(JSON.parse(JSON.stringify(packed)));
  if (!isDeepStrictEqual(received, sent)) {
    throw new Broken(`a save changes on its way: ${JSON.stringify(sent)} became ${JSON.stringify(received)}`);
  }
}
