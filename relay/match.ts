/** Which request a mail is about: by the token it was sent to, by the mail it answers, by the number in its subject. */
import { findOutboundMailByToken } from '../db/outboundMails.ts';
import type { Queryable } from '../db/pool.ts';
import type { ParsedMail } from '../mail/inbound/parsedMail.ts';
import { parseAddressedToken, type TokenKeys, verifyReplyToken } from '../mail/tokens.ts';

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
  readonly mail: Pick<ParsedMail, 'to' | 'subject' | 'references'>;
}

/** Why a match is not to be trusted, whoever sent the mail. */
export type MatchDoubt = 'badToken' | 'severalRequests';

/** The request that a mail is about. */
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

/** Finds the request: the best evidence decides, the others are not looked at. */
export async function matchMail(deps: MatchDeps, { envelopeTo, mail }: Addressed): Promise<Match | NoMatch> {
  const tokens = tokensIn([...envelopeTo, ...mail.to], 'reply', deps.domain);
  const found = await Promise.all(tokens.map((token) => verifiedMail(deps, token)));
  const valid = found.filter((one) => one !== undefined);
  const bad = valid.length < tokens.length;
  const [first] = valid;
  if (first) {
    const several = valid.some(({ number }) => number !== first.number);
    const { number, contract, recipient } = first;
    return { number, contract, boundTo: recipient, ...(several ? { doubt: 'severalRequests' as const } : {}) };
  }
  const doubt = bad ? { doubt: 'badToken' as const } : {};
  const answered = await mailReferredTo(deps.pool, mail.references);
  if (answered) return { ...answered, ...doubt };
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
  return request && { key, number, recipient, contract: request.contract };
}

/** The first of these Message-IDs that is one of ours. */
export async function mailReferredTo(db: Queryable, messageIds: readonly string[]): Promise<SentMail | undefined> {
  if (messageIds.length === 0) return undefined;
  const { rows } = await db.query<SentMail>(
    `SELECT m.key, m.number, m.recipient, r.contract
     FROM outbound_mails m JOIN requests r ON r.number = m.number
     WHERE m.message_id = ANY($1) ORDER BY array_position($1, m.message_id) LIMIT 1`,
    [[...messageIds]],
  );
  return rows[0];
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
