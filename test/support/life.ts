/** Drives one request through the core, so that tests of it read like stories. Times are local, in Europe/Paris. */
import { isDeepStrictEqual } from 'node:util';
import type { Effect, EscalationMessage, MailOrder } from '../../domain/effects.ts';
import type { CommandName, EventPayloads, EventType, Happening, RequestEvent } from '../../domain/events.ts';
import { nextMoment } from '../../domain/passing.ts';
import { type Advance, advance, openRequest } from '../../domain/request.ts';
import type { Rules } from '../../domain/rules.ts';
import type { RequestState } from '../../domain/state.ts';
import type { TimelineEntry } from '../../domain/timeline.ts';
import type { ClockView, RequestView } from '../../domain/view.ts';
import { viewOf } from '../../domain/view.ts';
import { local, said } from './businessTime.ts';
import { ANOMALY_TERMS, rulesOf, supportWindow, WHOLE_WINDOW } from './rules.ts';
import { tellMail } from './tellMail.ts';

type Fields<T extends EventType> = EventPayloads[T] & Partial<Happening>;

/** What the mail server does with a mail; `none`: nothing is heard of it yet. */
export type MailFate = 'accepted' | 'refused' | 'superseded' | 'none';

export interface Life {
  readonly state: RequestState;
  readonly rules: Rules;
  readonly view: RequestView;
  /** Every timeline entry so far, as `Mon 2026-11-16 10:00 opened`, in the order of the transitions. */
  readonly told: string[];
  readonly entries: readonly TimelineEntry[];
  /** Every mail ordered so far, as `Mon 2026-11-16 10:00 reminder 1`. */
  readonly mailed: string[];
  readonly mails: readonly (Extract<Effect, { kind: 'mail' }> & { readonly at: number })[];
  /** What its escalations were told so far, their beginnings too. */
  readonly messages: readonly EscalationMessage[];
  /** Keys of the windows that were asked for. */
  readonly windowsAsked: string[];
  /** Decides what the mail server does from now on. */
  mailServer: (order: MailOrder, at: number) => MailFate;
  /** Lets time pass to this instant, each due moment being decided exactly when it comes. */
  until(time: string | number): Life;
  /** The same, with the worker away until then: all that has come due is decided at once. */
  awayUntil(time: string | number): Life;
  /** Lets time pass to this instant, where this happens. @throws Refusal */
  on<T extends EventType>(time: string | number, type: T, fields: Fields<T>): Life;
  /** The same, the worker having been away. @throws Refusal */
  onAwakening<T extends EventType>(time: string | number, type: T, fields: Fields<T>): Life;
  clock(name: ClockView['name']): ClockView | undefined;
  /** When a running clock is due, as `Mon 2026-11-16 13:00`. */
  due(name: ClockView['name']): string | undefined;
  /** Other rules from here on. */
  judgedBy(rules: Rules): Life;
}

/** The defaults of each command: enough to be carried out. */
export const COMMAND_FIELDS: { readonly [name in CommandName]: EventPayloads[name] } = {
  acknowledge: {},
  startWork: {},
  notifyRecovery: { text: 't-recovery' },
  ask: { text: 't-ask' },
  proposeWorkaround: { text: 't-workaround' },
  proposeFix: { text: 't-fix' },
  answer: { text: 't-answer' },
  confirm: {},
  putInProduction: {},
  reject: { text: 't-reject' },
  defer: { text: 't-defer' },
  resume: {},
  assign: { assignee: 'staff:a2' },
  note: { text: 't-note' },
  logWork: { seconds: 900 },
  requalify: { priority: 'minor', text: 't-requalify' },
  escalate: { n: 1, publisher: 'publisher1', publisherContract: 'TEST-C' },
  amendTerms: { terms: ANOMALY_TERMS, windows: supportWindow(WHOLE_WINDOW) },
  refuse: { exclusion: 'training' },
  close: { reason: 'withdrawn' },
  reopen: { text: 't-reopen' },
  correctAddress: {},
};

/** Freezes plain JSON all the way down: a core that wrote into its input would throw. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner);
  }
  return value;
}

/** A copy by way of JSON, frozen; what JSON would lose is an error. */
export function throughJson<T>(value: T): T {
  const copy: T = JSON.parse(JSON.stringify(value));
  if (!isDeepStrictEqual(copy, value)) throw new Error(`JSON loses a part of ${JSON.stringify(value)}`);
  return frozen(copy);
}

function instant(time: string | number): number {
  return typeof time === 'number' ? time : local(time);
}

/** A new request of family D, opened by a contact at this local time. */
export function openLife(priority: string, time: string | number, startRules: Rules = rulesOf()): Life {
  let rules = startRules;
  let state: RequestState;
  let lastNow = instant(time);
  const entries: TimelineEntry[] = [];
  const told: string[] = [];
  const mails: (Extract<Effect, { kind: 'mail' }> & { at: number })[] = [];
  const mailed: string[] = [];
  const windowsAsked: string[] = [];
  const messages: EscalationMessage[] = [];

  const life: Life = {
    get state() {
      return state;
    },
    get rules() {
      return rules;
    },
    get view() {
      return viewOf(state, rules);
    },
    told,
    entries,
    mailed,
    mails,
    windowsAsked,
    messages,
    mailServer: () => 'accepted',
    until(wanted) {
      const end = instant(wanted);
      for (let turn = 0; ; turn++) {
        if (turn > 1_000) throw new Error('due moments that nothing decides');
        const next = nextMoment(state, rules);
        if (!next || next.at > end) break;
        apply({ type: 'time', who: 'system', channel: 'system', at: Math.max(next.at, lastNow) });
      }
      lastNow = Math.max(end, lastNow);
      return life;
    },
    awayUntil(wanted) {
      lastNow = instant(wanted);
      return life.until(wanted);
    },
    on(wanted, type, fields) {
      return life.until(wanted).onAwakening(wanted, type, fields);
    },
    onAwakening(wanted, type, fields) {
      const who = type === 'answer' || type === 'confirm' || type === 'reject' ? 'contact:c1' : 'staff:a1';
      const channel = 'api';
      apply({ who, channel, at: instant(wanted), ...fields, type } as unknown as RequestEvent);
      lastNow = Math.max(lastNow, instant(wanted));
      return life;
    },
    clock: (name) => life.view.clocks.find((clock) => clock.name === name),
    due(name) {
      const at = life.clock(name)?.dueAt;
      return at === undefined ? undefined : said({ at });
    },
    judgedBy(next) {
      rules = next;
      return life;
    },
  };

  function apply(event: RequestEvent): void {
    const before = rules;
    if (event.type === 'amendTerms') rules = rulesOf(event.terms, event.windows);
    if (event.type === 'windowExtended' || event.type === 'openingHoursChanged') {
      rules = rulesOf(rules.terms, event.windows);
    }
    try {
      follow(advance(state, frozen(event), rules, before), event.at);
    } catch (error) {
      rules = before;
      throw error;
    }
  }

  function follow({ state: next, effects }: Advance, at: number): void {
    if (next !== state) state = throughJson(next);
    for (const effect of effects) carryOut(effect, Math.max(at, lastNow));
  }

  function carryOut(effect: Effect, at: number): void {
    const result = { who: 'system', channel: 'system', key: effect.key, at } as const;
    if (effect.kind === 'save') {
      entries.push(...effect.entries);
      told.push(...effect.entries.map((entry) => `${said({ at: entry.at })} ${tellEntry(entry)}`));
      return apply({ ...result, type: 'saved' });
    }
    if (effect.kind === 'startEscalation' || effect.kind === 'tellEscalation') {
      messages.push(effect);
      return apply({ ...result, type: 'escalationTold' });
    }
    if (effect.kind === 'extendWindow') {
      windowsAsked.push(effect.key);
      return;
    }
    mails.push({ ...effect, at });
    mailed.push(`${said({ at })} ${tellMail(effect.order)}`);
    const fate = life.mailServer(effect.order, at);
    if (fate === 'accepted') apply({ ...result, type: 'mailAccepted' });
    if (fate === 'refused') apply({ ...result, type: 'mailRefused' });
    if (fate === 'superseded') apply({ ...result, type: 'mailSuperseded' });
  }

  const opened = openRequest(
    'DA-2026-000001',
    {
      type: 'open',
      contact: 'c1',
      priority,
      text: 't-open',
      who: 'contact:c1',
      channel: 'portal',
      commandId: 'open',
      at: instant(time),
    },
    rules,
  );
  state = opened.state;
  follow(opened, instant(time));
  return life;
}

function tellEntry({ type, facts }: TimelineEntry): string {
  const detail = facts?.clock ?? facts?.step ?? facts?.reason ?? facts?.priority;
  return detail === undefined ? type : `${type} ${detail}`;
}
