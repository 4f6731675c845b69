/** Requests: opening them, listing them, reading one with its timeline and its mails. */
import type { Pool } from 'pg';
import { z } from 'zod';
import type { RequestDoor } from '../../client/requestDoor.ts';
import type { TokenHolder } from '../../db/accessTokens.ts';
import { NumberTaken, noteNumber } from '../../db/idempotencyKeys.ts';
import { readCorrespondence } from '../../db/mailReading.ts';
import { discardRegistration, listRequests, registerRequest } from '../../db/requests.ts';
import { readTimeline } from '../../db/timeline.ts';
import { Refusal } from '../../domain/failures.ts';
import { STATUSES } from '../../domain/state.ts';
import { Cursor, pageOf, readCursor } from '../cursors.ts';
import { Limit, RequestNumber, ShortName } from '../inputs.ts';
import { findWrong, judgeOpening, OpeningBody, type OpeningDependencies } from '../opening.ts';
import { correspondenceOut, requestOut, timelineLineOut } from '../present.ts';
import { Problem, stillRunning } from '../problems.ts';
import { audienceOf, EVERYBODY_ON_REQUESTS } from '../rights.ts';
import { changing, type KeyedCall, param, type Route, reading } from '../route.ts';
import { Correspondence, RequestList, RequestOut, Timeline } from '../schemas.ts';
import { TimelineQuery, timelinePage } from '../timelinePage.ts';
import { isOpen, requestAnswer, visibleRow } from '../visibleRequest.ts';

const ListQuery = z.strictObject({
  contract: ShortName.optional(),
  status: z.enum(STATUSES).optional(),
  priority: ShortName.optional(),
  assignee: ShortName.optional().meta({ description: 'for staff: staff:<id>' }),
  breached: z.enum(['true', 'false']).optional().meta({ description: 'for staff' }),
  dueBefore: z.iso.datetime({ offset: true }).optional().meta({ description: 'a clock is due before this instant' }),
  limit: Limit,
  cursor: Cursor,
});

/** The routes under `/v1/requests` that are no command. */
export function requestRoutes(deps: OpeningDependencies & { readonly door: RequestDoor }): Route[] {
  const { pool, door } = deps;
  return [
    changing({
      path: '/v1/requests',
      tag: 'requests',
      summary: 'Open a request',
      roles: EVERYBODY_ON_REQUESTS,
      body: OpeningBody,
      judge: async (caller, sound) => (await findWrong(deps, caller, sound)).errors,
      answer: { status: 201, description: 'The request, registered; Location is its path', schema: RequestOut },
      async handle({ caller, body, call }) {
        const number = call.number ?? (await register(deps, caller, body, call));
        await openOrDiscard(pool, door, number);
        const answer = await requestAnswer(pool, caller, number);
        return { ...answer, headers: { ...answer.headers, location: `/v1/requests/${number}` } };
      },
    }),
    reading({
      path: '/v1/requests',
      tag: 'requests',
      summary: 'List requests, the newest first',
      roles: EVERYBODY_ON_REQUESTS,
      query: ListQuery,
      answer: { status: 200, description: 'A page of requests', schema: RequestList },
      async handle({ caller, query }) {
        const { limit, cursor, breached, dueBefore, contract, ...filter } = query;
        const [below] = readCursor(cursor, z.tuple([RequestNumber])) ?? [];
        if (caller.role === 'customer' && (filter.assignee !== undefined || breached !== undefined)) {
          throw new Problem('forbidden', 'Only staff may filter by assignee or breach. Leave these filters out.');
        }
        if (caller.role === 'customer' && contract !== undefined && contract !== caller.contract) {
          return { content: { items: [] } };
        }
        const only = caller.role === 'customer' ? caller.contract : contract;
        const rows = await listRequests(pool, {
          ...filter,
          contract: only,
          below,
          breached: breached === undefined ? undefined : breached === 'true',
          dueBefore: dueBefore === undefined ? undefined : Date.parse(dueBefore),
          limit: limit + 1,
        });
        const { page, next } = pageOf(rows, limit, ({ number }) => [number]);
        const now = Date.now();
        const items = page.filter(isOpen).map((row) => requestOut(row, caller.role, now));
        return { content: { items, ...next } };
      },
    }),
    reading({
      path: '/v1/requests/{number}',
      tag: 'requests',
      summary: 'Read a request',
      roles: EVERYBODY_ON_REQUESTS,
      query: z.strictObject({}),
      answer: { status: 200, description: 'The request; its version is the ETag', schema: RequestOut },
      handle: ({ caller, params }) => requestAnswer(pool, caller, param(params, 'number')),
    }),
    reading({
      path: '/v1/requests/{number}/timeline',
      tag: 'requests',
      summary: 'What happened to a request, in order',
      roles: EVERYBODY_ON_REQUESTS,
      query: TimelineQuery,
      answer: { status: 200, description: 'A page of the timeline', schema: Timeline },
      async handle({ caller, params, query }) {
        const { number } = await visibleRow(pool, caller, param(params, 'number'));
        const content = await timelinePage(
          query,
          (page) => readTimeline(pool, number, audienceOf(caller), page),
          (row) => timelineLineOut(row, caller.role),
        );
        return { content };
      },
    }),
    reading({
      path: '/v1/requests/{number}/mails',
      tag: 'requests',
      summary: 'Mails of a request, out and in, the oldest first',
      roles: EVERYBODY_ON_REQUESTS,
      query: z.strictObject({}),
      answer: { status: 200, description: 'The mails that the caller may see', schema: Correspondence },
      async handle({ caller, params }) {
        const { number } = await visibleRow(pool, caller, param(params, 'number'));
        const rows = await readCorrespondence(pool, number, audienceOf(caller));
        return { content: { items: rows.map((row) => correspondenceOut(row, caller.role)) } };
      },
    }),
  ];
}

/** The number is noted with the key in the transaction that registers it: a retry goes on with the same. */
async function register(
  deps: OpeningDependencies,
  caller: TokenHolder,
  body: OpeningBody,
  call: KeyedCall,
): Promise<string> {
  const request = await judgeOpening(deps, caller, body);
  try {
    return await registerRequest(deps.pool, { ...request, commandId: call.updateId }, (client, number) =>
      noteNumber(client, call.key, number),
    );
  } catch (error) {
    // A call that was slow enough to be taken for dead; the one that took over goes on.
    if (error instanceof NumberTaken) throw stillRunning(1, { cause: error });
    throw error;
  }
}

async function openOrDiscard(pool: Pool, door: RequestDoor, number: string): Promise<void> {
  try {
    await door.open(number);
  } catch (error) {
    if (error instanceof Refusal) await discardRegistration(pool, number);
    throw error;
  }
}
