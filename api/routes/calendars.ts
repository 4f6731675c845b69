/** Calendars: their exceptional closures, announced and taken back by supervisors, and how far that has gone. */
import type { Pool } from 'pg';
import { z } from 'zod';
import { type CalendarRow, readCalendar } from '../../db/calendars.ts';
import { announceClosure, type ClosureRow, listClosures, readClosure, takeClosureBack } from '../../db/closures.ts';
import { countHours, INTERVENTION_HOURS, REQUEST_HOURS } from '../../db/olderHours.ts';
import { CalendarOut, ChangedClosure, ClosureList, type ClosureOut } from '../calendarSchemas.ts';
import { ClosureBody, endOf, judgeClosure } from '../closures.ts';
import { iso, present } from '../present.ts';
import { notFound, Problem } from '../problems.ts';
import { STAFF, whoOf } from '../rights.ts';
import { type Answer, changing, param, type Route, reading } from '../route.ts';

/** The routes under `/v1/calendars`. */
export function calendarRoutes({ pool }: { readonly pool: Pool }): Route[] {
  return [
    reading({
      path: '/v1/calendars/{id}',
      tag: 'calendars',
      summary: 'Read a calendar: its version, and how many open requests count on it already',
      roles: STAFF,
      query: z.strictObject({}),
      answer: { status: 200, description: 'The calendar', schema: CalendarOut },
      async handle({ params }) {
        return { content: await calendarOut(pool, await requireCalendar(pool, param(params, 'id'))) };
      },
    }),
    reading({
      path: '/v1/calendars/{id}/closures',
      tag: 'calendars',
      summary: 'List the closures of a calendar, the last announced first; those taken back too',
      roles: STAFF,
      query: z.strictObject({}),
      answer: { status: 200, description: 'Its closures', schema: ClosureList },
      async handle({ params }) {
        const { id } = await requireCalendar(pool, param(params, 'id'));
        return { content: { items: (await listClosures(pool, id)).map(closureOut) } };
      },
    }),
    changing({
      path: '/v1/calendars/{id}/closures',
      tag: 'calendars',
      summary: 'Announce a closure; open requests are recomputed in the background',
      roles: ['supervisor'],
      body: ClosureBody,
      answer: { status: 201, description: 'The closure, and its calendar', schema: ChangedClosure },
      async handle({ caller, params, body, call }) {
        const calendar = await requireCalendar(pool, param(params, 'id'));
        const known = await readClosure(pool, calendar.id, call.updateId);
        if (!known) await announce(calendar, body, whoOf(caller), call.updateId);
        return await changedAnswer(pool, calendar.id, call.updateId);
      },
    }),
    changing({
      path: '/v1/calendars/{id}/closures/{closure}/takeBack',
      tag: 'calendars',
      summary: 'Take a closure back: what is left of it counts as open again',
      roles: ['supervisor'],
      body: z.strictObject({}),
      answer: { status: 200, description: 'The closure, and its calendar', schema: ChangedClosure },
      async handle({ caller, params, call }) {
        const calendar = await requireCalendar(pool, param(params, 'id'));
        const closure = await requireClosure(pool, calendar.id, param(params, 'closure'));
        const at = Date.now();
        const isMine = closure.takenBackCommand === call.updateId;
        if (!isMine && closure.takenBackAt === null && endOf(closure, calendar) <= at) {
          throw new Problem('conflict', 'This closure is over: nothing of it is left to be taken back.');
        }
        if (!(await takeClosureBack(pool, closure, { at, by: whoOf(caller), commandId: call.updateId }))) {
          throw new Problem('conflict', 'This closure has been taken back already.');
        }
        return await changedAnswer(pool, calendar.id, closure.id);
      },
    }),
  ];

  async function announce(
    calendar: CalendarRow,
    body: ClosureBody,
    by: ReturnType<typeof whoOf>,
    id: string,
  ): Promise<void> {
    const closure = await judgeClosure(pool, calendar, body, Date.now());
    if (await announceClosure(pool, { ...closure, id, calendar: calendar.id, by })) return;
    throw new Problem('conflict', 'This very closure is announced already. Take it back before you announce it anew.');
  }
}

async function requireCalendar(pool: Pool, id: string): Promise<CalendarRow> {
  const calendar = await readCalendar(pool, id);
  if (!calendar) throw notFound('calendar');
  return calendar;
}

async function requireClosure(pool: Pool, calendar: string, id: string): Promise<ClosureRow> {
  const closure = z.uuid().safeParse(id).success ? await readClosure(pool, calendar, id) : undefined;
  if (!closure) throw notFound('closure');
  return closure;
}

async function changedAnswer(pool: Pool, calendar: string, id: string): Promise<Answer> {
  const closure = closureOut(await requireClosure(pool, calendar, id));
  return { content: { closure, calendar: await calendarOut(pool, await requireCalendar(pool, calendar)) } };
}

async function calendarOut(pool: Pool, calendar: CalendarRow): Promise<z.input<typeof CalendarOut>> {
  const { id, version, zones, admitting, others } = calendar;
  return {
    ...{ id, version, zones: [...zones], contracts: { admitting, others } },
    openRequests: await countHours(pool, REQUEST_HOURS, id),
    openInterventions: await countHours(pool, INTERVENTION_HOURS, id),
  };
}

function closureOut(row: ClosureRow): z.input<typeof ClosureOut> {
  const { id, calendar, day, beginsAt, endsAt, reason, announcedBy, lateReason, takenBackAt, takenBackBy } = row;
  return {
    id,
    calendar,
    ...present({ day, from: beginsAt && iso(beginsAt), to: endsAt && iso(endsAt) }),
    reason,
    announcedAt: iso(row.announcedAt),
    announcedBy,
    enteredAt: iso(row.enteredAt),
    ...present({ lateReason, takenBackAt: takenBackAt && iso(takenBackAt), takenBackBy }),
  };
}
