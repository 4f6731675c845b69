/**
 * Reply and action tokens: the part of an address by which an answer, a publisher's act, or a bounce, finds the mail that it
 * belongs to; and approval tokens, the part of a link by which a contact decides.
 *
 * A token is a truncated HMAC, stored with its mail. Looking it up finds the row; verifying it proves that the row is
 * the one for which it was signed. It opens nothing by itself: the sender is judged as well.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { EffectKey } from '../domain/effects.ts';
import type { EscalationId } from '../domain/escalation/state.ts';
import type { InterventionId } from '../domain/intervention/state.ts';

/** One secret with a name that may be known: rotation puts a new one in front. `key`: 32 random bytes or more. */
export interface TokenKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/** The first signs, all verify. */
export type TokenKeys = readonly [TokenKey, ...TokenKey[]];

/** What a token is good for; each purpose has keys of its own, so that no token serves another. */
export type TokenPurpose = 'reply' | 'approval' | 'publisher' | 'messageId';

/** What a reply token is signed over: all of it is in the mail's row. */
export interface ReplyTokenSubject {
  /** Request number. */
  readonly number: string;
  /** `contact:<id>` or `staff`, as in `outbound_mails.recipient`. */
  readonly recipient: string;
  /** Effect key of the mail. */
  readonly mail: EffectKey;
}

/** What a publisher may do by writing to an address of one of our mails; `note`: a plain reply, which names no intent. */
export const PUBLISHER_ACTIONS = ['acknowledge', 'ask', 'deliverWorkaround', 'deliverFix', 'note'] as const;
/** One of them. */
export type PublisherAction = (typeof PUBLISHER_ACTIONS)[number];

/** What an action token is signed over: the address is the intent, for one publisher, in one mail. */
export interface ActionTokenSubject {
  readonly escalation: EscalationId;
  /** Id of the publisher. */
  readonly publisher: string;
  /** Effect key of the mail that offers it. */
  readonly mail: EffectKey;
  readonly action: PublisherAction;
}

/** What a link of an intervention's mail is signed over: one contact, one thing to decide, in one mail. */
export interface ApprovalTokenSubject {
  readonly intervention: InterventionId;
  /** Id of the contact who decides. */
  readonly contact: string;
  readonly purpose: 'estimate' | 'more';
  /** Id of the estimate as it was sent: another version is another one. None of a planned visit. */
  readonly estimate: string | null;
  /** Effect key of the mail that has the link. */
  readonly mail: EffectKey;
}

/** How each action is called in an address. */
const ACTION_WORDS: { readonly [action in PublisherAction]: string } = {
  acknowledge: 'ack',
  ask: 'ask',
  deliverWorkaround: 'workaround',
  deliverFix: 'fix',
  note: 'note',
};

const TOKEN_BYTES = 15; // 120 bits: 24 letters, no padding
const TOKEN_PATTERN = /^[a-z2-7]{24}$/;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const LOCAL_PART_MAX = 64; // RFC 5321 §4.5.3.1.1

/** The key of one purpose, derived so that purposes share nothing. */
export function deriveKey(key: TokenKey, purpose: TokenPurpose): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key.key, '', `relance/${purpose}`, 32));
}

/** The token of a customer's or staff mail, 24 letters of lower-case base32, signed with the first key. */
export function signReplyToken(keys: TokenKeys, subject: ReplyTokenSubject): string {
  return base32(mac(keys[0], 'reply', replyParts(subject)));
}

/** Whether the token was signed, by any of the keys, over just this subject. Takes the same time for every token. */
export function verifyReplyToken(keys: TokenKeys, token: string, subject: ReplyTokenSubject): boolean {
  return verify(keys, token, 'reply', replyParts(subject));
}

/** The token of one action that a mail offers to a publisher, with keys of its own; as long as a reply token. */
export function signActionToken(keys: TokenKeys, subject: ActionTokenSubject): string {
  return base32(mac(keys[0], 'publisher', actionParts(subject)));
}

/** As `verifyReplyToken`, for an action. */
export function verifyActionToken(keys: TokenKeys, token: string, subject: ActionTokenSubject): boolean {
  return verify(keys, token, 'publisher', actionParts(subject));
}

/** The token of a link on which a contact approves: 120 bits, with keys of its own. */
export function signApprovalToken(keys: TokenKeys, subject: ApprovalTokenSubject): string {
  return base32(mac(keys[0], 'approval', approvalParts(subject)));
}

/** As `verifyReplyToken`, for a link. */
export function verifyApprovalToken(keys: TokenKeys, token: string, subject: ApprovalTokenSubject): boolean {
  return verify(keys, token, 'approval', approvalParts(subject));
}

/** Whether a text can be a token at all. */
export function isToken(text: string): boolean {
  return TOKEN_PATTERN.test(text);
}

/** Where the customer's answer goes: `sr+<token>@<domain>`. */
export function replyAddress(token: string, domain: string): string {
  return addressed('sr+', token, domain);
}

/** Envelope sender of a mail, where its bounces go: `bounce+<token>@<domain>`. */
export function bounceAddress(token: string, domain: string): string {
  return addressed('bounce+', token, domain);
}

/** The token in a local part, and by which address it came; undefined when there is none. Not verified yet. */
export function parseAddressedToken(
  localPart: string,
): { readonly to: 'reply' | 'bounce'; readonly token: string } | undefined {
  const [prefix, token, ...more] = localPart.toLowerCase().split('+');
  if (token === undefined || more.length > 0 || !TOKEN_PATTERN.test(token)) return undefined;
  if (prefix === 'sr') return { to: 'reply', token };
  if (prefix === 'bounce') return { to: 'bounce', token };
  return undefined;
}

/** Where a publisher writes to do something: `sr+ack.<token>@<domain>`. */
export function actionAddress(action: PublisherAction, token: string, domain: string): string {
  return addressed(`sr+${ACTION_WORDS[action]}.`, token, domain);
}

/** The action in a local part, and its token; undefined when there is none. Not verified yet. */
export function parseActionAddress(
  localPart: string,
): { readonly action: PublisherAction; readonly token: string } | undefined {
  const [, word, token] = /^sr\+([a-z]+)\.([a-z2-7]{24})$/.exec(localPart.toLowerCase()) ?? [];
  const action = PUBLISHER_ACTIONS.find((one) => ACTION_WORDS[one] === word);
  return action === undefined || token === undefined ? undefined : { action, token };
}

function addressed(prefix: string, token: string, domain: string): string {
  const localPart = `${prefix}${token}`;
  if (!TOKEN_PATTERN.test(token) || localPart.length > LOCAL_PART_MAX) throw new RangeError('Not a reply token');
  return `${localPart}@${domain}`;
}

function verify(keys: TokenKeys, token: string, purpose: TokenPurpose, parts: readonly string[]): boolean {
  const given = Buffer.from(token, 'utf8');
  let valid = false;
  for (const key of keys) {
    const expected = Buffer.from(base32(mac(key, purpose, parts)), 'utf8');
    if (given.length === expected.length && timingSafeEqual(given, expected)) valid = true;
  }
  return valid;
}

function replyParts({ number, recipient, mail }: ReplyTokenSubject): readonly string[] {
  return [number, recipient, mail];
}

function actionParts({ escalation, publisher, mail, action }: ActionTokenSubject): readonly string[] {
  return [escalation, publisher, mail, action];
}

function approvalParts({ intervention, contact, purpose, estimate, mail }: ApprovalTokenSubject): readonly string[] {
  return [intervention, contact, purpose, estimate ?? '', mail];
}

function mac(key: TokenKey, purpose: TokenPurpose, parts: readonly string[]): Uint8Array {
  // JSON keeps the parts apart: no two subjects have the same text
  const text = JSON.stringify([purpose, key.id, ...parts]);
  return createHmac('sha256', deriveKey(key, purpose)).update(text).digest().subarray(0, TOKEN_BYTES);
}

/** RFC 4648 in lower case, for lengths that need no padding. */
function base32(bytes: Uint8Array): string {
  let letters = '';
  let value = 0;
  let bits = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      letters += BASE32[(value >>> bits) & 31];
    }
    value &= (1 << bits) - 1;
  }
  return letters;
}
