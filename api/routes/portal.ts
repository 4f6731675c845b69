/** Whether the customers' portal is marked as down: some contracts take requests by mail only then (A art. 1). */
import type { Pool } from 'pg';
import { z } from 'zod';
import { markPortal, readPortalOutage } from '../../db/portal.ts';
import { PortalOut } from '../contractSchemas.ts';
import { iso } from '../present.ts';
import { EVERYBODY_ON_REQUESTS, STAFF, whoOf } from '../rights.ts';
import { type Answer, changing, type Route, reading } from '../route.ts';

/** The routes under `/v1/portal`. */
export function portalRoutes({ pool }: { readonly pool: Pool }): Route[] {
  return [
    reading({
      path: '/v1/portal',
      tag: 'portal',
      summary: 'Say whether the portal is marked as down',
      roles: EVERYBODY_ON_REQUESTS,
      query: z.strictObject({}),
      answer: { status: 200, description: 'The portal', schema: PortalOut },
      handle: () => portalAnswer(pool),
    }),
    marking(
      pool,
      'markDown',
      true,
      'Mark the portal as down: contracts that admit it take requests by mail from now on',
    ),
    marking(pool, 'markUp', false, 'Mark the portal as up again'),
  ];
}

function marking(pool: Pool, name: string, isDown: boolean, summary: string): Route {
  return changing({
    path: `/v1/portal/${name}`,
    tag: 'portal',
    summary,
    roles: STAFF,
    body: z.strictObject({}),
    answer: { status: 200, description: 'The portal after it', schema: PortalOut },
    async handle({ caller }) {
      await markPortal(pool, isDown, whoOf(caller));
      return await portalAnswer(pool);
    },
  });
}

async function portalAnswer(pool: Pool): Promise<Answer> {
  const outage = await readPortalOutage(pool);
  const isDown = outage !== undefined && outage.until === null;
  return { content: { isDown, ...(isDown ? { since: iso(outage.since) } : {}) } };
}
