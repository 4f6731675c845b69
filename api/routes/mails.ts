/** Mails that came in, for staff: to look at, and to decide what nobody but a person can. */
import type { Pool } from 'pg';
import { z } from 'zod';
import { acceptMail, attachMail, attachMailToEscalation, dismissMail } from '../../client/mailReview.ts';
import type { EscalationsForMail } from '../../client/publisherMails.ts';
import type { RequestDoor } from '../../client/requestDoor.ts';
import { DISPOSITIONS, type InboundMailText, listInboundMails, readInboundMail } from '../../db/mailReading.ts';
import { Cursor, pageOf, readCursor } from '../cursors.ts';
import { Limit, RequestNumber, Text } from '../inputs.ts';
import { inboundMailOut, iso, present } from '../present.ts';
import { notFound } from '../problems.ts';
import { STAFF } from '../rights.ts';
import { type Answer, changing, param, type Route, reading } from '../route.ts';
import { InboundMail, InboundMailList } from '../schemas.ts';
import { withoutLinks } from '../withoutLinks.ts';

interface Dependencies {
  readonly pool: Pool;
  readonly door: RequestDoor;
  /** Where mails on escalations go. */
  readonly escalations?: EscalationsForMail;
}

const EscalationId = z.string().regex(/^escalation:DA-\d{4}-\d{6,9}:[1-9]\d{0,5}$/, {
  error: 'An escalation’s id looks like escalation:DA-2026-004217:1.',
});

const MailQuery = z.strictObject({
  disposition: z.enum(DISPOSITIONS).optional(),
  number: RequestNumber.optional().meta({ description: 'of the request that it is filed on' }),
  escalation: EscalationId.optional().meta({ description: 'id of the escalation that it is filed on' }),
  toLookAt: z.enum(['true', 'false']).optional().meta({ description: 'whether it waits for a person' }),
  limit: Limit,
  cursor: Cursor,
});

const AttachBody = z
  .strictObject({
    number: RequestNumber.optional(),
    counts: z.boolean().default(true).meta({ description: 'on a request: whether it is an answer' }),
    escalation: EscalationId.optional().meta({ description: 'id of an escalation to the publisher who wrote' }),
  })
  .refine(({ number, escalation }) => (number === undefined) !== (escalation === undefined), {
    path: ['number'],
    error: 'Give the number of a request, or the id of an escalation.',
  });

const MailCursor = z.tuple([z.iso.datetime(), z.uuid()]);

/** The routes under `/v1/mails`. */
export function mailRoutes(deps: Dependencies): Route[] {
  const { pool } = deps;
  return [
    reading({
      path: '/v1/mails',
      tag: 'mails',
      summary: 'List mails that came in, the newest first',
      roles: STAFF,
      query: MailQuery,
      answer: { status: 200, description: 'A page of mails', schema: InboundMailList },
      async handle({ query }) {
        const { toLookAt, limit, cursor, ...filter } = query;
        const before = readCursor(cursor, MailCursor);
        const rows = await listInboundMails(pool, {
          ...filter,
          toLookAt: toLookAt === undefined ? undefined : toLookAt === 'true',
          before: before && { receivedAt: before[0], id: before[1] },
          limit: limit + 1,
        });
        const { page, next } = pageOf(rows, limit, ({ receivedAt, id }) => [iso(receivedAt), id]);
        return { content: { items: page.map(inboundMailOut), ...next } };
      },
    }),
    reading({
      path: '/v1/mails/{id}',
      tag: 'mails',
      summary: 'Read a mail whole',
      roles: STAFF,
      query: z.strictObject({}),
      answer: { status: 200, description: 'The mail', schema: InboundMail },
      handle: ({ params }) => mailAnswer(pool, param(params, 'id')),
    }),
    changing({
      path: '/v1/mails/{id}/accept',
      tag: 'mails',
      summary: 'Let a mail count as the answer on the request that it matches',
      roles: STAFF,
      body: z.strictObject({}),
      answer: { status: 200, description: 'The mail after it', schema: InboundMail },
      async handle({ caller, params }) {
        const { id } = await requireMail(pool, param(params, 'id'));
        await acceptMail(deps, id, caller.id);
        return await mailAnswer(pool, id);
      },
    }),
    changing({
      path: '/v1/mails/{id}/attach',
      tag: 'mails',
      summary: 'File a mail on a request, as an answer unless it is said not to count; or as a note on an escalation',
      roles: STAFF,
      body: AttachBody,
      answer: { status: 200, description: 'The mail after it', schema: InboundMail },
      async handle({ caller, params, body }) {
        const { id } = await requireMail(pool, param(params, 'id'));
        const { number, escalation, counts } = body;
        if (escalation !== undefined) await attachMailToEscalation(deps, id, escalation, caller.id);
        else if (number !== undefined) await attachMail(deps, id, number, caller.id, { counts });
        return await mailAnswer(pool, id);
      },
    }),
    changing({
      path: '/v1/mails/{id}/dismiss',
      tag: 'mails',
      summary: 'Say that a mail is nothing to act on',
      roles: STAFF,
      body: z.strictObject({ reason: Text.max(500) }),
      answer: { status: 200, description: 'The mail after it', schema: InboundMail },
      async handle({ caller, params, body }) {
        const { id } = await requireMail(pool, param(params, 'id'));
        await dismissMail(deps, id, caller.id, body.reason);
        return await mailAnswer(pool, id);
      },
    }),
  ];
}

async function requireMail(pool: Pool, id: string): Promise<InboundMailText> {
  const mail = z.uuid().safeParse(id).success ? await readInboundMail(pool, id) : undefined;
  if (!mail) throw notFound('mail');
  return mail;
}

async function mailAnswer(pool: Pool, id: string): Promise<Answer> {
  const mail = await requireMail(pool, id);
  const [text, fullText, html] = [mail.bodyNew, mail.bodyFull, mail.bodyHtml].map(withoutLinks);
  return { content: { ...inboundMailOut(mail), ...present({ text, fullText, html }) } };
}
