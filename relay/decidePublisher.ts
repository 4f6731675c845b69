/** What a mail on an escalation is: an act of its publisher, a note, or something that a person has to look at. */
import type { Pool } from 'pg';
import type { Decision, UndecidedMail } from '../db/inboundMails.ts';
import { findPublishersByAddress, readPublisherOf } from '../db/senders.ts';
import type { Authenticity } from '../mail/inbound/authenticity.ts';
import type { ParsedMail } from '../mail/inbound/parsedMail.ts';
import type { EscalationDoubt, EscalationMatch } from './matchPublisher.ts';

interface Deps {
  readonly pool: Pool;
  readonly authenticity: (mail: UndecidedMail) => Promise<Authenticity>;
}

/** Why a person has to look at a mail on an escalation. */
export type PublisherReason = EscalationDoubt | 'unreadable' | 'noSender' | 'stranger' | 'notAuthentic' | 'noText';

/** What is decided about it; all of it is told to the escalation. */
export type PublisherDecision = Omit<Decision, 'content' | 'reason'> & { readonly reason?: PublisherReason };

/**
 * An act only from a person of the publisher, or its own address, by an address that names it. A customer who writes here
 * moves nothing: neither their request nor the escalation.
 */
export async function judgePublisherMail(
  { pool, authenticity }: Deps,
  mail: UndecidedMail,
  parsed: ParsedMail,
  { escalation, action, doubt }: EscalationMatch,
): Promise<PublisherDecision> {
  const [sender] = parsed.from;
  const known = sender === undefined || parsed.from.length > 1 ? [] : await findPublishersByAddress(pool, sender);
  const publisher = await readPublisherOf(pool, escalation);
  const author = known.find((one) => one.publisher === publisher);
  const person = author?.person ?? undefined;
  const filed = { escalation, ...(person === undefined ? {} : { publisherPerson: person }) };
  const unverified = (reason: PublisherReason): PublisherDecision => ({ disposition: 'unverified', reason, ...filed });
  if (!parsed.readable) return unverified('unreadable');
  if (doubt) return unverified(doubt);
  if (parsed.from.length !== 1) return unverified('noSender');
  if (!author) return unverified('stranger');
  if ((await authenticity(mail)) === 'fail') return unverified('notAuthentic');
  if (action === undefined) return { disposition: 'publisherNote', ...filed };
  // There is nothing to ask or to deliver: a person sees what was meant.
  if (action !== 'acknowledge' && parsed.newText.trim() === '') {
    return { disposition: 'publisherNote', reason: 'noText', ...filed };
  }
  return { disposition: 'publisherAction', action, ...filed };
}
