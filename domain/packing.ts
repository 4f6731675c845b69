/**
 * The short form in which a save travels: every attempt of it stays in the request's history. Nothing is lost: what
 * follows from the rest is left out and put back, instants are told in milliseconds since registration.
 *
 * It lives as long as the save is under way, and not in Postgres: what is stored there is the state and view themselves.
 */
import type { Effect, EffectKey, MailOrder } from './effects.ts';
import {
  type PackedEscalation,
  type PackedVerdict,
  packEscalations,
  packVerdict,
  unpackEscalations,
  unpackStart,
  unpackVerdict,
} from './escalationPacking.ts';
import type { CommandName } from './events.ts';
import type { ClockState, PauseCause, RequestState, Status, Waiting } from './state.ts';
import { CLOCK_NAMES, type ClockName, type Family } from './terms.ts';
import type { TimelineEntry } from './timeline.ts';
import { type ClockView, type DerivedView, joinView, type RequestView } from './view.ts';

/** What one transition leaves behind; state and view may be newer than the transition. */
export interface RequestSave {
  /** Effect key: the same save has the same in every attempt. */
  readonly key: EffectKey;
  /** Version that the entries belong to; at most `state.seq`. */
  readonly seq: number;
  readonly state: RequestState;
  readonly view: RequestView;
  /** By the calendar's name in the terms, where more than 1: whose opening hours state and view count on. */
  readonly calendarVersions?: { readonly [calendar: string]: number };
  readonly entries: readonly TimelineEntry[];
}

/** Milliseconds since registration. */
type Since = number;
/** An effect key without the `request:<number>:` that all of a request have. */
type ShortKey = string;

interface PackedState
  extends Omit<
    RequestState,
    'lastAt' | 'clocks' | 'pauses' | 'tasks' | 'commands' | 'pending' | 'waiting' | 'escalations'
  > {
  readonly lastAt: Since;
  readonly clocks?: { readonly [name in ClockName]?: ClockFacts };
  readonly pauses?: readonly (readonly [PauseCause, Since, Since?])[];
  readonly tasks?: RequestState['tasks'];
  readonly commands?: readonly (readonly [id: string, version: number, at: Since, Status])[];
  readonly pending?: readonly PackedEffect[];
  readonly escalations?: readonly PackedEscalation[];
  readonly waiting?: Omit<Waiting, 'since' | 'sent' | 'sending'> & {
    readonly since: Since;
    readonly sent?: readonly (readonly [ShortKey, Since])[];
    readonly sending?: ShortKey;
  };
}

/** Of a mail its order, of a verdict all but its id. */
type PackedEffect = readonly [ShortKey, (MailOrder | PackedVerdict)?];

/** All since registration. */
type ClockFacts = { readonly [fact in keyof ClockState]?: Since };

type PackedEntry = Omit<TimelineEntry, 'at' | 'who' | 'channel'> &
  Partial<Pick<TimelineEntry, 'who' | 'channel'>> & { readonly at?: Since };

interface PackedView {
  readonly family: Family;
  /** Status; then, of a running clock, its due moment; of one that is met, the time it took without pauses and with. */
  readonly clocks: { readonly [name in ClockName]?: readonly [ClockView['status'], number?, number?] };
  /** Clocks that did not start at registration. */
  readonly started?: { readonly [name in ClockName]?: Since };
  /** Clocks whose promise is not firm. */
  readonly bestEffort?: readonly ClockName[];
  readonly silenceAt?: Since;
  readonly reopenUntil?: Since;
  /** Names, with commas. */
  readonly possible: string;
}

/** The short form of a save. */
export interface PackedSave {
  /** Left out when it is the state's. */
  readonly seq?: number;
  readonly state: PackedState;
  readonly view: PackedView;
  readonly calendarVersions?: RequestSave['calendarVersions'] & object;
  readonly entries: readonly PackedEntry[];
}

/** The save of version `seq` with the state of now, without the saves that are under way. */
export function packSave(
  { seq, entries, calendarVersions = {} }: Pick<RequestSave, 'seq' | 'entries' | 'calendarVersions'>,
  state: RequestState,
  view: DerivedView,
): PackedSave {
  return {
    ...(seq === state.seq ? {} : { seq }),
    state: packState(state),
    view: packView(view, state.registeredAt),
    ...whenAny('calendarVersions', calendarVersions),
    entries: entries.map((entry) => packEntry(entry, state)),
  };
}

/** What {@link packSave} was given, its view joined. */
export function unpackSave(packed: PackedSave): RequestSave {
  const state = unpackState(packed.state);
  const { seq = state.seq, calendarVersions } = packed;
  return {
    key: longKey(state.number, `save:${seq}`),
    seq,
    state,
    view: joinView(state, unpackView(packed.view, state.registeredAt)),
    ...(calendarVersions ? { calendarVersions } : {}),
    entries: packed.entries.map((entry) => unpackEntry(entry, state)),
  };
}

function packState(state: RequestState): PackedState {
  const { lastAt, clocks, pauses, tasks, commands, pending, waiting, escalations, ...rest } = state;
  const { number, registeredAt } = state;
  return {
    ...rest,
    lastAt: lastAt - registeredAt,
    ...whenAny('clocks', packClocks(clocks, registeredAt)),
    ...whenAny(
      'pauses',
      pauses.map(({ cause, from, to }) => packPause(cause, from - registeredAt, to, registeredAt)),
    ),
    ...whenAny('tasks', tasks),
    ...whenAny(
      'commands',
      commands.map(({ id, result }) => packCommand(id, result, registeredAt)),
    ),
    ...whenAny(
      'pending',
      pending.flatMap((effect) => packEffect(effect, number, registeredAt)),
    ),
    ...(waiting ? { waiting: packWaiting(waiting, number, registeredAt) } : {}),
    ...(escalations ? { escalations: packEscalations(escalations, registeredAt) } : {}),
  };
}

function unpackState(packed: PackedState): RequestState {
  const { clocks = {}, pauses = [], commands = [], pending = [], tasks = [], escalations, ...others } = packed;
  const { lastAt, waiting, ...rest } = others;
  const { number, registeredAt } = packed;
  return {
    ...rest,
    lastAt: registeredAt + lastAt,
    clocks: unpackClocks(clocks, registeredAt),
    pauses: pauses.map(([cause, from, to]) => {
      const begun = { cause, from: registeredAt + from };
      return to === undefined ? begun : { ...begun, to: registeredAt + to };
    }),
    tasks,
    commands: commands.map(([id, version, at, status]) => {
      return { id, result: { number, version, at: registeredAt + at, status } };
    }),
    pending: pending.map(([key, content]) => unpackEffect(longKey(number, key), content, registeredAt)),
    ...(waiting ? { waiting: unpackWaiting(waiting, number, registeredAt) } : {}),
    ...(escalations ? { escalations: unpackEscalations(escalations, registeredAt) } : {}),
  };
}

function packClocks(clocks: RequestState['clocks'], registeredAt: number): PackedState['clocks'] & object {
  return mapFacts(clocks, (at) => at - registeredAt);
}

function unpackClocks(packed: PackedState['clocks'] & object, registeredAt: number): RequestState['clocks'] {
  return mapFacts(packed, (since) => registeredAt + since);
}

function mapFacts(clocks: RequestState['clocks'], change: (instant: number) => number): RequestState['clocks'] {
  const changed = Object.entries(clocks).map(([name, facts]) => {
    const instants = Object.entries(facts).map(([fact, instant]) => [fact, change(instant)]);
    return [name, Object.fromEntries(instants)];
  });
  return Object.fromEntries(changed);
}

function packPause(cause: PauseCause, from: Since, to: number | undefined, registeredAt: number) {
  return to === undefined ? ([cause, from] as const) : ([cause, from, to - registeredAt] as const);
}

function packCommand(id: string, { version, at, status }: RequestState['commands'][number]['result'], base: number) {
  return [id, version, at - base, status] as const;
}

/** Saves carry themselves. */
function packEffect(effect: Effect, number: string, registeredAt: number): PackedEffect[] {
  switch (effect.kind) {
    case 'save':
      return [];
    case 'mail':
      return [[shortKey(number, effect.key), effect.order]];
    case 'extendWindow':
    case 'startEscalation':
      return [[shortKey(number, effect.key)]];
    case 'tellEscalation':
      return [[shortKey(number, effect.key), packVerdict(effect.verdict, registeredAt)]];
  }
}

function unpackEffect(key: EffectKey, content: PackedEffect[1] | null, registeredAt: number): Effect {
  if (content && 'by' in content) return unpackVerdict(key, content, registeredAt);
  if (content) return { kind: 'mail', key, order: content };
  return unpackStart(key) ?? { kind: 'extendWindow', key };
}

function packWaiting({ since, sent, sending, ...rest }: Waiting, number: string, registeredAt: number) {
  return {
    ...rest,
    since: since - registeredAt,
    ...whenAny(
      'sent',
      sent.map(({ key, at }) => [shortKey(number, key), at - registeredAt] as const),
    ),
    ...(sending === undefined ? {} : { sending: shortKey(number, sending) }),
  };
}

function unpackWaiting(packed: PackedState['waiting'] & object, number: string, registeredAt: number): Waiting {
  const { since, sent = [], sending, ...rest } = packed;
  return {
    ...rest,
    since: registeredAt + since,
    sent: sent.map(([key, at]) => ({ key: longKey(number, key), at: registeredAt + at })),
    ...(sending === undefined ? {} : { sending: longKey(number, sending) }),
  };
}

/** Of the system's own entries it is not said who, and of those at the state's last instant not when. */
function packEntry({ at, who, channel, ...rest }: TimelineEntry, { lastAt, registeredAt }: RequestState): PackedEntry {
  return {
    ...rest,
    ...(who === 'system' ? {} : { who }),
    ...(channel === 'system' ? {} : { channel }),
    ...(at === lastAt ? {} : { at: at - registeredAt }),
  };
}

function unpackEntry({ at, ...rest }: PackedEntry, { lastAt, registeredAt }: RequestState): TimelineEntry {
  return { who: 'system', channel: 'system', at: at === undefined ? lastAt : registeredAt + at, ...rest };
}

function packView({ family, clocks, silenceAt, reopenUntil, possible }: DerivedView, base: number): PackedView {
  const bestEffort = clocks.flatMap(({ name, commitment }) => (commitment === 'bestEffort' ? [name] : []));
  const started = clocks.flatMap(({ name, startedAt }) => (startedAt === base ? [] : [[name, startedAt - base]]));
  return {
    family,
    clocks: Object.fromEntries(clocks.map((clock) => [clock.name, packClock(clock, base)])),
    ...whenAny('started', Object.fromEntries(started)),
    ...whenAny('bestEffort', bestEffort),
    ...(silenceAt === undefined ? {} : { silenceAt: silenceAt - base }),
    ...(reopenUntil === undefined ? {} : { reopenUntil: reopenUntil - base }),
    possible: possible.join(),
  };
}

function packClock({ status, dueAt, took }: DerivedView['clocks'][number], base: number) {
  if (dueAt !== undefined) return [status, dueAt - base] as const;
  return took ? ([status, took.withoutPauses, took.withPauses] as const) : ([status] as const);
}

function unpackView(
  { clocks, started = {}, bestEffort = [], silenceAt, reopenUntil, ...rest }: PackedView,
  base: number,
): DerivedView {
  return {
    family: rest.family,
    clocks: CLOCK_NAMES.flatMap((name) => {
      const [status, first, second] = clocks[name] ?? [];
      if (status === undefined) return [];
      const commitment = bestEffort.includes(name) ? 'bestEffort' : 'firm';
      const clock = { name, status, commitment, startedAt: base + (started[name] ?? 0) } as const;
      if (first === undefined) return [clock];
      if (second === undefined) return [{ ...clock, dueAt: base + first }];
      return [{ ...clock, took: { withoutPauses: first, withPauses: second } }];
    }),
    ...(silenceAt === undefined ? {} : { silenceAt: base + silenceAt }),
    ...(reopenUntil === undefined ? {} : { reopenUntil: base + reopenUntil }),
    possible: rest.possible === '' ? [] : (rest.possible.split(',') as CommandName[]),
  };
}

function shortKey(number: string, key: EffectKey): ShortKey {
  const common = `request:${number}:`;
  return key.startsWith(common) ? key.slice(common.length) : key;
}

function longKey(number: string, key: ShortKey): EffectKey {
  return key.startsWith('request:') ? key : `request:${number}:${key}`;
}

/** The field, unless it is empty. */
function whenAny<K extends string, T extends object>(name: K, value: T): { [name in K]?: T } {
  return Object.keys(value).length === 0 ? {} : ({ [name]: value } as { [name in K]?: T });
}
