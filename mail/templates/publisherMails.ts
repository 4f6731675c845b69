/** From an escalation's mail order to subject, text and HTML. What goes to the publisher knows nothing of the customer. */
import type { EscalationMailOrder } from '../../domain/escalation/effects.ts';
import { type EscalationPackage, PACKAGE_PARTS, type PackagePart } from '../../domain/escalation/package.ts';
import type { Language } from '../../domain/languages.ts';
import type { PublisherAction } from '../tokens.ts';
import { sayInstants } from './instants.ts';
import { type Block, htmlOf, type Letter, oneLine, textOf } from './letter.ts';
import type { RenderedMail } from './mails.ts';
import { PUBLISHER_ENGLISH } from './publisherEnglish.ts';
import { PUBLISHER_FRENCH } from './publisherFrench.ts';
import type { PublisherWords } from './publisherWords.ts';
import { subjectLine } from './subject.ts';

/** What both sides' mails need. */
interface EscalationFacts {
  /** The SR, or until there is one the escalation as people quote it. */
  readonly reference: string;
  /** The reader's language. */
  readonly language: Language;
  /** IANA zone of the contract with the publisher. */
  readonly zone: string;
  readonly signature: string;
  /** Reference of the contract with the publisher. */
  readonly contract: string;
  /** Of the order's priority, else of the one that counts. In the reader's language. */
  readonly priority: { readonly label: string; readonly meaning: string };
  /** The text that the order names. */
  readonly text?: string;
}

/** What a mail to the publisher says besides its order. Nothing here names the customer. */
export interface PublisherFacts extends EscalationFacts {
  readonly distributor: string;
  /** Who sends the escalation. */
  readonly referent?: string;
  readonly parts: EscalationPackage;
  /** Files of the package: sizes in bytes; `attached` when they go with this mail. */
  readonly files: readonly { readonly name: string; readonly size: number; readonly attached: boolean }[];
  /** What is possible now, each at its address. */
  readonly actions: readonly { readonly action: Exclude<PublisherAction, 'note'>; readonly address: string }[];
}

/** What a mail to staff says besides its order. */
export interface EscalationStaffFacts extends EscalationFacts {
  readonly number: string;
  /** The request's subject. */
  readonly subject: string;
  readonly publisher: string;
  /** Words of the terms for the order's exclusion, in the reader's language. */
  readonly exclusion?: string;
  /** The message to be looked at. */
  readonly message?: { readonly sender: string; readonly subject: string };
}

/** Orders of mails to staff. */
export type EscalationStaffOrder = Extract<
  EscalationMailOrder,
  { readonly kind: 'publisherWarning' | 'publisherBreach' | 'publisherTask' }
>;
/** Orders of mails to the publisher. */
export type PublisherOrder = Exclude<EscalationMailOrder, EscalationStaffOrder>;

const WORDS: { readonly [language in Language]: PublisherWords } = { fr: PUBLISHER_FRENCH, en: PUBLISHER_ENGLISH };

/** Whether staff are its readers. */
export function isStaffOrder(order: EscalationMailOrder): order is EscalationStaffOrder {
  return order.kind === 'publisherWarning' || order.kind === 'publisherBreach' || order.kind === 'publisherTask';
}

/** The kinds that a machine writes. The package and what follows it carry a person's words, which no help desk must drop. */
export function isAutomaticEscalationMail({ kind }: EscalationMailOrder): boolean {
  switch (kind) {
    case 'chaser':
    case 'publisherWarning':
    case 'publisherBreach':
    case 'publisherTask':
      return true;
    case 'escalated':
    case 'provided':
    case 'accepted':
    case 'rejected':
    case 'withdrawn':
    case 'priority':
      return false;
  }
}

/** What the publisher may do after this mail, as far as its order tells. `isAcknowledged`: there is an SR already. */
export function actionsAfter(
  order: PublisherOrder,
  isAcknowledged: boolean,
): readonly PublisherFacts['actions'][number]['action'][] {
  const working = ['ask', 'deliverWorkaround', 'deliverFix'] as const;
  switch (order.kind) {
    case 'escalated':
    case 'chaser':
    case 'priority':
      return isAcknowledged ? working : ['acknowledge', ...working];
    case 'provided':
    case 'rejected':
      return working;
    case 'accepted':
      return order.ends ? [] : working;
    case 'withdrawn':
      return [];
  }
}

/** A mail to the publisher. The same order with the same facts gives the same mail. */
export function renderPublisherMail(order: PublisherOrder, facts: PublisherFacts): RenderedMail {
  const words = WORDS[facts.language];
  const { title, blocks } = publisherContent(order, facts, words);
  const subject = subjectLine(facts.reference, title);
  const letter: Letter = {
    language: facts.language,
    greeting: words.greeting,
    blocks: [...blocks, ...actionBlocks(subject, facts, words), paragraph(words.plainReply)],
    signature: facts.signature,
    footer: [words.footer(facts.reference), ...(isAutomaticEscalationMail(order) ? [words.footerAutomatic] : [])],
  };
  return { subject, text: textOf(letter), html: htmlOf(letter, subject) };
}

/** A mail to staff about an escalation. */
export function renderEscalationStaffMail(order: EscalationStaffOrder, facts: EscalationStaffFacts): RenderedMail {
  const words = WORDS[facts.language];
  const { title, paragraphs } = staffContent(order, facts, words);
  const subject = subjectLine(facts.number, facts.subject, title);
  const about: (readonly [string, string])[] = [
    [words.publisher, facts.publisher],
    [words.reference, facts.reference],
    [words.priority, facts.priority.label],
    [words.contract, facts.contract],
    [words.request, facts.number],
    [words.subject, facts.subject],
  ];
  if (facts.message) about.push([words.sender, facts.message.sender], [words.message, facts.message.subject]);
  const isQuestion = order.kind === 'publisherTask' && order.task === 'answerPublisher';
  const letter: Letter = {
    language: facts.language,
    greeting: words.greeting,
    blocks: [
      ...paragraphs.map(paragraph),
      ...quoted(isQuestion ? words.question : words.publisherSays, facts.text),
      { is: 'facts', facts: about },
    ],
    signature: facts.signature,
    footer: [words.footer(facts.reference), words.footerStaff],
  };
  return { subject, text: textOf(letter), html: htmlOf(letter, subject) };
}

function publisherContent(
  order: PublisherOrder,
  facts: PublisherFacts,
  words: PublisherWords,
): { readonly title: string; readonly blocks: readonly Block[] } {
  const say = sayInstants(facts.zone, facts.language);
  const { priority } = facts;
  switch (order.kind) {
    case 'escalated':
      return {
        title: words.escalatedTitle(priority.label),
        blocks: [
          paragraph(words.escalated(facts.distributor, facts.contract)),
          about(facts, words, [
            [words.proposedPriority, priority.label],
            [words.meaning, priority.meaning],
          ]),
          ...PACKAGE_PARTS.flatMap((part) => partBlocks(part, facts, words)),
        ],
      };
    case 'chaser':
      return {
        title: words.chaserTitle(order.step),
        blocks: [
          paragraph(words.chaser(say(order.sentAt))),
          about(facts, words, [
            [words.priority, priority.label],
            [words.meaning, priority.meaning],
          ]),
          ...partBlocks('problem', facts, words),
        ],
      };
    case 'provided':
      return {
        title: words.providedTitle,
        blocks: [about(facts, words), ...quoted(words.provided, facts.text), paragraph(words.providedNext)],
      };
    case 'accepted':
      return {
        title: words.acceptedTitle(order.ends),
        blocks: [...words.accepted(order.of, order.ends).map(paragraph), about(facts, words)],
      };
    case 'rejected':
      return {
        title: words.rejectedTitle,
        blocks: [
          paragraph(words.rejected(order.of)),
          ...quoted(words.remark, facts.text),
          paragraph(words.rejectedNext(order.dueAt === undefined ? undefined : say(order.dueAt))),
          about(facts, words),
        ],
      };
    case 'withdrawn':
      return {
        title: words.withdrawnTitle,
        blocks: [paragraph(words.withdrawn), ...quoted(words.remark, facts.text), about(facts, words)],
      };
    case 'priority':
      return {
        title: words.priorityTitle(order.agreed),
        blocks: [
          paragraph(words.prioritySaid(order.agreed)),
          about(facts, words, [
            [order.agreed ? words.priority : words.proposedPriority, priority.label],
            [words.meaning, priority.meaning],
          ]),
          ...quoted(words.remark, facts.text),
          ...(order.agreed ? [] : [paragraph(words.priorityNext)]),
        ],
      };
  }
}

function staffContent(
  order: EscalationStaffOrder,
  { zone, language, exclusion }: EscalationStaffFacts,
  words: PublisherWords,
): { readonly title: string; readonly paragraphs: readonly string[] } {
  const say = sayInstants(zone, language);
  switch (order.kind) {
    case 'publisherWarning': {
      const clock = words.clocks[order.clock];
      return { title: words.warningTitle(clock), paragraphs: [words.warning(clock, say(order.dueAt))] };
    }
    case 'publisherBreach': {
      const clock = words.clocks[order.clock];
      return { title: words.breachTitle(clock), paragraphs: [words.breach(clock, say(order.dueAt))] };
    }
    case 'publisherTask':
      return { title: words.taskTitle(order.task), paragraphs: words.task(order.task, exclusion) };
  }
}

/** Which escalation it is, and whose. */
function about(
  { reference, distributor, referent }: PublisherFacts,
  words: PublisherWords,
  more: readonly (readonly [string, string])[] = [],
): Block {
  const who: [string, string][] = referent === undefined ? [] : [[words.sentBy, referent]];
  return { is: 'facts', facts: [[words.reference, reference], [words.distributor, distributor], ...who, ...more] };
}

/** A part as it was given, or why it does not apply. */
function partBlocks(
  part: PackagePart,
  { parts, files, language }: PublisherFacts,
  words: PublisherWords,
): readonly Block[] {
  const given = parts[part];
  const name = words.parts[part];
  const colon = language === 'fr' ? ' :' : ':';
  if (given === undefined) return [];
  if ('notApplicable' in given) return [paragraph(words.notApplicable(name, oneLine(given.notApplicable)))];
  if ('given' in given) return quoted(`${name}${colon}`, given.given);
  const lines = files.map(({ name: file, size, attached }): [string, string] => {
    const said = sizeOf(size, words.units, language);
    return [oneLine(file), attached ? words.attached(said) : words.notAttached(said)];
  });
  return [{ is: 'facts', lead: `${name}${colon}`, facts: lines }];
}

function sizeOf(bytes: number, [small, thousand, million]: PublisherWords['units'], language: Language): string {
  const [value, unit] =
    bytes < 1_000 ? [bytes, small] : bytes < 1_000_000 ? [bytes / 1_000, thousand] : [bytes / 1_000_000, million];
  const digits = value < 10 && bytes >= 1_000 ? 1 : 0;
  return `${value.toFixed(digits).replace('.', language === 'fr' ? ',' : '.')} ${unit}`;
}

function actionBlocks(subject: string, { actions }: PublisherFacts, words: PublisherWords): readonly Block[] {
  if (actions.length === 0) return [];
  const offersAcknowledgement = actions.some(({ action }) => action === 'acknowledge');
  return [
    {
      is: 'actions',
      lead: words.actionsLead,
      subject,
      actions: actions.map(({ action, address }) => [words.actions[action], address]),
    },
    ...(offersAcknowledgement ? [paragraph(words.atAcknowledgement)] : []),
  ];
}

function paragraph(text: string): Block {
  return { is: 'paragraph', text };
}

function quoted(lead: string, text: string | undefined): readonly Block[] {
  return text === undefined || text.trim() === '' ? [] : [{ is: 'quote', lead, text }];
}
