/**
 * What staff decide about a mail that could not be judged: it is an answer, it belongs to a request, or it is nothing. One on an
 * escalation is a note or nothing; what a customer wrote there by mistake may be attached to their request, and what a publisher
 * wrote elsewhere to its escalation.
 */
import { readEscalationRow } from '../db/escalations.ts';
import { type DecidedMail, readDecidedMail } from '../db/inboundMails.ts';
import { type Verdict, writeVerdict } from '../db/mailVerdicts.ts';
import { readRequestRow } from '../db/requests.ts';
import { findContactsByAddress, findPublishersByAddress } from '../db/senders.ts';
import { Refusal, wrongField } from '../domain/failures.ts';
import { deliverMail, type MailDeliveryDependencies } from './mailDelivery.ts';
import { Unavailable } from './unavailable.ts';

/** A pool, and the door (or the part of it that mails need). */
export type MailReviewDependencies = MailDeliveryDependencies;

/** Where the mail is now. `opening`: accepted, but its request was closed too long ago, so it opened a linked one. */
export interface ReviewedMail {
  readonly id: string;
  readonly disposition: 'accepted' | 'attached' | 'dismissed' | 'opening';
  /** The request; for an answer that came too late, the linked one. Missing for a mail of no request. */
  readonly number?: string;
}

/**
 * The mail is the answer of the request on which it was filed; it counts from the instant at which it was received. On an
 * escalation it is a note there. Repeated by the same person it yields the same.
 * @param staffId Without `staff:`.
 * @throws Refusal `NotFound`; `ValidationFailed`: it was filed on no request (attach it to one); `Conflict`: it needs no
 * look, or somebody else has looked · Unavailable: the verdict is kept when it was written, and delivered later.
 */
export async function acceptMail(deps: MailReviewDependencies, id: string, staffId: string): Promise<ReviewedMail> {
  const mail = await requireMail(deps, id);
  if (mail.number === null && mail.escalation === null && !mail.lookedAt) {
    const message = 'The mail was filed on no request: attach it to one.';
    throw wrongField('number', message);
  }
  return await judge(deps, mail, {
    disposition: 'accepted',
    number: mail.number,
    escalation: mail.escalation,
    by: `staff:${staffId}`,
    because: null,
  });
}

/**
 * The mail belongs to this request; with `counts` it is an answer, as if accepted there. A request on which it was held
 * waits for it no longer.
 * @throws as `acceptMail`; `NotFound` also for the request; `Conflict` also for a publisher's mail.
 */
export async function attachMail(
  deps: MailReviewDependencies,
  id: string,
  number: string,
  staffId: string,
  { counts }: { readonly counts: boolean },
): Promise<ReviewedMail> {
  const mail = await requireMail(deps, id);
  const disposition = counts ? 'accepted' : 'attached';
  const publishers = mail.sender === null ? [] : await findPublishersByAddress(deps.pool, mail.sender);
  if (mail.publisherPerson !== null || publishers.length > 0) {
    throw new Refusal(
      'Conflict',
      'The mail is a publisher’s: it belongs to no request. Accept it as a note, or dismiss it.',
    );
  }
  return await judge(deps, mail, { disposition, number, escalation: null, by: `staff:${staffId}`, because: null });
}

/**
 * The mail is a note on this escalation. A request on which it was held waits for it no longer.
 * @throws as `acceptMail`; `NotFound` also for the escalation; `Conflict` also for a mail of a customer, or of another publisher.
 */
export async function attachMailToEscalation(
  deps: MailReviewDependencies,
  id: string,
  escalation: string,
  staffId: string,
): Promise<ReviewedMail> {
  const mail = await requireMail(deps, id);
  const row = await readEscalationRow(deps.pool, escalation);
  if (!row || row.stage === 'draft') throw new Refusal('NotFound', 'There is no such escalation.');
  if (!(await mayBeOf(deps, mail, row.publisher))) {
    throw new Refusal(
      'Conflict',
      'The mail is a customer’s, or another publisher’s: it does not belong to this escalation.',
    );
  }
  return await judge(deps, mail, {
    disposition: 'accepted',
    number: null,
    escalation: row.id,
    by: `staff:${staffId}`,
    because: null,
  });
}

/** Its sender is of the publisher, or nobody we know. */
async function mayBeOf({ pool }: MailReviewDependencies, { sender }: DecidedMail, publisher: string): Promise<boolean> {
  if (sender === null) return true;
  const publishers = await findPublishersByAddress(pool, sender);
  if (publishers.length > 0) return publishers.some((one) => one.publisher === publisher);
  return (await findContactsByAddress(pool, sender)).length === 0;
}

/** The mail is no answer, for this reason. @throws as `acceptMail` */
export async function dismissMail(
  deps: MailReviewDependencies,
  id: string,
  staffId: string,
  reason: string,
): Promise<ReviewedMail> {
  const mail = await requireMail(deps, id);
  return await judge(deps, mail, {
    disposition: 'dismissed',
    number: mail.number,
    escalation: mail.escalation,
    by: `staff:${staffId}`,
    because: reason,
  });
}

const TO_LOOK_AT: readonly DecidedMail['disposition'][] = ['unverified', 'unmatched', 'publisherNote'];

async function requireMail({ pool }: MailReviewDependencies, id: string): Promise<DecidedMail> {
  const mail = await readDecidedMail(pool, id);
  if (!mail) throw new Refusal('NotFound', 'There is no such mail to look at.');
  return mail;
}

async function judge(
  deps: MailReviewDependencies,
  mail: DecidedMail,
  verdict: Omit<Verdict, 'contact'>,
): Promise<ReviewedMail> {
  if (mail.lookedAt) return await repeat(deps, mail, verdict);
  if (!TO_LOOK_AT.includes(mail.disposition)) {
    throw new Refusal('Conflict', 'This mail needs no look: it was recognised for what it is.');
  }
  // A request that is yet to be told of the mail would hold it after the verdict, and then for ever.
  if (mail.stage === 'received') throw new Unavailable('Temporal');
  const contact = verdict.number === null ? null : await authorOf(deps, mail, verdict.number);
  await release(deps, mail, verdict);
  await writeVerdict(deps.pool, mail.id, { ...verdict, contact });
  return await repeat(deps, await requireMail(deps, mail.id), verdict);
}

/** Delivers the verdict that is written, if it is the same; it may be another's. */
async function repeat(
  deps: MailReviewDependencies,
  mail: DecidedMail,
  verdict: Omit<Verdict, 'contact'>,
): Promise<ReviewedMail> {
  const late = mail.disposition === 'opening' && verdict.disposition === 'accepted';
  const isThere = mail.number === verdict.number && mail.escalation === verdict.escalation;
  const same = mail.disposition === verdict.disposition && isThere;
  if (mail.lookedBy !== verdict.by || !(same || late)) {
    throw new Refusal('Conflict', 'Somebody has looked at this mail already.');
  }
  if (mail.stage === 'received') await deliverMail(deps, mail);
  const { disposition, number } = await requireMail(deps, mail.id);
  return {
    id: mail.id,
    disposition: disposition === 'opening' ? 'opening' : verdict.disposition,
    ...(number === null ? {} : { number }),
  };
}

/** Before a mail moves to another request or escalation, what holds it lets it go. */
async function release(
  { door, escalations }: MailReviewDependencies,
  mail: DecidedMail,
  verdict: Omit<Verdict, 'contact'>,
): Promise<void> {
  if (mail.escalation !== null && mail.escalation !== verdict.escalation) {
    if (!escalations) throw new Unavailable('Temporal');
    await escalations.door.dismissMessage(mail.escalation, { mail: mail.id, receivedAt: Date.now(), who: verdict.by });
  }
  if (mail.number === null || mail.number === verdict.number) return;
  await door.dismissMessage(mail.number, { mail: mail.id, receivedAt: Date.now(), who: verdict.by });
}

/** Whose word the mail is: its sender's, if the contract knows them, else the contact's of the request. */
async function authorOf({ pool }: MailReviewDependencies, mail: DecidedMail, number: string): Promise<string> {
  const request = await readRequestRow(pool, number);
  if (!request) throw new Refusal('NotFound', 'There is no such request.');
  const known = mail.sender === null ? [] : await findContactsByAddress(pool, mail.sender);
  return known.find(({ contract }) => contract === request.contract)?.id ?? request.contact;
}
