/** Calls of the hotline on a request, and time on causes that were not the product. */
import type { Pool } from 'pg';
import { z } from 'zod';
import type { HotlineDoor } from '../../client/hotlineDoor.ts';
import { hotlineOf } from '../../contracts/hotline.ts';
import {
  type BillingProposal,
  decideBilling,
  listDecidedBilling,
  listUndecidedBilling,
  proposeBilling,
} from '../../db/billingProposals.ts';
import { readContract } from '../../db/contracts.ts';
import { beginHotlineCall, listHotlineCalls, readHotlineCall } from '../../db/hotlineCalls.ts';
import { noteNumber } from '../../db/idempotencyKeys.ts';
import { withText } from '../givenText.ts';
import { ReceivedAt, Text } from '../inputs.ts';
import { BillingProposalList, BillingProposalOut, HotlineCallList, HotlineCallOut } from '../interventionSchemas.ts';
import { billingProposalOut, hotlineCallOut } from '../presentIntervention.ts';
import { notFound, Problem } from '../problems.ts';
import { STAFF, whoOf } from '../rights.ts';
import { type Answer, changing, param, type Route, reading } from '../route.ts';
import { visibleRow } from '../visibleRequest.ts';

interface Dependencies {
  readonly pool: Pool;
  readonly hotlineDoor: HotlineDoor;
}

const CALLS = '/v1/requests/{number}/hotlineCalls';

/** The routes of calls. */
export function hotlineRoutes({ pool, hotlineDoor }: Dependencies): Route[] {
  const shared = { tag: 'hotline', roles: STAFF } as const;
  return [
    changing({
      ...shared,
      path: CALLS,
      summary: 'Begin a call, or remote work, on an incident: its agent is alerted before free minutes run out',
      body: z.strictObject({ kind: z.enum(['call', 'remoteWork']).default('call') }),
      answer: { status: 201, description: 'The call that began', schema: HotlineCallOut },
      async handle({ caller, params, body, call }) {
        const { number, contract } = await visibleRow(pool, caller, param(params, 'number'));
        const row = await readContract(pool, contract);
        if (!row || !hotlineOf(row.terms)) {
          throw new Problem('not-covered', 'The contract has no hotline that is paid by time. Log the time as work.');
        }
        const begins = {
          ...{ request: number, termsVersion: row.version, kind: body.kind, beganAt: new Date() },
          agent: `staff:${caller.id}` as const,
        };
        const id =
          call.number ?? (await beginHotlineCall(pool, begins, (client, begun) => noteNumber(client, call.key, begun)));
        const begun = id ? await readHotlineCall(pool, id) : undefined;
        if (!begun) throw notFound('request');
        await hotlineDoor.begin(begun.id);
        return { content: hotlineCallOut(begun) };
      },
    }),
    reading({
      ...shared,
      path: CALLS,
      summary: 'List calls on a request, in their order',
      query: z.strictObject({}),
      answer: { status: 200, description: 'The calls', schema: HotlineCallList },
      async handle({ caller, params }) {
        const { number } = await visibleRow(pool, caller, param(params, 'number'));
        return { content: { items: (await listHotlineCalls(pool, number)).map(hotlineCallOut) } };
      },
    }),
    changing({
      ...shared,
      path: `${CALLS}/{n}/end`,
      summary: 'End a call; what goes beyond free minutes is debited in started units',
      body: z.strictObject({ at: ReceivedAt.optional().meta({ description: 'when it ended, where that is past' }) }),
      answer: { status: 200, description: 'The call and what it costs', schema: HotlineCallOut },
      async handle({ caller, params, body, call }) {
        const { number } = await visibleRow(pool, caller, param(params, 'number'));
        const row = await readHotlineCall(pool, `hotline:${number}:${param(params, 'n')}`);
        if (!row) throw notFound('call');
        // What is away, and for how long, costs the customer nothing.
        const now = Math.max(call.since.getTime(), row.beganAt.getTime());
        const at = body.at === undefined ? now : Date.parse(body.at);
        await hotlineDoor.end(row.id, { at, commandId: call.updateId });
        const ended = await readHotlineCall(pool, row.id);
        return { content: hotlineCallOut(ended ?? row) };
      },
    }),
  ];
}

/** The routes of proposals to bill time. */
export function billingProposalRoutes({ pool }: Pick<Dependencies, 'pool'>): Route[] {
  const shared = { tag: 'hotline', roles: STAFF } as const;
  return [
    changing({
      ...shared,
      path: '/v1/requests/{number}/billingProposals',
      summary: 'Propose to bill time on a cause that was not the product; somebody else decides',
      body: z.strictObject({
        seconds: z.int().positive().max(31_536_000),
        text: Text.meta({ description: 'what the cause was' }),
      }),
      answer: { status: 201, description: 'The proposal', schema: BillingProposalOut },
      async handle({ caller, params, body: { seconds, text }, call }) {
        const { number } = await visibleRow(pool, caller, param(params, 'number'));
        const who = whoOf(caller);
        let proposal: BillingProposal | undefined;
        await withText(pool, number, text, { commandId: call.updateId, who }, async ({ text: cause = '' }) => {
          proposal = await proposeBilling(pool, { request: number, seconds, cause, proposedBy: who });
        });
        if (!proposal) throw new Error('the proposal was not made');
        return { content: billingProposalOut(proposal) };
      },
    }),
    reading({
      ...shared,
      roles: [...STAFF, 'billing'],
      path: '/v1/billingProposals',
      summary: 'List proposals that nobody has decided, the oldest first; or those decided, the newest 500 first',
      query: z.strictObject({
        decision: z
          .enum(['none', 'confirmed', 'rejected'])
          .default('none')
          .meta({ description: 'those confirmed are to be billed' }),
      }),
      answer: { status: 200, description: 'The proposals', schema: BillingProposalList },
      async handle({ query: { decision } }) {
        const found = decision === 'none' ? await listUndecidedBilling(pool) : await listDecidedBilling(pool, decision);
        return { content: { items: found.map(billingProposalOut) } };
      },
    }),
    deciding(pool, 'confirm', 'confirmed', 'Confirm that time is billed; not by the one who proposed it'),
    deciding(pool, 'reject', 'rejected', 'Decide that time is not billed'),
  ];
}

function deciding(pool: Pool, name: string, decision: 'confirmed' | 'rejected', summary: string): Route {
  return changing({
    path: `/v1/billingProposals/{proposal}/${name}`,
    tag: 'hotline',
    summary,
    roles: ['supervisor'],
    body: z.strictObject({}),
    answer: { status: 200, description: 'The proposal after it', schema: BillingProposalOut },
    async handle({ caller, params }): Promise<Answer> {
      const id = param(params, 'proposal');
      if (!z.uuid().safeParse(id).success) throw notFound('proposal');
      return { content: billingProposalOut(await decideBilling(pool, id, { decision, by: whoOf(caller) })) };
    },
  });
}
