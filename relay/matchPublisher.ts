/** Which escalation a publisher's mail is about, and what it does: the address is the intent, never its words. */
import { findActionToken } from '../db/escalationMails.ts';
import { findOutboundMail } from '../db/outboundMails.ts';
import type { Queryable } from '../db/pool.ts';
import { findContactsByAddress, findPublishersByAddress, listQuotedEscalations } from '../db/senders.ts';
import { quotedReferences } from '../domain/escalation/reference.ts';
import type { EscalationId } from '../domain/escalation/state.ts';
import type { ParsedMail } from '../mail/inbound/parsedMail.ts';
import { type PublisherAction, parseActionAddress, type TokenKeys, verifyActionToken } from '../mail/tokens.ts';

/** Why a match is not to be trusted, whoever sent the mail. */
export type EscalationDoubt = 'badToken' | 'severalRequests' | 'severalActions';

/** The escalation that a mail is about. */
export interface EscalationMatch {
  readonly escalation: EscalationId;
  /** What its address says; missing for a plain reply. */
  readonly action?: Exclude<PublisherAction, 'note'>;
  readonly doubt?: EscalationDoubt;
}

interface ActionDeps {
  readonly pool: Queryable;
  readonly tokenKeys: TokenKeys;
  readonly domain: string;
}

/** What the action addresses among these say together. `bad`: one of them was never given, or not for what it says. */
export async function matchActions(
  deps: ActionDeps,
  addresses: readonly string[],
): Promise<{ readonly match?: EscalationMatch; readonly bad: boolean }> {
  const named = actionsIn(addresses, deps.domain);
  const found = await Promise.all(named.map((one) => verifiedAction(deps, one)));
  const valid = found.filter((one) => one !== undefined);
  const bad = valid.length < named.length;
  const [first] = valid;
  if (!first) return { bad };
  const { escalation } = first;
  const actions = [...new Set(valid.flatMap(({ action }) => (action === 'note' ? [] : [action])))];
  const [action] = actions;
  const doubt = valid.some((one) => one.escalation !== escalation)
    ? 'severalRequests'
    : actions.length > 1
      ? 'severalActions'
      : bad
        ? 'badToken'
        : undefined;
  if (doubt) return { bad, match: { escalation, doubt } };
  return { bad, match: { escalation, ...(action === undefined ? {} : { action }) } };
}

function actionsIn(addresses: readonly string[], domain: string) {
  const named = addresses.flatMap((address) => {
    const at = address.lastIndexOf('@');
    if (address.slice(at + 1).toLowerCase() !== domain.toLowerCase()) return [];
    return parseActionAddress(address.slice(0, at)) ?? [];
  });
  return [...new Map(named.map((one) => [`${one.action}.${one.token}`, one])).values()];
}

async function verifiedAction(
  { pool, tokenKeys }: ActionDeps,
  { action, token }: { readonly action: PublisherAction; readonly token: string },
): Promise<{ readonly escalation: EscalationId; readonly action: PublisherAction } | undefined> {
  const given = await findActionToken(pool, token);
  if (!given || given.action !== action) return undefined;
  const sent = await findOutboundMail(pool, given.mail);
  if (sent?.audience !== 'publisher') return undefined;
  const { escalation, recipient, key } = sent;
  const publisher = recipient.replace(/^publisher:/, '');
  return verifyActionToken(tokenKeys, token, { escalation, publisher, mail: key, action })
    ? { escalation, action }
    : undefined;
}

/**
 * The escalation that a subject quotes: as `DA-2026-004217/1`, or by its SR. The SR of a publisher's own numbering is looked for among that
 * publisher's only, and what a customer's subject looks like by chance is none of it.
 */
export async function escalationNamed(
  db: Queryable,
  { from, subject }: Pick<ParsedMail, 'from' | 'subject'>,
): Promise<EscalationId | undefined> {
  const references = quotedReferences(subject);
  const ours = subject.toUpperCase().match(/\bSR-\d{4}-\d{6,9}\b/g) ?? [];
  const [sender] = from;
  const publishers = sender === undefined ? [] : await findPublishersByAddress(db, sender);
  const isQuoting = sender !== undefined && ours.length + references.length > 0;
  const isCustomer = isQuoting && (await findContactsByAddress(db, sender)).length > 0;
  const quoted = await listQuotedEscalations(db, {
    ids: isCustomer ? [] : references,
    ours: isCustomer ? [] : ours,
    publishers: publishers.map(({ publisher }) => publisher),
    subject,
  });
  return quoted.find(({ sr }) => sr === null || quotes(subject, sr))?.id;
}

/** As a number of its own, not as a part of another; a short one only in the brackets that our subjects have. */
function quotes(subject: string, sr: string): boolean {
  const escaped = sr.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  if (sr.length < 6) return new RegExp(`\\[${escaped}\\]`, 'i').test(subject);
  return new RegExp(`(?<![\\p{L}\\p{N}-])${escaped}(?![\\p{L}\\p{N}-])`, 'iu').test(subject);
}
