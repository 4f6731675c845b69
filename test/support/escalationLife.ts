/** Drives one escalation through the core, so that tests of it read like stories. Times are local, in Europe/Paris. */
import { buildOpeningWindow } from '../../contracts/calendar.ts';
import { escalationTerms } from '../../contracts/requestTerms.ts';
import { publisherSupport } from '../../contracts/templates/publisherSupport.ts';
import { parseTerms } from '../../contracts/terms.ts';
import type { EscalationRules } from '../../domain/escalation/draft.ts';
import type { EscalationEffect, EscalationMailOrder } from '../../domain/escalation/effects.ts';
import { advanceEscalation, type EscalationAdvance, openEscalation } from '../../domain/escalation/escalation.ts';
import type {
  EscalationCommandName,
  EscalationEvent,
  EscalationEventType,
  EscalationPayloads,
} from '../../domain/escalation/events.ts';
import type { EscalationReport } from '../../domain/escalation/messages.ts';
import { nextMoment } from '../../domain/escalation/passing.ts';
import type { EscalationState } from '../../domain/escalation/state.ts';
import type { EscalationTerms } from '../../domain/escalation/terms.ts';
import type { EscalationEntry } from '../../domain/escalation/timeline.ts';
import { type EscalationView, viewOf } from '../../domain/escalation/view.ts';
import type { Happening, Windows } from '../../domain/events.ts';
import { rulesOf } from '../../domain/rules.ts';
import { local, said } from './businessTime.ts';
import { frozen, type MailFate, throughJson } from './life.ts';

const parsed = parseTerms(publisherSupport({ customer: 'Distributor', provider: 'Publisher' }));
if (!('terms' in parsed)) throw new Error('the template of family C is invalid');

/** Family C's terms as they are written. */
export const PUBLISHER_CONTRACT = parsed.terms;

/** Family C, as a running escalation has it; chased after 1, 2 and 4 business days. */
export const PUBLISHER_TERMS: EscalationTerms = {
  ...escalationTerms('TEST-C', 1, PUBLISHER_CONTRACT),
  chasers: { after: [1, 2, 4].map((businessDays) => ({ businessDays, calendar: 'publisher' })) },
};

const [calendar] = Object.values(PUBLISHER_CONTRACT.calendars);
if (!calendar) throw new Error('the template of family C has no calendar');

/** The publisher's opening hours between two local dates, in version 1 or what is said. */
export function publisherWindows(from = '2026-01-01', until = '2027-12-31', version = 1): Windows {
  if (!calendar) throw new Error('no calendar');
  const [start, end] = [from, until].map((day) => Date.parse(`${day}T12:00:00Z`));
  return {
    publisher: buildOpeningWindow(calendar, {
      name: 'publisher',
      version,
      from: start ?? 0,
      ahead: { until: end ?? 0 },
    }),
  };
}

/** Family C over 2026 and 2027. */
export const PUBLISHER_RULES: EscalationRules = rulesOf({ terms: PUBLISHER_TERMS, windows: publisherWindows() });

export const ESCALATION = {
  id: 'escalation:DA-2026-000001:1',
  request: 'DA-2026-000001',
  n: 1,
  publisher: 'pub1',
} as const;

/** The defaults of each command: enough to be carried out. */
export const ESCALATION_FIELDS: { readonly [name in EscalationCommandName]: EscalationPayloads[name] } = {
  acknowledge: { sr: 'SR-2026-000001', srIssuedBy: 'distributor' },
  startWork: {},
  ask: { text: 't-ask' },
  deliverWorkaround: { text: 't-workaround' },
  deliverFix: { text: 't-fix' },
  refuse: { exclusion: 'travel' },
  confirmPriority: {},
  contestPriority: { priority: 'p3', text: 't-contest' },
  note: { text: 't-note' },
  provide: { text: 't-provide' },
  proposePriority: { priority: 'p1', text: 't-propose' },
  agreePriority: {},
  withdraw: {},
  settleTask: { task: 'publisherSilent' },
  correctAddress: {},
};

type Fields<T extends EscalationEventType> = Partial<EscalationPayloads[T]> & Partial<Happening>;

export interface EscalationLife {
  readonly state: EscalationState;
  readonly view: EscalationView;
  /** Every line so far, as `Mon 2026-11-16 10:00 sent p2`. */
  readonly told: string[];
  readonly entries: readonly EscalationEntry[];
  /** Every mail ordered so far, as `Mon 2026-11-16 10:00 chaser 1`. */
  readonly mailed: string[];
  readonly mails: readonly Extract<EscalationEffect, { kind: 'mail' }>[];
  readonly reports: readonly EscalationReport[];
  readonly windowsAsked: string[];
  /** Decides what the mail server does from now on. */
  mailServer: (order: EscalationMailOrder) => MailFate;
  /** Lets time pass to this instant, each due moment being decided exactly when it comes. */
  until(time: string | number): EscalationLife;
  /** Lets time pass to this instant, where this happens. @throws Refusal */
  on<T extends EscalationEventType>(time: string | number, type: T, fields?: Fields<T>): EscalationLife;
  /** The request says this, under this id. */
  judged(time: string | number, verdict: Verdict, id?: string): EscalationLife;
  /** When the resolution is due, as `Mon 2026-11-16 13:00`. */
  readonly due: string | undefined;
}

/** What a request says; its id, instant and author are of no interest here. */
export type Verdict =
  | { what: 'accepted'; kind: 'workaround' | 'fix'; ends: boolean }
  | { what: 'rejected'; kind: 'workaround' | 'fix'; text?: string }
  | { what: 'withdrawn'; text?: string };

/** An escalation sent at this local time. */
export function sendLife(
  priority: string,
  time: string | number,
  rules: EscalationRules = PUBLISHER_RULES,
): EscalationLife {
  let state: EscalationState;
  let lastNow = instant(time);
  let verdicts = 0;
  const entries: EscalationEntry[] = [];
  const told: string[] = [];
  const mails: Extract<EscalationEffect, { kind: 'mail' }>[] = [];
  const mailed: string[] = [];
  const reports: EscalationReport[] = [];
  const windowsAsked: string[] = [];

  const life: EscalationLife = {
    get state() {
      return state;
    },
    get view() {
      return viewOf(state, rules);
    },
    told,
    entries,
    mailed,
    mails,
    reports,
    windowsAsked,
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
    on(wanted, type, fields = {}) {
      life.until(wanted);
      const defaults = ESCALATION_FIELDS[type as EscalationCommandName] ?? {};
      apply({
        who: 'publisher:p1',
        channel: 'api',
        at: instant(wanted),
        ...defaults,
        ...fields,
        type,
      } as unknown as EscalationEvent);
      return life;
    },
    judged(wanted, verdict, id = `request:DA-2026-000001:verdict:${++verdicts}`) {
      const at = instant(wanted);
      return life.on(wanted, 'told', { verdict: { id, at, who: 'contact:c1', ...verdict } });
    },
    get due() {
      const at = life.view.clocks.find((clock) => clock.name === 'resolution')?.dueAt;
      return at === undefined ? undefined : said({ at });
    },
  };

  function apply(event: EscalationEvent): void {
    follow(advanceEscalation(state, frozen(event), rules), event.at);
  }

  function follow({ state: next, effects }: EscalationAdvance, at: number): void {
    if (next !== state) state = throughJson(next);
    for (const effect of effects) carryOut(effect, Math.max(at, lastNow));
  }

  function carryOut(effect: EscalationEffect, at: number): void {
    const result = { who: 'system', channel: 'system', key: effect.key, at } as const;
    switch (effect.kind) {
      case 'save':
        entries.push(...effect.entries);
        told.push(...effect.entries.map((entry) => `${said({ at: entry.at })} ${tellEntry(entry)}`));
        return apply({ ...result, type: 'saved' });
      case 'report':
        reports.push(effect.report);
        return apply({ ...result, type: 'reported' });
      case 'extendWindow':
        windowsAsked.push(effect.key);
        return;
      case 'mail': {
        mails.push(effect);
        mailed.push(`${said({ at })} ${tellOrder(effect.order)}`);
        const fate = life.mailServer(effect.order);
        if (fate === 'accepted') apply({ ...result, type: 'mailAccepted' });
        if (fate === 'refused') apply({ ...result, type: 'mailRefused' });
        if (fate === 'superseded') apply({ ...result, type: 'mailSuperseded' });
      }
    }
  }

  const opened = openEscalation(
    ESCALATION,
    {
      type: 'send',
      priority,
      sentBy: 'contact:ref1',
      who: 'staff:a1',
      channel: 'api',
      commandId: 'send',
      at: instant(time),
    },
    rules,
  );
  state = opened.state;
  follow(opened, instant(time));
  return life;
}

function instant(time: string | number): number {
  return typeof time === 'number' ? time : local(time);
}

function tellEntry({ type, facts }: EscalationEntry): string {
  const detail = facts?.clock ?? facts?.step ?? facts?.kind ?? facts?.exclusion ?? facts?.task ?? facts?.priority;
  return detail === undefined ? type : `${type} ${detail}`;
}

/** A mail's order, shortly: `chaser 1`, `publisherTask quote`. */
export function tellOrder(order: EscalationMailOrder): string {
  switch (order.kind) {
    case 'chaser':
      return `chaser ${order.step}`;
    case 'publisherTask':
      return `publisherTask ${order.task}`;
    case 'accepted':
    case 'rejected':
      return `${order.kind} ${order.of}`;
    case 'escalated':
    case 'priority':
      return `${order.kind} ${order.priority}`;
    default:
      return order.kind;
  }
}
