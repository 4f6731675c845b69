/** From an order of the core and the facts it stands for to a mail that can be sent. */
import type { ClockDue, MailOrder, ProposalKind } from '../../domain/effects.ts';
import type { Language } from '../../domain/languages.ts';
import { ENGLISH } from './english.ts';
import { FRENCH } from './french.ts';
import { type SayInstant, sayInstants } from './instants.ts';
import { type Block, htmlOf, type Letter, textOf } from './letter.ts';
import { subjectLine } from './subject.ts';
import type { OrderOf, Words } from './words.ts';

/** What the order names by id, read from Postgres: names, texts, labels, language. */
export interface MailFacts {
  readonly number: string;
  /** The request's subject, as its author wrote it. */
  readonly subject: string;
  /** The reader's language. */
  readonly language: Language;
  /** IANA zone of the contract: every date is said in it. */
  readonly zone: string;
  /** Name of the team that signs. */
  readonly signature: string;
  readonly contract: string;
  readonly customer: string;
  readonly contact: { readonly name: string; readonly email: string };
  /** Label of the order's priority, in the reader's language. */
  readonly priority?: string;
  /** Words of the terms for the order's exclusion, in the reader's language. */
  readonly exclusion?: string;
  /** The text that the order names. */
  readonly text?: string;
  /** Reminders: the question or proposal that waits for an answer. */
  readonly asked?: { readonly kind: 'question' | ProposalKind; readonly text: string };
  /** Tasks: the message to be looked at. */
  readonly message?: { readonly sender: string; readonly subject: string };
}

/** A mail as it is stored and sent. */
export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const WORDS: { readonly [language in Language]: Words } = { fr: FRENCH, en: ENGLISH };

/** The kinds that a machine writes: marked so that no other machine answers them. */
export function isAutomatic(order: MailOrder): boolean {
  switch (order.kind) {
    case 'receipt':
    case 'acknowledgement':
    case 'escalated':
    case 'escalationAcknowledged':
    case 'reminder':
    case 'closing':
    case 'warning':
    case 'breach':
    case 'task':
    case 'lateReport':
      return true;
    case 'question':
      return order.automatic;
    // an agent's words, or a wish that another help desk must not drop as automatic
    case 'requalified':
    case 'recovery':
    case 'workaround':
    case 'fix':
    case 'production':
    case 'refusal':
    case 'reopened':
      return false;
  }
}

/** Renders any order: subject, text and HTML. The same order with the same facts gives the same mail. */
export function renderMail(order: MailOrder, facts: MailFacts): RenderedMail {
  const words = WORDS[facts.language];
  const say = sayInstants(facts.zone, facts.language);
  const { title, blocks, forStaff } = content(order, facts, words, say);
  const subject = subjectLine(facts.number, facts.subject, title);
  const letter: Letter = {
    language: facts.language,
    greeting: forStaff ? words.staffGreeting : words.greeting(facts.contact.name),
    blocks,
    signature: facts.signature,
    footer: footer(order, facts, words, forStaff),
  };
  return { subject, text: textOf(letter), html: htmlOf(letter, subject) };
}

interface Content {
  readonly title?: string;
  readonly blocks: readonly Block[];
  readonly forStaff: boolean;
}

function content(order: MailOrder, facts: MailFacts, words: Words, say: SayInstant): Content {
  switch (order.kind) {
    case 'receipt':
      return customer([
        paragraph(order.unasked ? words.unaskedReceipt(facts.number) : words.receipt(facts.number)),
        { is: 'facts', facts: [[words.subject, facts.subject], ...priorityFact(facts, words)] },
        ...dueBlocks(order.due, words, say),
        paragraph(order.unasked ? words.unaskedReceiptNext : words.receiptNext),
        ...quoted(order.unasked ? words.itsContent : words.yourMessage, facts.text),
      ]);
    case 'acknowledgement':
      return customer([
        paragraph(words.acknowledgement),
        { is: 'facts', facts: [[words.subject, facts.subject], ...priorityFact(facts, words)] },
        ...dueBlocks(order.due, words, say),
      ]);
    case 'requalified':
      return customer([
        paragraph(words.requalified),
        { is: 'facts', facts: [[words.subject, facts.subject], ...priorityFact(facts, words)] },
        ...quoted(words.remark, facts.text),
        ...dueBlocks(order.due, words, say),
      ]);
    case 'recovery':
      return customer([paragraph(words.recovery), ...quoted(words.remark, facts.text), paragraph(words.recoveryNext)]);
    case 'question':
      return customer([
        ...quoted(words.question(order.automatic), facts.text),
        paragraph(words.questionNext),
        ...firstReminder(order.firstReminderAt, words, say),
      ]);
    case 'workaround':
    case 'fix':
      return customer([
        ...quoted(words.proposal(order.kind, order.escalation !== undefined), facts.text),
        { is: 'notice', text: words.backUpFirst },
        ...words.proposalNext(order.kind).map(paragraph),
        ...firstReminder(order.firstReminderAt, words, say),
      ]);
    case 'production':
      return customer([...words.production.map(paragraph), ...firstReminder(order.firstReminderAt, words, say)]);
    case 'reminder':
      return customer(reminderBlocks(order, facts, words, say), words.reminderTitle(order.step));
    case 'closing':
      return customer(closingBlocks(order, facts, words, say), words.closingTitle);
    case 'refusal':
      return customer(
        [
          paragraph(words.refusal(facts.exclusion ?? order.exclusion)),
          ...quoted(words.remark, facts.text),
          paragraph(words.refusalNext),
        ],
        words.refusalTitle,
      );
    case 'reopened':
      return customer([paragraph(words.reopened), ...quoted(words.remark, facts.text)]);
    case 'escalated':
      return customer([paragraph(words.escalated), paragraph(words.escalatedNext)]);
    case 'escalationAcknowledged':
      return customer([paragraph(words.escalationAcknowledged), paragraph(words.escalatedNext)]);
    case 'warning': {
      const clock = words.clocks[order.clock];
      return staff(words.warningTitle(clock), [words.warning(clock, say(order.dueAt))], facts, words);
    }
    case 'breach': {
      const clock = words.clocks[order.clock];
      return staff(words.breachTitle(clock), [words.breach(clock, say(order.dueAt))], facts, words);
    }
    case 'lateReport':
      return staff(words.lateReportTitle, words.lateReport(order.escalation, order.what), facts, words);
    case 'task':
      return staff(words.taskTitle(order.task), words.task(order.task), facts, words);
  }
}

function reminderBlocks(order: OrderOf<'reminder'>, facts: MailFacts, words: Words, say: SayInstant): readonly Block[] {
  const when = order.next.at === undefined ? undefined : say(order.next.at);
  return [
    paragraph(words.reminder),
    paragraph(words.waitingFor(order.waitingFor, order.proposal, say(order.waitingSince))),
    ...(facts.asked === undefined ? [] : quoted(words.whatWeWrote(facts.asked.kind), facts.asked.text)),
    ...(order.waitingFor === 'confirmation' ? [{ is: 'notice', text: words.backUpFirst } as const] : []),
    paragraph(words.howToAnswer(order.waitingFor)),
    paragraph(
      order.next.what === 'closing' || order.step === 3
        ? words.nextClosing(order.waitingFor, when)
        : words.nextReminder(order.step === 1 ? 2 : 3, when),
    ),
  ];
}

function closingBlocks(order: OrderOf<'closing'>, facts: MailFacts, words: Words, say: SayInstant): readonly Block[] {
  return [
    paragraph(
      words.closing(order.reason, {
        ...(order.waitingFor === undefined ? {} : { waitingFor: order.waitingFor }),
        ...(order.waitingSince === undefined ? {} : { since: say(order.waitingSince) }),
        ...(order.duplicateOf === undefined ? {} : { duplicateOf: order.duplicateOf }),
      }),
    ),
    ...quoted(words.remark, facts.text),
    ...(order.reopenUntil === undefined ? [] : [paragraph(words.reopenUntil(say(order.reopenUntil)))]),
  ];
}

function customer(blocks: readonly Block[], title?: string): Content {
  return { blocks, forStaff: false, ...(title === undefined ? {} : { title }) };
}

function staff(title: string, paragraphs: readonly string[], facts: MailFacts, words: Words): Content {
  const about: (readonly [string, string])[] = [
    [words.subject, facts.subject],
    ...priorityFact(facts, words),
    [words.contract, `${facts.contract} (${facts.customer})`],
    [words.contact, `${facts.contact.name} <${facts.contact.email}>`],
  ];
  if (facts.message) {
    about.push([words.sender, facts.message.sender], [words.message, facts.message.subject]);
  }
  return { title, blocks: [...paragraphs.map(paragraph), { is: 'facts', facts: about }], forStaff: true };
}

function footer(order: MailOrder, facts: MailFacts, words: Words, forStaff: boolean): readonly string[] {
  if (forStaff) return [words.footerRequest(facts.number), words.footerStaff];
  return [words.footerRequest(facts.number), isAutomatic(order) ? words.footerAutomatic : words.footerAnswer];
}

function paragraph(text: string): Block {
  return { is: 'paragraph', text };
}

function quoted(lead: string, text: string | undefined): readonly Block[] {
  return text === undefined || text.trim() === '' ? [] : [{ is: 'quote', lead, text }];
}

function priorityFact(facts: MailFacts, words: Words): readonly (readonly [string, string])[] {
  return facts.priority === undefined ? [] : [[words.priority, facts.priority]];
}

function dueBlocks(due: readonly ClockDue[], words: Words, say: SayInstant): readonly Block[] {
  if (due.length === 0) return [];
  return [
    {
      is: 'facts',
      lead: words.dueList(say.zone),
      facts: due.map(({ clock, at }) => [words.clocks[clock], say.bare(at)]),
    },
  ];
}

function firstReminder(at: number | undefined, words: Words, say: SayInstant): readonly Block[] {
  return at === undefined ? [] : [paragraph(words.firstReminder(say(at)))];
}
