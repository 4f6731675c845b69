/** Which request or escalation a mail is about: by the token it was sent to, the mail it answers, the number in its subject. */
import { findOutboundMailByToken } from '../db/outboundMails.ts';
import type { Queryable } from '../db/pool.ts';
import type { EscalationId } from '../domain/escalation/state.ts';
import type { ParsedMail } from '../mail/inbound/parsedMail.ts';
import { parseAddressedToken, type TokenKeys, verifyReplyToken } from '../mail/tokens.ts';
import { type EscalationMatch, escalationNamed, matchActions } from './matchPublisher.ts';

/** What matching needs. */
export interface MatchDeps {
  readonly pool: Queryable;
  readonly tokenKeys: TokenKeys;
  /** Our domain. */
  readonly domain: string;
}

/** What is looked at. */
export interface Addressed {
  readonly envelopeTo: readonly string[];
  readonly mail: Pick<ParsedMail, 'from' | 'to' | 'subject' | 'references'>;
}

/** Why a match is not to be trusted, whoever sent the mail. */
export type MatchDoubt = 'badToken' | 'severalRequests';

/** The request that a mail of a customer is about. */
export interface Match {
  readonly number: string;
  readonly contract: string;
  /** `contact:<id>` or `staff`: to whom the token was given. Missing when it was no token that matched. */
  readonly boundTo?: string;
  readonly doubt?: MatchDoubt;
}

/** Names a request that there is not, or a token that was never given. */
export interface NoMatch {
  readonly misses: 'badToken' | 'unknownNumber' | undefined;
}

/**
 * Finds the request, or the escalation: the best evidence decides, the others are not looked at. What has addresses of both
 * is the escalation's, doubtful: it moves neither.
 */
export async function matchMail(
  deps: MatchDeps,
  { envelopeTo, mail }: Addressed,
): Promise<Match | EscalationMatch | NoMatch> {
  const addresses = [...envelopeTo, ...mail.to];
  const acts = await matchActions(deps, addresses);
  const tokens = tokensIn(addresses, 'reply', deps.domain);
  const found = await Promise.all(tokens.map((token) => verifiedMail(deps, token)));
  const valid = found.filter((one) => one !== undefined);
  const toUs = valid.filter(({ escalation }) => escalation === undefined);
  if (acts.match) return toUs.length > 0 ? { ...acts.match, doubt: 'severalRequests' } : acts.match;
  const bad = acts.bad || valid.length < tokens.length;
  const [first] = toUs;
  if (first) {
    const several = valid.some(({ number, escalation }) => number !== first.number || escalation !== undefined);
    const { number, contract, recipient } = first;
    return { number, contract, boundTo: recipient, ...(several ? { doubt: 'severalRequests' as const } : {}) };
  }
  const doubt = bad ? { doubt: 'badToken' as const } : {};
  // The address to which a publisher's bounces go, written to as if it were one for answers: it names no intent.
  const answered = valid[0] ?? (await mailReferredTo(deps.pool, mail.references));
  if (answered?.escalation !== undefined) return { escalation: answered.escalation, ...doubt };
  if (answered) return { number: answered.number, contract: answered.contract, ...doubt };
  const escalation = await escalationNamed(deps.pool, mail);
  if (escalation !== undefined) return { escalation, ...doubt };
  const numbers = [...new Set(mail.subject.toUpperCase().match(/\bDA-\d{4}-\d{6,9}\b/g))];
  const [named, ...others] = await requestsNumbered(deps.pool, numbers);
  if (named) return { ...named, ...(others.length > 0 ? { doubt: 'severalRequests' as const } : doubt) };
  return { misses: bad ? 'badToken' : numbers.length > 0 ? 'unknownNumber' : undefined };
}

/** A mail of ours, with the contract of its request. */
export interface SentMail {
  readonly key: string;
  readonly number: string;
  readonly contract: string;
  readonly recipient: string;
  /** Of a mail to a publisher: its escalation. */
  readonly escalation?: EscalationId;
}

/** The mail of ours that came back: by the address it came back to, else by the Message-ID in the report. */
export async function matchBounce(
  deps: MatchDeps,
  envelopeTo: readonly string[],
  original: string | undefined,
): Promise<SentMail | undefined> {
  for (const token of tokensIn(envelopeTo, 'bounce', deps.domain)) {
    const sent = await verifiedMail(deps, token);
    if (sent) return sent;
  }
  return original === undefined ? undefined : await mailReferredTo(deps.pool, [original]);
}

function tokensIn(addresses: readonly string[], to: 'reply' | 'bounce', domain: string): string[] {
  const tokens = addresses.flatMap((address) => {
    const at = address.lastIndexOf('@');
    if (address.slice(at + 1).toLowerCase() !== domain.toLowerCase()) return [];
    const parsed = parseAddressedToken(address.slice(0, at));
    return parsed?.to === to ? [parsed.token] : [];
  });
  return [...new Set(tokens)];
}

async function verifiedMail({ pool, tokenKeys }: MatchDeps, token: string): Promise<SentMail | undefined> {
  const sent = await findOutboundMailByToken(pool, token);
  if (!sent) return undefined;
  const { key, number, recipient } = sent;
  if (!verifyReplyToken(tokenKeys, token, { number, recipient, mail: key })) return undefined;
  const [request] = await requestsNumbered(pool, [number]);
  const escalation = sent.audience === 'publisher' ? { escalation: sent.escalation } : {};
  return request && { key, number, recipient, contract: request.contract, ...escalation };
}

/** The first of these Message-IDs that is one of ours. */
export async function mailReferredTo(db: Queryable, messageIds: readonly string[]): Promise<SentMail | undefined> {
  if (messageIds.length === 0) return undefined;
  const { rows } = await db.query<Omit<SentMail, 'escalation'> & { escalation: EscalationId | null }>(
    `SELECT m.key, m.number, m.recipient, r.contract, CASE WHEN m.audience = 'publisher' THEN m.escalation END AS escalation
     FROM outbound_mails m JOIN requests r ON r.number = m.number
     WHERE m.message_id = ANY($1) ORDER BY array_position($1, m.message_id) LIMIT 1`,
    [[...messageIds]],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { escalation, ...sent } = row;
  return escalation === null ? sent : { ...sent, escalation };
}

async function requestsNumbered(
  db: Queryable,
  numbers: readonly string[],
): Promise<{ readonly number: string; readonly contract: string }[]> {
  if (numbers.length === 0) return [];
  const { rows } = await db.query<{ number: string; contract: string }>(
    'SELECT number, contract FROM requests WHERE number = ANY($1) ORDER BY array_position($1, number)',
    [[...numbers]],
  );
  return rows;
}
