/** What both sides read of escalations: lists, one with its package, its timeline, its files. */
import type { Pool } from 'pg';
import { z } from 'zod';
import { type FileStore, listAttachments } from '../../db/attachments.ts';
import { readEscalationMails } from '../../db/escalationCorrespondence.ts';
import { listEscalations } from '../../db/escalations.ts';
import { readEscalationTimeline } from '../../db/escalationTimeline.ts';
import { ESCALATION_STATUSES } from '../../domain/escalation/state.ts';
import { Cursor, pageOf, readCursor } from '../cursors.ts';
import { EscalationList, EscalationMails, EscalationOut, EscalationTimeline } from '../escalationSchemas.ts';
import { Limit, RequestNumber, ShortName } from '../inputs.ts';
import { escalationLineOut, escalationMailOut, escalationOut, visibleFiles } from '../presentEscalation.ts';
import { notFound, Problem } from '../problems.ts';
import { BOTH_SIDES, escalationAudienceOf, STAFF } from '../rights.ts';
import { param, type Route, reading } from '../route.ts';
import { TimelineQuery, timelinePage } from '../timelinePage.ts';
import { escalationAnswer, visibleEscalation } from '../visibleEscalation.ts';

const ListQuery = z.strictObject({
  status: z.enum(ESCALATION_STATUSES).optional(),
  priority: ShortName.optional(),
  contract: ShortName.optional().meta({ description: 'the contract with the publisher' }),
  publisher: ShortName.optional().meta({ description: 'for staff' }),
  stage: z.enum(['draft', 'sending', 'sent']).optional().meta({ description: 'for staff' }),
  breached: z.enum(['true', 'false']).optional().meta({ description: 'for staff' }),
  dueBefore: z.iso.datetime({ offset: true }).optional().meta({ description: 'a clock is due before this instant' }),
  limit: Limit,
  cursor: Cursor,
});

const Place = z.tuple([RequestNumber, z.int32()]);
const PATH = '/v1/escalations/{number}/{n}';
const shared = { tag: 'escalations', roles: BOTH_SIDES } as const;

/** The routes under `/v1/escalations` that read. */
export function escalationPages({ pool, files }: { readonly pool: Pool; readonly files: FileStore }): Route[] {
  return [
    reading({
      ...shared,
      path: '/v1/escalations',
      summary: 'List escalations, those of the newest requests first; publishers see what was sent to them',
      query: ListQuery,
      answer: { status: 200, description: 'A page of escalations', schema: EscalationList },
      async handle({ caller, query }) {
        const { limit, cursor, breached, dueBefore, ...filter } = query;
        const isForStaff = [query.publisher, query.stage, breached].some((one) => one !== undefined);
        if (caller.role === 'publisher' && isForStaff) {
          throw new Problem(
            'forbidden',
            'Only staff may filter by publisher, stage or breach. Leave these filters out.',
          );
        }
        const below = readCursor(cursor, Place);
        const rows = await listEscalations(pool, {
          ...filter,
          sentTo: caller.role === 'publisher' ? caller.publisher : undefined,
          breached: breached === undefined ? undefined : breached === 'true',
          dueBefore: dueBefore === undefined ? undefined : Date.parse(dueBefore),
          below: below && { request: below[0], n: below[1] },
          limit: limit + 1,
        });
        const { page, next } = pageOf(rows, limit, ({ request, n }) => [request, n]);
        const items = [];
        for (const row of page) items.push(escalationOut(row, await listAttachments(pool, row.id), caller.role));
        return { content: { items, ...next } };
      },
    }),
    reading({
      ...shared,
      path: PATH,
      summary: 'Read an escalation with its package',
      query: z.strictObject({}),
      answer: { status: 200, description: 'The escalation; its version is the ETag', schema: EscalationOut },
      async handle({ caller, params }) {
        const { id } = await visibleEscalation(pool, caller, params);
        return await escalationAnswer(pool, caller, id);
      },
    }),
    reading({
      ...shared,
      path: `${PATH}/timeline`,
      summary: 'What happened to an escalation, in order',
      query: TimelineQuery,
      answer: { status: 200, description: 'A page of the timeline', schema: EscalationTimeline },
      async handle({ caller, params, query }) {
        const { id } = await visibleEscalation(pool, caller, params);
        const content = await timelinePage(
          query,
          (page) => readEscalationTimeline(pool, id, escalationAudienceOf(caller), page),
          (row) => escalationLineOut(row, caller.role),
        );
        return { content };
      },
    }),
    reading({
      ...shared,
      roles: STAFF,
      path: `${PATH}/mails`,
      summary: 'Mails of an escalation, out and in, the oldest first, with how far each is',
      query: z.strictObject({}),
      answer: { status: 200, description: 'All of them', schema: EscalationMails },
      async handle({ caller, params }) {
        const { id } = await visibleEscalation(pool, caller, params);
        return { content: { items: (await readEscalationMails(pool, id)).map(escalationMailOut) } };
      },
    }),
    reading({
      ...shared,
      path: `${PATH}/attachments/{id}`,
      summary: 'Read a file of an escalation',
      query: z.strictObject({}),
      sendsFile: true,
      answer: { status: 200, description: 'The file as it is; its SHA-256 is the ETag', schema: z.string() },
      async handle({ caller, params }) {
        const row = await visibleEscalation(pool, caller, params);
        const seen = visibleFiles(row, await listAttachments(pool, row.id), caller.role);
        const file = seen.find(({ id }) => id === param(params, 'id'));
        const content = file && (await files.read(file.id));
        if (!content) throw notFound('file');
        return {
          headers: {
            'content-type': file.type,
            'content-length': String(file.size),
            'content-disposition': attachmentNamed(file.name),
            'x-content-type-options': 'nosniff',
            etag: `"${file.sha256}"`,
          },
          content: undefined,
          file: content,
        };
      },
    }),
  ];
}

/** RFC 6266: a name for old readers, and the whole name in UTF-8. */
function attachmentNamed(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const whole = encodeURIComponent(name).replaceAll(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
}
