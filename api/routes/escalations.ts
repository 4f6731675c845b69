/** Escalations of a request, for its staff: drafted, completed, sent. */
import type { Pool } from 'pg';
import { z } from 'zod';
import type { RequestDoor } from '../../client/requestDoor.ts';
import type { TokenHolder } from '../../db/accessTokens.ts';
import { addExampleFile, type FileStore, listAttachments } from '../../db/attachments.ts';
import { readContact } from '../../db/contracts.ts';
import {
  completeDraft,
  draftEscalation,
  type EscalationRow,
  isLeftSending,
  listEscalationsOf,
  markSending,
  takeBackSending,
} from '../../db/escalations.ts';
import { FILE_BYTES } from '../../db/fileTypes.ts';
import { NumberTaken, noteNumber } from '../../db/idempotencyKeys.ts';
import { readNamespaceOf } from '../../db/publishers.ts';
import { missingParts } from '../../domain/escalation/package.ts';
import { Refusal } from '../../domain/failures.ts';
import { escalationWorkflowId } from '../../workflows/escalationMessages.ts';
import { CompletionBody, DraftBody } from '../escalationBodies.ts';
import { judgeCompletion, judgeDraft, judgeSending, partsOf } from '../escalationDraft.ts';
import { AttachmentOut, EscalationList, EscalationOut } from '../escalationSchemas.ts';
import { withText } from '../givenText.ts';
import { Text } from '../inputs.ts';
import { questionFor } from '../missingParts.ts';
import { attachmentOut, escalationOut, pathOf } from '../presentEscalation.ts';
import { Problem, stillRunning } from '../problems.ts';
import { STAFF, whoOf } from '../rights.ts';
import { changing, type KeyedCall, param, type Route, reading, uploading } from '../route.ts';
import { RequestOut } from '../schemas.ts';
import { escalationAnswer, visibleEscalation } from '../visibleEscalation.ts';
import { requestAnswer, visibleRow } from '../visibleRequest.ts';

interface Dependencies {
  readonly pool: Pool;
  readonly door: RequestDoor;
  readonly files: FileStore;
}

/** A call that has set a row on its way has told the request by then, or died. */
const LEFT_SECONDS = 60;

const OF_REQUEST = '/v1/requests/{number}/escalations';
const shared = { tag: 'escalations', roles: STAFF } as const;
const answer = { status: 200, description: 'The escalation', schema: EscalationOut } as const;

/** The routes under `/v1/requests/{number}` that are about escalations. */
export function escalationRoutes(deps: Dependencies): Route[] {
  const { pool, door, files } = deps;
  return [
    changing({
      ...shared,
      path: OF_REQUEST,
      summary: 'Draft an escalation to the publisher of a product; what is missing may follow',
      body: DraftBody,
      answer: { ...answer, status: 201, description: 'The draft, with what is missing; Location is its path' },
      async handle({ caller, params, body, call }) {
        const request = await visibleRow(pool, caller, param(params, 'number'));
        // An earlier call with the key has drafted it: its answer was lost.
        const id = call.number ?? (await draft(deps, caller, request.number, body, call));
        const drafted = await escalationAnswer(pool, caller, id);
        const { n } = drafted.content as { n: number };
        return { ...drafted, headers: { location: pathOf({ request: request.number, n }) } };
      },
    }),
    reading({
      ...shared,
      path: OF_REQUEST,
      summary: 'List the escalations of a request, drafts too',
      query: z.strictObject({}),
      answer: { status: 200, description: 'All of them, in their order', schema: EscalationList },
      async handle({ caller, params }) {
        const { number } = await visibleRow(pool, caller, param(params, 'number'));
        const items = [];
        for (const row of await listEscalationsOf(pool, number)) {
          items.push(escalationOut(row, await listAttachments(pool, row.id), caller.role));
        }
        return { content: { items } };
      },
    }),
    changing({
      ...shared,
      path: `${OF_REQUEST}/{n}`,
      summary: 'Complete a draft: each part that is given replaces the one before',
      body: CompletionBody,
      answer,
      async handle({ caller, params, body }) {
        const row = await visibleEscalation(pool, caller, params);
        await judgeCompletion(pool, row, body);
        const { parts, priority, referent } = body;
        if (!(await completeDraft(pool, row.id, { parts: partsOf(parts), priority, referent }))) throw sentAlready(row);
        return await escalationAnswer(pool, caller, row.id);
      },
    }),
    uploading({
      ...shared,
      path: `${OF_REQUEST}/{n}/attachments`,
      summary: 'Upload a file, which becomes part of the draft’s example file; the body is the file itself',
      query: z.strictObject({ name: z.string().min(1).max(400).meta({ description: 'the file’s name' }) }),
      atMost: FILE_BYTES,
      answer: { status: 201, description: 'The file as it is stored', schema: AttachmentOut },
      async handle({ caller, params, query, content, call }) {
        const row = await visibleEscalation(pool, caller, params);
        if (row.stage !== 'draft') throw sentAlready(row);
        const file = await files.put({
          id: call.updateId,
          escalation: row.id,
          declaredName: query.name,
          content,
          storedBy: whoOf(caller),
        });
        if (!(await addExampleFile(pool, row.id, file.id))) throw sentAlready(row);
        const stored = attachmentOut(row, file);
        return { headers: { location: stored.link }, content: stored };
      },
    }),
    changing({
      ...shared,
      path: `${OF_REQUEST}/{n}/askForMissing`,
      summary: 'Ask the customer for the parts that are missing, in words meant for them, or in those given',
      body: z.strictObject({ text: Text.optional() }),
      answer: { status: 200, description: 'The request, which waits for the answer', schema: RequestOut },
      async handle({ caller, params, body, call }) {
        const request = await visibleRow(pool, caller, param(params, 'number'));
        const row = await visibleEscalation(pool, caller, params);
        if (row.stage !== 'draft') throw sentAlready(row);
        const missing = missingParts(row.parts);
        if (body.text === undefined && missing.length === 0) {
          throw new Problem('conflict', 'Nothing is missing: escalate, or give the text that the customer is asked.');
        }
        const contact = await readContact(pool, request.contact);
        const question = body.text ?? questionFor(missing, contact?.language ?? request.language);
        const meta = { who: whoOf(caller), channel: 'api', commandId: call.updateId } as const;
        await withText(pool, request.number, question, meta, () =>
          door.command(request.number, 'ask', { text: call.updateId, ...meta }),
        );
        return await requestAnswer(pool, caller, request.number);
      },
    }),
    changing({
      ...shared,
      path: '/v1/requests/{number}/escalate',
      tag: 'commands',
      summary: 'Send a complete draft to the publisher; 422 lists every part that is missing',
      body: z.strictObject({ escalation: z.int().min(1).meta({ description: 'the n of the draft' }) }),
      answer: { status: 200, description: 'The request after the command', schema: RequestOut },
      async handle({ caller, params, body, call }) {
        const request = await visibleRow(pool, caller, param(params, 'number'));
        const row = await visibleEscalation(pool, caller, { number: request.number, n: String(body.escalation) });
        await escalate(deps, caller, row, call);
        return await requestAnswer(pool, caller, request.number);
      },
    }),
  ];
}

/** Its id is noted with the key in the transaction that writes it: a retry finds the same draft. */
async function draft(
  { pool }: Dependencies,
  caller: TokenHolder,
  number: string,
  body: DraftBody,
  call: KeyedCall,
): Promise<string> {
  const request = await visibleRow(pool, caller, number);
  const judged = await judgeDraft(pool, request, body);
  return await noting(() =>
    draftEscalation(pool, { ...judged, request: number, draftedBy: whoOf(caller) }, (client, id) =>
      noteNumber(client, call.key, id),
    ),
  );
}

/**
 * The row is on its way first, so that the workflow finds it complete; whose call it was is noted with it. A refusal by the
 * request makes it a draft again, unless it is that it was sent already. What a call that died has left on its way another
 * call takes up: the request takes each n once.
 */
async function escalate(
  { pool, door }: Dependencies,
  caller: TokenHolder,
  row: EscalationRow,
  call: KeyedCall,
): Promise<void> {
  const isOurs = call.number === row.id;
  if (row.stage === 'draft') {
    const sent = await judgeSending(pool, row);
    const isMarked = await noting(() =>
      markSending(pool, row, sent, async (client) => {
        if (!isOurs) await noteNumber(client, call.key, row.id);
      }),
    );
    if (!isMarked) throw stillRunning(1);
  } else if (!isOurs && !(await isLeftSending(pool, row.id, LEFT_SECONDS))) throw sentAlready(row);
  const { request, n, contract, publisher } = row;
  const elsewhere = await readNamespaceOf(pool, row.id);
  try {
    await door.command(request, 'escalate', {
      n,
      publisherContract: contract,
      publisher,
      ...(elsewhere ? { endpoint: elsewhere.endpoint } : {}),
      who: whoOf(caller),
      channel: 'api',
      commandId: call.updateId,
    });
  } catch (error) {
    if (error instanceof Refusal && error.type !== 'Conflict')
      await takeBackSending(pool, escalationWorkflowId(request, n));
    throw error;
  }
}

/** A call that was slow enough to be taken for dead leaves it to the one that took over. */
async function noting<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NumberTaken) throw stillRunning(1, { cause: error });
    throw error;
  }
}

function sentAlready({ n, request }: EscalationRow): Problem {
  const detail = `Escalation ${n} is no draft any more. Write a note on it at /v1/escalations/${request}/${n}/note, or draft another one.`;
  return new Problem('conflict', detail);
}
