/** Why the due moment of a clock is where it is. */
import type { Pool } from 'pg';
import { z } from 'zod';
import { ongoingInput } from '../../client/requestInput.ts';
import { Unavailable } from '../../client/unavailable.ts';
import { namedSteps } from '../../contracts/namedSteps.ts';
import { readAnnounced } from '../../db/calendars.ts';
import { readTerms } from '../../db/contracts.ts';
import { promisedClocks } from '../../domain/clocks.ts';
import { explainClock } from '../../domain/explanation.ts';
import { rulesOf } from '../../domain/rules.ts';
import { ExplanationOut, explanationOut } from '../explanations.ts';
import { notFound } from '../problems.ts';
import { EVERYBODY_ON_REQUESTS } from '../rights.ts';
import { param, type Route, reading } from '../route.ts';
import { visibleRow } from '../visibleRequest.ts';

/** The routes under `/v1/requests/{number}/clocks`. */
export function explanationRoutes({ pool }: { readonly pool: Pool }): Route[] {
  return [
    reading({
      path: '/v1/requests/{number}/clocks/{clock}/explanation',
      tag: 'requests',
      summary: 'Say why a clock is due when it is: interval by interval, with holidays, closures and pauses',
      roles: EVERYBODY_ON_REQUESTS,
      query: z.strictObject({}),
      answer: { status: 200, description: 'The way from the start to the due moment', schema: ExplanationOut },
      async handle({ caller, params }) {
        const { state, contract } = await visibleRow(pool, caller, param(params, 'number'));
        if (!state) throw new Unavailable('worker');
        const input = await ongoingInput(pool, state, Date.now());
        const terms = await readTerms(pool, contract, state.termsVersion);
        const clock = promisedClocks(state, input.terms).find(({ name }) => name === param(params, 'clock'));
        if (!clock || !terms) throw notFound('clock');
        const rules = rulesOf(input);
        const explanation = explainClock(clock, state.pauses, rules);
        const announced = await readAnnounced(pool, contract, state.termsVersion);
        const steps = namedSteps(terms, explanation, rules, announced);
        return { content: explanationOut(state, terms, explanation, steps) };
      },
    }),
  ];
}
