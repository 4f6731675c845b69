/** Rows of requests: registered before Temporal is called, then the read model of what the workflow decides. */
import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { CommandOf, Who } from '../domain/events.ts';
import type { Language } from '../domain/languages.ts';
import type { RequestState } from '../domain/state.ts';
import type { RequestView } from '../domain/view.ts';
import { requireInForceAt } from './contractEnds.ts';
import { inTransaction, type Queryable } from './pool.ts';
import { storeText } from './texts.ts';
import { nextNumber } from './yearlyNumbers.ts';

/** What a request says beside its subject and description, each as it was said. */
export interface RequestDetails {
  /** Kind of request, of the terms. */
  readonly kind?: string;
  readonly product?: string;
  readonly urgency?: string;
  readonly impact?: string;
  readonly observedBehaviour?: string;
  readonly expectedBehaviour?: string;
  readonly stepsToReproduce?: string;
}

/** A request as it is registered. Instants are epoch milliseconds. */
export interface NewRequest {
  readonly contract: string;
  /** IANA zone of the contract: the number bears the year that it is there. */
  readonly zone: string;
  readonly termsVersion: number;
  readonly contact: string;
  readonly language: Language;
  readonly priority: string;
  /** What the priority follows from, where the terms have a matrix. */
  readonly urgency?: string;
  readonly impact?: string;
  readonly details?: RequestDetails;
  readonly subject: string;
  /** Stays in `texts`; histories know its id. */
  readonly description: string;
  /** Number of the closed request that this one goes on from. */
  readonly previous?: string;
  /** Row in `inbound_mails` that asks for it. */
  readonly mail?: string;
  readonly who: Who;
  readonly channel: CommandOf<'open'>['channel'];
  readonly enteredBy?: Who;
  /** When it reached us, where that was earlier than now. */
  readonly receivedAt?: number;
  /** What the terms require and the mail does not say: the automatic question that asks for it. */
  readonly missing?: string;
  /** A UUID; a new one without it. */
  readonly commandId?: string;
}

/**
 * Gives a new request its number and writes its row, in stage `opening`, with its text. `also` writes in the same
 * transaction what must not be without it: the row of the mail, the idempotency key.
 *
 * @throws Refusal `NotCovered`: the contract had ended when the request reached us
 */
export async function registerRequest(
  pool: Pool,
  request: NewRequest,
  also?: (client: PoolClient, number: string) => Promise<void>,
): Promise<string> {
  const at = request.receivedAt ?? Date.now();
  const number = await allocateNumber(pool, request.zone, at);
  const commandId = request.commandId ?? randomUUID();
  const { contact, priority, urgency, impact, previous, mail, who, channel, enteredBy, receivedAt } = request;
  const missing = request.missing === undefined ? undefined : randomUUID();
  const opening: CommandOf<'open'> = {
    contact,
    priority,
    ...(urgency === undefined || impact === undefined ? {} : { urgency, impact }),
    text: commandId,
    ...(missing === undefined ? {} : { missing }),
    ...(mail === undefined ? {} : { mail }),
    ...(previous === undefined ? {} : { previous }),
    who,
    channel,
    commandId,
    ...(receivedAt === undefined ? {} : { receivedAt }),
    ...(enteredBy === undefined ? {} : { enteredBy }),
  };
  await inTransaction(pool, async (client) => {
    await requireInForceAt(client, request.contract, at, 'request');
    await client.query(
      `INSERT INTO requests (number, contract, terms_version, contact, previous, opening, subject, language, priority,
                             details)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        number,
        request.contract,
        request.termsVersion,
        contact,
        previous ?? null,
        JSON.stringify(opening),
        request.subject,
        request.language,
        priority,
        JSON.stringify(request.details ?? {}),
      ],
    );
    await storeText(client, { id: commandId, number, body: request.description, author: who });
    if (missing !== undefined && request.missing !== undefined) {
      await storeText(client, { id: missing, number, body: request.missing, author: 'system' });
    }
    await also?.(client, number);
  });
  return number;
}

/** `DA-<year>-<six digits>`; by a transaction of its own, so that one opening does not wait for another. Gaps are allowed. */
export async function allocateNumber(db: Queryable, zone: string, at: number): Promise<string> {
  return await nextNumber(db, 'DA', zone, at);
}

/** A request's row: what it was registered with, and what its workflow saved last. */
export interface RequestRow {
  readonly number: string;
  readonly contract: string;
  readonly termsVersion: number;
  readonly contact: string;
  readonly stage: 'opening' | 'open';
  readonly opening: CommandOf<'open'>;
  readonly subject: string;
  readonly language: Language;
  readonly details: RequestDetails;
  readonly zone: string;
  readonly version: number;
  readonly reopenUntil: Date | null;
  /** Null until the first save. */
  readonly state: RequestState | null;
  readonly view: RequestView | null;
  readonly createdAt: Date;
}

const REQUEST = `
  SELECT r.number, r.contract, r.terms_version AS "termsVersion", r.contact, r.stage, r.opening, r.subject, r.language,
         r.details, c.zone, r.version, r.reopen_until AS "reopenUntil", r.state, r.view, r.created_at AS "createdAt"
  FROM requests r JOIN contracts c ON c.reference = r.contract`;

/** The row of a request; undefined when the number is unknown. */
export async function readRequestRow(db: Queryable, number: string): Promise<RequestRow | undefined> {
  const { rows } = await db.query<RequestRow>(`${REQUEST} WHERE r.number = $1`, [number]);
  return rows[0];
}

/** The workflow runs: the relay need not start it. */
export async function markOpen(db: Queryable, number: string): Promise<void> {
  await db.query("UPDATE requests SET stage = 'open' WHERE number = $1 AND stage = 'opening'", [number]);
}

/** Takes back a registration that the terms refused; nothing of it stays but a gap in the numbers. */
export async function discardRegistration(db: Queryable, number: string): Promise<void> {
  await db.query("DELETE FROM requests WHERE number = $1 AND stage = 'opening' AND state IS NULL", [number]);
}

/** Numbers whose workflow has not been started for `seconds`, oldest first; for the relay. */
export async function listUnopened(db: Queryable, seconds: number, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ number: string }>(
    `SELECT number FROM requests WHERE stage = 'opening' AND created_at < now() - $1 * interval '1 second'
     ORDER BY created_at LIMIT $2`,
    [seconds, limit],
  );
  return rows.map((row) => row.number);
}

/** What a list of requests may be narrowed by. */
export interface RequestFilter {
  readonly contract?: string | undefined;
  readonly status?: string | undefined;
  readonly priority?: string | undefined;
  readonly assignee?: string | undefined;
  readonly breached?: boolean | undefined;
  /** Epoch milliseconds: a clock is due before it. */
  readonly dueBefore?: number | undefined;
  /** Numbers below this one: where the last page ended. */
  readonly below?: string | undefined;
  readonly limit: number;
}

/** Requests that are open for business, newest number first. */
export async function listRequests(db: Queryable, filter: RequestFilter): Promise<RequestRow[]> {
  const { rows } = await db.query<RequestRow>(
    `${REQUEST}
     WHERE r.view IS NOT NULL
       AND ($1::text IS NULL OR r.contract = $1)
       AND ($2::text IS NULL OR r.status = $2)
       AND ($3::text IS NULL OR r.priority = $3)
       AND ($4::text IS NULL OR r.assignee = $4)
       AND ($5::boolean IS NULL OR r.breached = $5)
       AND ($6::timestamptz IS NULL OR r.next_due_at < $6)
       AND ($7::text IS NULL OR r.number < $7)
     ORDER BY r.number DESC LIMIT $8`,
    [
      filter.contract ?? null,
      filter.status ?? null,
      filter.priority ?? null,
      filter.assignee ?? null,
      filter.breached ?? null,
      filter.dueBefore === undefined ? null : new Date(filter.dueBefore),
      filter.below ?? null,
      filter.limit,
    ],
  );
  return rows;
}
