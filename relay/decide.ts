/** Decides what a mail is, and writes that down once: what it does to its request follows from the row. */
import { DateTime } from 'luxon';
import type { Pool, PoolClient } from 'pg';
import { mailedRequest } from '../client/mailDelivery.ts';
import { admits } from '../contracts/openingRules.ts';
import { readEnded } from '../db/contractEnds.ts';
import { type ContactRow, type ContractRow, readContract } from '../db/contracts.ts';
import {
  countOpenings,
  type Decision,
  DuplicateMail,
  hasOpenedWith,
  type MailContent,
  type UndecidedMail,
  writeDecision,
} from '../db/inboundMails.ts';
import { orderNotice, tellDesignated } from '../db/notices.ts';
import { markBounced } from '../db/outboundMails.ts';
import { inTransaction } from '../db/pool.ts';
import { wasPortalDown } from '../db/portal.ts';
import { registerRequest } from '../db/requests.ts';
import { findContactsByAddress, findPublishersByAddress } from '../db/senders.ts';
import { isOfEnd } from '../domain/inForce.ts';
import type { Authenticity } from '../mail/inbound/authenticity.ts';
import { classify } from '../mail/inbound/classify.ts';
import type { ParsedMail } from '../mail/inbound/parsedMail.ts';
import { judgePublisherMail, type PublisherReason } from './decidePublisher.ts';
import { type Match, type MatchDeps, mailReferredTo, matchBounce, matchMail, type SentMail } from './match.ts';
import type { EscalationMatch } from './matchPublisher.ts';

/** What deciding needs. */
export interface DecideDeps extends MatchDeps {
  readonly pool: Pool;
  readonly authenticity: (mail: UndecidedMail) => Promise<Authenticity>;
}

/** Requests that one contact may open by mail on one day of the contract's zone. */
const OPENINGS_A_DAY = 20;

/** Why a person has to look, or whose mail nobody has to look at. */
export type DecisionReason =
  | PublisherReason
  | 'noEscalation'
  | 'undecidable'
  | 'unknownNumber'
  | 'otherContact'
  | 'severalContracts'
  | 'noContract'
  | 'contractEnded'
  | 'mailNotAdmitted'
  | 'untrained'
  | 'tooMany'
  | 'repeated';

interface Outcome extends Omit<Decision, 'content'> {
  readonly deliver: boolean;
  /** Orders the notices that say why no request was opened, in the decision's own transaction. */
  readonly tell?: (client: PoolClient) => Promise<void>;
}

/** @throws AlreadyDecided: another relay was faster. */
export async function decideMail(deps: DecideDeps, mail: UndecidedMail, parsed: ParsedMail | undefined): Promise<void> {
  const read = parsed ?? NOTHING_READ;
  try {
    const outcome = await judge(deps, mail, read);
    if (outcome) await write(deps, mail, read, outcome);
  } catch (error) {
    if (!(error instanceof DuplicateMail)) throw error;
    await write(deps, mail, read, { disposition: 'duplicate', deliver: false });
  }
}

/** Leaves a mail that cannot be decided to a person. */
export async function giveUpDeciding(deps: DecideDeps, mail: UndecidedMail): Promise<void> {
  await write(deps, mail, NOTHING_READ, unmatched('undecidable'));
}

/** The outcome that is yet to be written; undefined when it is written, with the request that it opened. */
async function judge(deps: DecideDeps, mail: UndecidedMail, parsed: ParsedMail): Promise<Outcome | undefined> {
  const nature = classify({ ...mail, mail: parsed }, deps.domain);
  const addressed = { envelopeTo: mail.envelopeTo, mail: parsed };
  switch (nature.kind) {
    case 'own': {
      const original = await mailReferredTo(deps.pool, parsed.messageId ? [parsed.messageId] : []);
      return { disposition: 'own', deliver: false, ...(original ? filedOn(original) : {}) };
    }
    case 'bounce': {
      const sent = await matchBounce(deps, mail.envelopeTo, parsed.report?.original);
      if (!sent) return { disposition: 'bounce', deliver: false };
      return { disposition: 'bounce', ...filedOn(sent), bounced: sent.key, deliver: true };
    }
    case 'automatic': {
      const match = await matchMail(deps, addressed);
      const filed = 'misses' in match || match.doubt ? {} : filedOn(match);
      return { disposition: 'automatic', reason: nature.why, deliver: false, ...filed };
    }
    case 'genuine': {
      const match = await matchMail(deps, addressed);
      if ('escalation' in match) return { deliver: true, ...(await judgePublisherMail(deps, mail, parsed, match)) };
      if ('number' in match) return await judgeAnswer(deps, mail, parsed, match);
      if (match.misses) return unmatched(match.misses);
      return await judgeOpening(deps, mail, parsed);
    }
  }
}

/** An answer only from a current contact of the contract; anything else waits for a person, and holds the request open. */
async function judgeAnswer(
  deps: DecideDeps,
  mail: UndecidedMail,
  parsed: ParsedMail,
  { number, contract, boundTo, doubt }: Match,
): Promise<Outcome> {
  const contacts = await contactsOf(deps, parsed);
  const contact = contacts.find((one) => one.contract === contract);
  const known = contact ? { contact: contact.id } : {};
  const unverified = (reason: DecisionReason): Outcome => ({
    disposition: 'unverified',
    reason,
    number,
    deliver: true,
    ...known,
  });
  if (!parsed.readable) return unverified('unreadable');
  if (doubt) return unverified(doubt);
  if (parsed.from.length !== 1) return unverified('noSender');
  if (!contact) return unverified('stranger');
  if (boundTo !== undefined && boundTo !== `contact:${contact.id}`) return unverified('otherContact');
  if ((await deps.authenticity(mail)) === 'fail') return unverified('notAuthentic');
  return { disposition: 'answer', number, deliver: true, contact: contact.id };
}

/**
 * A mail out of the blue opens a request for a contact of exactly one contract that had not ended when it was received, where its
 * terms admit that.
 */
async function judgeOpening(deps: DecideDeps, mail: UndecidedMail, parsed: ParsedMail): Promise<Outcome | undefined> {
  if (!parsed.readable) return unmatched('unreadable');
  const [sender] = parsed.from;
  if (sender === undefined || parsed.from.length > 1) return unmatched('noSender');
  // A publisher's mail opens nothing, whatever else its sender may be.
  const [publisher] = await findPublishersByAddress(deps.pool, sender);
  if (publisher) {
    const person = publisher.person === null ? {} : { publisherPerson: publisher.person };
    return { ...unmatched('noEscalation'), ...person };
  }
  const known = await contactsOf(deps, parsed);
  const ended = await readEnded(
    deps.pool,
    known.map((one) => one.contract),
    mail.receivedAt,
  );
  const current = known.filter((one) => !ended.has(one.contract));
  const [contact, ...others] = current.length > 0 ? current : known;
  if (!contact) return unmatched('stranger');
  if (others.length > 0) return unmatched(current.length > 0 ? 'severalContracts' : 'contractEnded');
  const unverified = (reason: DecisionReason): Outcome => ({
    disposition: 'unverified',
    reason,
    contact: contact.id,
    deliver: false,
  });
  if ((await deps.authenticity(mail)) === 'fail') return unverified('notAuthentic');
  const notice = { contract: contact.contract, inboundMail: mail.id };
  const { email: address, name, language } = contact;
  const afterEnd = (lastDay: string): Outcome => ({
    ...unverified('contractEnded'),
    tell: (client) =>
      orderNotice(client, { ...notice, kind: 'contractEnded', address, name, language, about: lastDay }),
  });
  const lastDay = ended.get(contact.contract);
  if (lastDay !== undefined) return afterEnd(lastDay);
  const contract = await readContract(deps.pool, contact.contract);
  if (!contract) return unverified('noContract');
  if (contract.terms.contacts.whoMayAsk === 'trainedContacts' && !contact.trained) {
    return {
      ...unverified('untrained'),
      async tell(client) {
        await orderNotice(client, { ...notice, kind: 'notDesignated', address, name, language });
        await tellDesignated(client, { ...notice, asker: contact });
      },
    };
  }
  if (!admits(contract.terms, 'mail', await wasPortalDown(deps.pool, new Date(mail.receivedAt)))) {
    const tell = (client: PoolClient) =>
      orderNotice(client, { ...notice, kind: 'wrongChannel', address, name, language });
    return { ...unverified('mailNotAdmitted'), tell };
  }
  try {
    await register(deps, mail, parsed, contract, contact);
    return undefined;
  } catch (error) {
    if (error instanceof NotOpened) return unverified(error.reason);
    // The end was noted meanwhile.
    if (isOfEnd(error)) return afterEnd(error.details.endsOn);
    throw error;
  }
}

class NotOpened extends Error {
  readonly reason: DecisionReason;

  constructor(reason: DecisionReason) {
    super(reason);
    this.reason = reason;
  }
}

/** The request and the decision are written together: a mail opens one request, or none. */
async function register(
  deps: DecideDeps,
  mail: UndecidedMail,
  parsed: ParsedMail,
  contract: ContractRow,
  contact: ContactRow,
): Promise<void> {
  const content = contentOf(parsed);
  const asking = { id: mail.id, receivedAt: mail.receivedAt, subject: content.subject, bodyFull: content.fullText };
  const request = { ...mailedRequest(asking, contract, contact), who: `contact:${contact.id}` as const };
  await registerRequest(deps.pool, request, async (client, number) => {
    await requireNews(client, contact.id, mail.receivedAt, contract.zone, content);
    await writeDecision(client, mail.id, { disposition: 'opening', number, contact: contact.id, content }, true);
  });
}

/** Within limits, and not what a machine says to each of our receipts: each would open a request, with a receipt of its own. */
async function requireNews(
  client: PoolClient,
  contact: string,
  at: number,
  zone: string,
  content: MailContent,
): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', [contact]);
  const day = DateTime.fromMillis(at, { zone }).startOf('day').toMillis();
  if (await hasOpenedWith(client, contact, day, content)) throw new NotOpened('repeated');
  if ((await countOpenings(client, contact, day)) >= OPENINGS_A_DAY) throw new NotOpened('tooMany');
}

async function write(deps: DecideDeps, mail: UndecidedMail, parsed: ParsedMail, outcome: Outcome): Promise<void> {
  const { deliver, tell, ...decision } = outcome;
  await inTransaction(deps.pool, async (client) => {
    const { bounced } = decision;
    // A mail comes back once; what is said of it later is old news.
    const news = bounced === undefined || (await markBounced(client, bounced, mail.receivedAt));
    await writeDecision(client, mail.id, { ...decision, content: contentOf(parsed) }, deliver && news);
    await tell?.(client);
  });
}

async function contactsOf({ pool }: DecideDeps, { from }: ParsedMail): Promise<ContactRow[]> {
  const [sender] = from;
  return sender === undefined || from.length > 1 ? [] : await findContactsByAddress(pool, sender);
}

/** Where a mail belongs: one on an escalation is never among its request's. */
function filedOn(found: Match | EscalationMatch | SentMail): Pick<Decision, 'number' | 'escalation'> {
  if ('escalation' in found && found.escalation !== undefined) return { escalation: found.escalation };
  return 'number' in found ? { number: found.number } : {};
}

function unmatched(reason: DecisionReason): Outcome {
  return { disposition: 'unmatched', reason, deliver: false };
}

function contentOf(parsed: ParsedMail): MailContent {
  const { messageId, from, subject, newText, fullText, html, attachments } = parsed;
  return { messageId, sender: from[0], subject, newText, fullText, html, attachments };
}

const NOTHING_READ: ParsedMail = {
  readable: false,
  from: [],
  to: [],
  subject: '',
  messageId: undefined,
  references: [],
  headers: [],
  report: undefined,
  newText: '',
  fullText: '',
  html: undefined,
  attachments: [],
};
