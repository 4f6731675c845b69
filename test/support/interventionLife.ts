/** Drives one intervention through the core, with a ledger in memory. Times are local, in Europe/Paris. */
import { buildOpeningWindow } from '../../contracts/calendar.ts';
import { interventionTerms } from '../../contracts/interventionTerms.ts';
import { managedHosting } from '../../contracts/templates/managedHosting.ts';
import { prepaidTickets } from '../../contracts/templates/prepaidTickets.ts';
import { saasSupport } from '../../contracts/templates/saasSupport.ts';
import { type ContractTermsInput, parseTerms } from '../../contracts/terms.ts';
import type { Happening } from '../../domain/events.ts';
import type { InterventionEffect, InterventionMailOrder } from '../../domain/intervention/effects.ts';
import {
  INTERVENTION_CUSTOMER_COMMANDS,
  type InterventionEvent,
  type InterventionEventType,
  type InterventionPayloads,
} from '../../domain/intervention/events.ts';
import {
  advanceIntervention,
  type InterventionAdvance,
  openIntervention,
} from '../../domain/intervention/intervention.ts';
import { nextInterventionMoment } from '../../domain/intervention/passing.ts';
import type { InterventionRules } from '../../domain/intervention/rules.ts';
import type { InterventionState } from '../../domain/intervention/state.ts';
import type { InterventionEntry } from '../../domain/intervention/timeline.ts';
import { type InterventionView, interventionView } from '../../domain/intervention/view.ts';
import { rulesOf } from '../../domain/rules.ts';
import { local, said } from './businessTime.ts';
import { CreditBook } from './creditBook.ts';
import { frozen, throughJson } from './life.ts';

/** Rules of terms, with opening hours of 2026 to 2028. */
export function rulesFor(input: ContractTermsInput): InterventionRules {
  const result = parseTerms(input);
  if (!('terms' in result)) throw new Error(result.errors.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  const { terms } = result;
  const windows = Object.entries(terms.calendars).map(([name, one]) => [
    name,
    buildOpeningWindow(one, {
      ...{ name, version: 1, from: Date.parse('2026-01-01T12:00:00Z') },
      ahead: { until: Date.parse('2028-12-31T12:00:00Z') },
    }),
  ]);
  return rulesOf({ terms: interventionTerms('TEST', 1, terms), windows: Object.fromEntries(windows) });
}

const PARTIES = { customer: 'Customer', provider: 'Provider' };

/** Prepaid tickets. */
export const TICKETS: InterventionRules = rulesFor(prepaidTickets(PARTIES));
/** Managed hosting, with visits, the hotline, time units and half-days. */
export const HOSTING: InterventionRules = rulesFor(
  managedHosting(PARTIES, {
    activeModules: ['subscription', 'plannedMaintenance', 'preventiveHalfDay', 'coordinationDay', 'hotline', 'hosting'],
    monthlyCents: { hosting: 80_000, equipment: 20_000, services: 30_000 },
    halfDays: 4,
  }),
);
/** The SaaS agreement, whose only interventions are on-call work. */
export const SAAS: InterventionRules = rulesFor(saasSupport(PARTIES, { yearlyFeeCents: 1_200_000 }));

type Fields<T extends InterventionEventType> = InterventionPayloads[T] & Partial<Happening>;

export interface InterventionLife {
  readonly state: InterventionState;
  readonly view: InterventionView;
  readonly rules: InterventionRules;
  readonly book: CreditBook;
  /** Keys of all effects so far. */
  readonly keys: string[];
  /** Time of modules that is left, by period. */
  readonly allowances: Map<string, number>;
  /** Every timeline entry so far, as `Mon 2026-11-16 10:00 opened`. */
  readonly told: string[];
  readonly entries: readonly InterventionEntry[];
  /** Every mail ordered so far, as `Mon 2026-11-16 10:00 estimate`. */
  readonly mailed: string[];
  readonly mails: readonly { readonly order: InterventionMailOrder; readonly at: number; readonly key: string }[];
  /** What the mail server does from now on; `none`: nothing is heard of it yet. */
  mailServer: (order: InterventionMailOrder) => 'accepted' | 'refused' | 'none';
  /** While true the ledger does not answer: `answerLedger` makes it. */
  ledgerAway: boolean;
  answerLedger(): InterventionLife;
  /** Lets time pass to this instant, each due moment being decided exactly when it comes. */
  until(time: string | number): InterventionLife;
  /** The same, with the worker away until then. */
  awayUntil(time: string | number): InterventionLife;
  /** Lets time pass to this instant, where this happens. @throws Refusal */
  on<T extends InterventionEventType>(time: string | number, type: T, fields: Fields<T>): InterventionLife;
  /** Other rules from here on. */
  judgedBy(rules: InterventionRules): InterventionLife;
}

const instant = (time: string | number) => (typeof time === 'number' ? time : local(time));

/** A new intervention on a request; the book has what was bought. */
export function openInterventionLife(
  time: string | number,
  startRules: InterventionRules = TICKETS,
  book: CreditBook = new CreditBook(),
  module?: string,
  period?: string,
): InterventionLife {
  let rules = startRules;
  let state: InterventionState;
  let lastNow = instant(time);
  const entries: InterventionEntry[] = [];
  const told: string[] = [];
  const mails: { order: InterventionMailOrder; at: number; key: string }[] = [];
  const mailed: string[] = [];
  const waiting: InterventionEffect[] = [];

  const life: InterventionLife = {
    get state() {
      return state;
    },
    get view() {
      return interventionView(state, rules);
    },
    get rules() {
      return rules;
    },
    keys: [],
    ...{ book, told, entries, mails, mailed, allowances: new Map() },
    mailServer: () => 'accepted',
    ledgerAway: false,
    answerLedger() {
      life.ledgerAway = false;
      for (const effect of waiting.splice(0)) answer(effect, lastNow);
      return life;
    },
    until(wanted) {
      const end = instant(wanted);
      for (let turn = 0; ; turn++) {
        if (turn > 1_000) throw new Error('due moments that nothing decides');
        const next = nextInterventionMoment(state, rules);
        if (!next || next.at > end) break;
        const before = state;
        apply({ type: 'time', who: 'system', channel: 'system', at: Math.max(next.at, lastNow) });
        if (state === before) throw new Error(`nothing decides what is due: ${next.what}`);
      }
      lastNow = Math.max(end, lastNow);
      return life;
    },
    awayUntil(wanted) {
      lastNow = instant(wanted);
      return life.until(wanted);
    },
    on(wanted, type, fields) {
      const isCustomers = (INTERVENTION_CUSTOMER_COMMANDS as readonly string[]).includes(type);
      // New hours come with their event, as in the workflow: time would find them first.
      if (type !== 'openingHoursChanged') life.until(wanted);
      const who = isCustomers ? 'contact:c1' : 'staff:a1';
      apply({ who, channel: 'api', at: instant(wanted), ...fields, type } as unknown as InterventionEvent);
      lastNow = Math.max(lastNow, instant(wanted));
      return life;
    },
    judgedBy(next) {
      rules = next;
      return life;
    },
  };

  function apply(event: InterventionEvent): void {
    follow(advanceIntervention(state, frozen(event), rules), event.at);
  }

  function follow({ state: next, effects }: InterventionAdvance, at: number): void {
    if (next !== state) state = throughJson(next);
    for (const effect of effects) carryOut(effect, Math.max(at, lastNow));
  }

  function carryOut(effect: InterventionEffect, at: number): void {
    life.keys.push(effect.key);
    answer(effect, at);
  }

  function answer(effect: InterventionEffect, at: number): void {
    const result = { who: 'system', channel: 'system', key: effect.key, at } as const;
    const isLedgers = ['reserve', 'settle', 'takeAllowance', 'returnAllowance'].includes(effect.kind);
    if (isLedgers && life.ledgerAway) {
      waiting.push(effect);
      return;
    }
    switch (effect.kind) {
      case 'save':
        entries.push(...effect.entries);
        told.push(...effect.entries.map((entry) => `${said({ at: entry.at })} ${entry.type}`));
        return apply({ ...result, type: 'saved' });
      case 'mail': {
        mails.push({ order: effect.order, at, key: effect.key });
        mailed.push(`${said({ at })} ${tellOrder(effect.order)}`);
        const fate = life.mailServer(effect.order);
        if (fate === 'accepted') apply({ ...result, type: 'mailAccepted' });
        if (fate === 'refused') apply({ ...result, type: 'mailRefused' });
        return;
      }
      case 'reserve': {
        const answer = book.reserve(effect);
        if (answer.result === 'insufficient')
          return apply({ ...result, type: 'unitsLacking', missing: answer.missing });
        const { validUntil } = answer;
        return apply({ ...result, type: 'unitsReserved', ...(validUntil === undefined ? {} : { validUntil }) });
      }
      case 'settle':
        book.settle(effect);
        return apply({ ...result, type: 'unitsSettled' });
      case 'takeAllowance': {
        const left = life.allowances.get(effect.period) ?? effect.seconds;
        const seconds = Math.min(left, effect.seconds);
        life.allowances.set(effect.period, left - seconds);
        return apply({ ...result, type: 'allowanceTaken', seconds });
      }
      case 'returnAllowance':
        life.allowances.set(effect.period, (life.allowances.get(effect.period) ?? 0) + effect.seconds);
        return apply({ ...result, type: 'allowanceReturned' });
      case 'extendWindow':
        return;
    }
  }

  const opened = openIntervention(
    { id: 'intervention:DA-2026-000001:1', request: 'DA-2026-000001', n: 1 },
    {
      ...{ type: 'open', contact: 'c1', text: 't-open', who: 'staff:a1', channel: 'api', commandId: 'open' },
      at: instant(time),
      ...(module === undefined ? {} : { module }),
      ...(period === undefined ? {} : { period }),
    },
    rules,
  );
  state = opened.state;
  follow(opened, instant(time));
  return life;
}

/** A mail, told shortly. */
export function tellOrder(order: InterventionMailOrder): string {
  switch (order.kind) {
    case 'waitingReminder':
      return `reminder ${order.step} of ${order.waitingFor}`;
    case 'moreAsked':
      return `more asked: ${order.because}`;
    case 'interventionTask':
      return `task ${order.task}`;
    case 'interventionNews':
      return `news ${order.news}`;
    case 'cancelled':
      return `cancelled by the ${order.by}`;
    default:
      return order.kind;
  }
}

/** An intervention of tickets whose estimate of so many is approved; the balance has as many, if not said otherwise. */
export function approvedLife(
  time: string,
  units: number,
  { book = new CreditBook().buy('ticket', units), rules = TICKETS, unit = 'ticket' } = {},
): InterventionLife {
  const life = openInterventionLife(time, rules, book);
  const at = instant(time);
  if (rules.terms.beforeWork.includes('feasibilityStudyByCall')) life.on(at, 'study', { feasible: true, text: 't' });
  life.on(at, 'sendEstimate', { estimate: 'e1', unit, units });
  return life.on(at, 'approve', { estimate: 'e1' });
}
