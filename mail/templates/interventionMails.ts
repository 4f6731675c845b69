/** From an intervention's mail order, or a call's alert, to subject, text and HTML. */
import { isNone } from '../../domain/intervention/amounts.ts';
import {
  INTERVENTION_STAFF_MAILS,
  type InterventionMailOrder,
  type InterventionTaskKind,
} from '../../domain/intervention/effects.ts';
import type { UnitAmounts } from '../../domain/intervention/terms.ts';
import type { Language } from '../../domain/languages.ts';
import { type SayInstant, sayInstants, sayMinutes } from './instants.ts';
import { costFacts, expenseFacts, sayAmounts, spentFacts } from './interventionCosts.ts';
import { INTERVENTION_ENGLISH } from './interventionEnglish.ts';
import type { InterventionFacts } from './interventionFacts.ts';
import { INTERVENTION_FRENCH } from './interventionFrench.ts';
import type { InterventionWords } from './interventionWords.ts';
import { type Block, htmlOf, type Letter, textOf } from './letter.ts';
import type { RenderedMail } from './mails.ts';
import { subjectLine } from './subject.ts';
import { travelFacts } from './travel.ts';

const WORDS: { readonly [language in Language]: InterventionWords } = {
  fr: INTERVENTION_FRENCH,
  en: INTERVENTION_ENGLISH,
};

/** Whether staff are its readers. */
export function isForStaff({ kind }: InterventionMailOrder): boolean {
  return (INTERVENTION_STAFF_MAILS as readonly string[]).includes(kind);
}

/** The kinds that a machine writes; the others carry a person's words or decision, which no help desk must drop. */
export function isAutomaticInterventionMail(order: InterventionMailOrder): boolean {
  switch (order.kind) {
    case 'orderNeeded':
    case 'waitingReminder':
    case 'estimateExpired':
    case 'dayBefore':
    case 'interventionTask':
    case 'interventionNews':
      return true;
    case 'moreAsked':
      return order.because !== 'agent';
    case 'cancelled':
      return order.by === 'customer';
    case 'infeasible':
    case 'estimate':
    case 'scheduled':
    case 'postponed':
    case 'report':
      return false;
  }
}

/** A mail of an intervention. The same order with the same facts gives the same mail. */
export function renderInterventionMail(order: InterventionMailOrder, facts: InterventionFacts): RenderedMail {
  const words = WORDS[facts.language];
  const forStaff = isForStaff(order);
  const { title, blocks } = content(order, facts, words, sayInstants(facts.zone, facts.language));
  const automatic = isAutomaticInterventionMail(order) ? words.footerAutomatic : words.footerAnswer;
  return letterOf(facts, {
    title,
    greeting: forStaff ? words.staffGreeting : words.greeting(facts.contact.name),
    blocks: forStaff ? [...blocks, about(facts, words)] : blocks,
    footer: [words.footerRequest(facts.number), forStaff ? words.footerStaff : automatic],
  });
}

/** The alert of a call to its agent. */
export function renderCallAlert(
  because: 'freeMinutesEnd' | 'creditLacking',
  {
    hasFreeMinutes,
    ...facts
  }: Omit<InterventionFacts, 'intervention' | 'units'> & { readonly hasFreeMinutes: boolean },
): RenderedMail {
  const words = WORDS[facts.language];
  const isCounted = because === 'freeMinutesEnd' && !hasFreeMinutes;
  const said = isCounted ? [words.callCounted] : words.call(because);
  return letterOf(facts, {
    title: words.callTitle(because),
    greeting: words.staffGreeting,
    blocks: [...said.map(paragraph), about(facts, words)],
    footer: [words.footerRequest(facts.number), words.footerStaff],
  });
}

function letterOf(
  {
    number,
    subject: about,
    language,
    signature,
  }: Pick<InterventionFacts, 'number' | 'subject' | 'language' | 'signature'>,
  { title, ...rest }: Pick<Letter, 'greeting' | 'blocks' | 'footer'> & { readonly title: string },
): RenderedMail {
  const subject = subjectLine(number, about, title);
  const letter: Letter = { language, signature, ...rest };
  return { subject, text: textOf(letter), html: htmlOf(letter, subject) };
}

interface Content {
  readonly title: string;
  readonly blocks: readonly Block[];
}

function content(
  order: InterventionMailOrder,
  facts: InterventionFacts,
  words: InterventionWords,
  say: SayInstant,
): Content {
  const amounts = (given: UnitAmounts) => sayAmounts(given, facts.units, words.none);
  switch (order.kind) {
    case 'infeasible':
      return { title: words.infeasibleTitle, blocks: quoted(words.infeasible, facts.text) };
    case 'estimate':
      return {
        title: words.estimateTitle,
        blocks: [
          paragraph(words.estimate),
          ...(facts.estimate?.replaces === undefined ? [] : [paragraph(words.replaces(say(facts.estimate.replaces)))]),
          ...estimateBlocks(order.amounts, facts, words),
          paragraph(words.estimateNext),
          ...until(order.expiresAt, words, say),
          ...link(words.decide, facts),
        ],
      };
    case 'orderNeeded': {
      const missing = Object.keys(order.missing).length === 0 ? undefined : amounts(order.missing);
      return { title: words.orderTitle, blocks: words.orderNeeded(missing).map(paragraph) };
    }
    case 'moreAsked': {
      const paidBy = isNone(order.approved) ? 'flatRate' : 'approved';
      const told = { used: amounts(order.used), approved: amounts(order.approved) };
      return {
        title: words.moreTitle(order.because),
        blocks: [
          ...words.more(order.because, paidBy === 'flatRate' ? undefined : told).map(paragraph),
          ...(order.because === 'usedUp' ? [] : [paragraph(words.workLeft(order.secondsLeft))]),
          ...quoted(words.remark, facts.text),
          paragraph(words.moreAmounts(order.amounts && amounts(order.amounts))),
          paragraph(words.moreNext[paidBy]),
          ...link(words.decideMore, facts),
        ],
      };
    }
    case 'waitingReminder': {
      const decides = order.waitingFor === 'more' ? words.decideMore : words.decide;
      return {
        title: words.reminderTitle(order.step),
        blocks: [
          ...words.reminder(order.waitingFor, say(order.since)).map(paragraph),
          ...(order.waitingFor === 'approval' ? until(facts.expiresAt, words, say) : []),
          ...link(decides, facts),
        ],
      };
    }
    case 'estimateExpired':
      return { title: words.expiredTitle, blocks: words.expired.map(paragraph) };
    case 'scheduled':
      return {
        title: words.scheduledTitle,
        blocks: [
          paragraph(words.scheduled(say.span(order.from, order.to))),
          ...(order.wasFrom === undefined ? [] : [paragraph(words.insteadOf(say(order.wasFrom)))]),
          ...(order.backup ? [notice(words.backup)] : []),
          ...limit(order, words, say),
        ],
      };
    case 'dayBefore':
      return {
        title: words.dayBeforeTitle,
        blocks: [
          paragraph(words.dayBefore(say.span(order.from, order.to))),
          ...(order.backup ? [notice(words.backup)] : []),
        ],
      };
    case 'postponed':
      return {
        title: words.postponedTitle,
        blocks: [...words.postponed(say(order.wasFrom)).map(paragraph), ...quoted(words.remark, facts.text)],
      };
    case 'cancelled':
      return {
        title: words.cancelledTitle,
        blocks: [
          paragraph(order.otherDate ? words.cancelledByOtherDate : words.cancelled(order.by, !isNone(order.cost.used))),
          ...quoted(words.remark, facts.text),
          {
            is: 'facts',
            facts: [
              ...(facts.planned ? [[words.planned, say.span(facts.planned.from, facts.planned.to)] as const] : []),
              ...costFacts(order.cost, facts, words),
            ],
          },
          ...statement(facts, words),
        ],
      };
    case 'report':
      return {
        title: words.reportTitle,
        blocks: [
          ...quoted(words.report, facts.text),
          ...quoted(words.actionPlan, facts.actionPlan),
          {
            is: 'facts',
            facts: [
              ...(order.qualityIndex === undefined
                ? []
                : [[words.qualityIndex, words.outOfHundred(order.qualityIndex)] as const]),
              [words.time, sayDuration(order.seconds)],
              ...(order.included === undefined ? [] : [[words.included, sayDuration(order.included)] as const]),
              ...spentFacts(order, facts, words),
              ...expenseFacts(facts.expensesDue, facts, words),
            ],
          },
          ...statement(facts, words),
        ],
      };
    case 'interventionTask':
      return { title: words.taskTitle(order.task), blocks: taskOf(order.task, facts, words).map(paragraph) };
    case 'interventionNews': {
      const { from, wasFrom } = order;
      const dates = from === undefined || wasFrom === undefined ? [] : [words.newDate(say(from), say(wasFrom))];
      const [title, ...said] = words.news(order.news);
      return { title, blocks: [...said, ...dates].map(paragraph) };
    }
  }
}

function taskOf(
  task: InterventionTaskKind,
  { isUncovered }: InterventionFacts,
  words: InterventionWords,
): readonly string[] {
  return task === 'agreeDate' && isUncovered ? words.uncovered : words.task(task);
}

/** Time worked, in started minutes. */
function sayDuration(seconds: number): string {
  return sayMinutes(Math.ceil(seconds / 60));
}

/** Limits fall at the end of a local day: people read the day. */
function until(end: number | undefined, { estimateUntil }: InterventionWords, say: SayInstant): readonly Block[] {
  return end === undefined ? [] : [paragraph(estimateUntil(say.lastDay(end), say.zone))];
}

function limit(
  { freeBefore, late }: Extract<InterventionMailOrder, { kind: 'scheduled' }>,
  words: InterventionWords,
  say: SayInstant,
): readonly Block[] {
  if (freeBefore === undefined) return [];
  return [paragraph(late ? words.neverFree : words.freeUntil(say.lastDay(freeBefore), say.zone))];
}

function estimateBlocks(amounts: UnitAmounts, facts: InterventionFacts, words: InterventionWords): readonly Block[] {
  const { estimate, units } = facts;
  const isOnCall = estimate?.onCall ?? false;
  const cost = isOnCall
    ? ([words.onCall, words.onCallCost] as const)
    : ([words.cost, sayAmounts(amounts, units, words.none)] as const);
  return [
    ...quoted(words.scope, estimate?.scope),
    ...listed(words.prerequisites, estimate?.prerequisites),
    ...listed(words.limits, estimate?.limits),
    ...listed(words.deliverables, estimate?.deliverables),
    { is: 'facts', facts: [cost, ...(estimate?.travel ? travelFacts(estimate.travel, facts) : [])] },
  ];
}

/** Where no units are spent there is nothing in it. */
function statement({ onCall }: InterventionFacts, words: InterventionWords): readonly Block[] {
  return onCall ? [] : [paragraph(words.statement)];
}

function about(
  facts: Pick<InterventionFacts, 'subject' | 'contract' | 'customer' | 'contact'> & { readonly intervention?: string },
  words: InterventionWords,
): Block {
  return {
    is: 'facts',
    facts: [
      [words.subject, facts.subject],
      ...(facts.intervention === undefined ? [] : [[words.intervention, facts.intervention] as const]),
      [words.contract, `${facts.contract} (${facts.customer})`],
      [words.contact, `${facts.contact.name} <${facts.contact.email}>`],
    ],
  };
}

function link(label: string, { link: url }: InterventionFacts): readonly Block[] {
  return url === undefined ? [] : [{ is: 'link', label, url }];
}

function paragraph(text: string): Block {
  return { is: 'paragraph', text };
}

function notice(text: string): Block {
  return { is: 'notice', text };
}

function quoted(lead: string, text: string | undefined): readonly Block[] {
  return text === undefined || text.trim() === '' ? [] : [{ is: 'quote', lead, text }];
}

function listed(lead: string, lines: readonly string[] | undefined): readonly Block[] {
  return lines === undefined || lines.length === 0 ? [] : quoted(lead, lines.map((line) => `– ${line}`).join('\n'));
}
