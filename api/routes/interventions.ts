/** Interventions: opened on a request, listed, read with their timeline. */
import type { Pool } from 'pg';
import { z } from 'zod';
import type { InterventionDoor } from '../../client/interventionDoor.ts';
import { readContact, readContract } from '../../db/contracts.ts';
import { discardIntervention, listInterventions, registerIntervention } from '../../db/interventions.ts';
import { readInterventionTimeline } from '../../db/interventionTimeline.ts';
import { Refusal } from '../../domain/failures.ts';
import { INTERVENTION_STATUSES } from '../../domain/intervention/state.ts';
import { Cursor, CursorInstant, pageOf, readCursor } from '../cursors.ts';
import { withText } from '../givenText.ts';
import { Limit, RequestNumber, ShortName } from '../inputs.ts';
import { InterventionOpening } from '../interventionBodies.ts';
import { InterventionList, InterventionOut, InterventionTimeline } from '../interventionSchemas.ts';
import { interventionLineOut, interventionOut } from '../presentIntervention.ts';
import { notFound, Problem, validationFailed } from '../problems.ts';
import { audienceOf, CONTRACT_READERS, STAFF, whoOf } from '../rights.ts';
import { changing, param, type Route, reading } from '../route.ts';
import { TimelineQuery, timelinePage } from '../timelinePage.ts';
import { interventionAnswer, isSaved, visibleIntervention } from '../visibleIntervention.ts';
import { visibleRow } from '../visibleRequest.ts';

interface Dependencies {
  readonly pool: Pool;
  readonly interventionDoor: InterventionDoor;
}

const PATH = '/v1/interventions/{number}/{n}';
const ListQuery = z.strictObject({
  contract: ShortName.optional(),
  request: RequestNumber.optional(),
  status: z.enum(INTERVENTION_STATUSES).optional(),
  limit: Limit,
  cursor: Cursor,
});

/** The routes that open and read interventions. */
export function interventionRoutes(deps: Dependencies): Route[] {
  const { pool } = deps;
  const shared = { tag: 'interventions', roles: CONTRACT_READERS } as const;
  return [
    openingRoute(deps),
    reading({
      ...shared,
      path: '/v1/interventions',
      summary: 'List interventions, the newest first',
      query: ListQuery,
      answer: { status: 200, description: 'A page of interventions', schema: InterventionList },
      async handle({ caller, query: { limit, cursor, ...filter } }) {
        if (caller.role === 'publisher') throw notFound('intervention');
        if (caller.role === 'customer' && filter.contract !== undefined && filter.contract !== caller.contract) {
          return { content: { items: [] } };
        }
        const rows = await listInterventions(pool, {
          ...filter,
          ...(caller.role === 'customer' ? { contract: caller.contract } : {}),
          below: place(cursor),
          limit: limit + 1,
        });
        const { page, next } = pageOf(rows, limit, ({ createdAt, id }) => [createdAt.getTime(), id]);
        const items = page.filter(isSaved).map((row) => interventionOut(row, caller.role));
        return { content: { items, ...next } };
      },
    }),
    reading({
      ...shared,
      path: PATH,
      summary: 'Read an intervention with its estimate',
      query: z.strictObject({}),
      answer: { status: 200, description: 'The intervention; its version is the ETag', schema: InterventionOut },
      async handle({ caller, params }) {
        const { id } = await visibleIntervention(pool, caller, params);
        return await interventionAnswer(pool, caller, id);
      },
    }),
    reading({
      ...shared,
      path: `${PATH}/timeline`,
      summary: 'What happened to an intervention, in order',
      query: TimelineQuery,
      answer: { status: 200, description: 'A page of the timeline', schema: InterventionTimeline },
      async handle({ caller, params, query }) {
        const { id } = await visibleIntervention(pool, caller, params);
        const content = await timelinePage(
          query,
          (page) => readInterventionTimeline(pool, id, audienceOf(caller), page),
          (row) => interventionLineOut(row, caller.role),
        );
        return { content };
      },
    }),
  ];
}

function openingRoute({ pool, interventionDoor }: Dependencies): Route {
  return changing({
    path: '/v1/requests/{number}/interventions',
    tag: 'interventions',
    summary: 'Open an intervention on a request; its feasibility is studied first where the terms say so',
    roles: STAFF,
    body: InterventionOpening,
    answer: { status: 201, description: 'The intervention', schema: InterventionOut },
    async handle({ caller, params, body, call }) {
      const request = await visibleRow(pool, caller, param(params, 'number'));
      const contract = await readContract(pool, request.contract);
      if (!contract) throw new Problem('not-covered', 'The contract has no terms in force. Renew it first.');
      const contact = await readContact(pool, body.contact ?? request.contact);
      if (!contact?.active || contact.contract !== request.contract) {
        throw validationFailed([{ path: 'contact', message: 'The contract has no such active contact.' }]);
      }
      const meta = { who: whoOf(caller), channel: 'api', commandId: call.updateId } as const;
      let id = '';
      await withText(pool, request.number, body.text, meta, async ({ text = call.updateId }) => {
        const registered = await registerIntervention(pool, {
          ...{ request: request.number, termsVersion: contract.version, contact: contact.id, text, ...meta },
          ...(body.module === undefined ? {} : { module: body.module }),
        });
        if (registered === undefined) throw notFound('request');
        id = registered;
        try {
          await interventionDoor.open(registered);
        } catch (error) {
          if (error instanceof Refusal) await discardIntervention(pool, registered);
          throw error;
        }
      });
      return await interventionAnswer(pool, caller, id);
    },
  });
}

const Place = z.tuple([CursorInstant, z.string()]);

function place(cursor: string | undefined): { createdAt: number; id: string } | undefined {
  const values = readCursor(cursor, Place);
  return values && { createdAt: values[0], id: values[1] };
}
