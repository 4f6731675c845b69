/** Why a clock is due when it is, as the API gives it out. */
import { z } from 'zod';
import { type NamedStep, zoneOf } from '../contracts/namedSteps.ts';
import type { ContractTerms } from '../contracts/terms.ts';
import { localDate } from '../contracts/zone.ts';
import type { ClockExplanation } from '../domain/explanation.ts';
import { CLOCK_NAMES } from '../domain/terms.ts';
import { iso, present } from './present.ts';
import { ClockOut, Instant } from './schemas.ts';

const Seconds = z.number().meta({ description: 'seconds of the clock’s own kind of time' });
const LocalDate = z.iso.date().meta({ description: 'local to the calendar' });
const span = { from: Instant, to: Instant };

const StepOut = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('counted'),
      ...span,
      date: LocalDate,
      seconds: Seconds,
      total: Seconds.meta({ description: 'with all that was counted before' }),
    }),
    z.object({
      kind: z.literal('paused'),
      ...span,
      seconds: Seconds.meta({ description: 'that would have counted' }),
      causes: z.array(z.enum(['waiting', 'escalated', 'workaroundProposed', 'fixProposed', 'deferred', 'closed'])),
    }),
    z.object({
      kind: z.literal('closed'),
      ...span,
      firstDate: LocalDate,
      lastDate: LocalDate,
      because: z.enum(['week', 'holiday', 'extraHoliday', 'closure']),
      name: z.object({ fr: z.string(), en: z.string() }).optional().meta({ description: 'of the holiday' }),
      reason: z.string().optional().meta({ description: 'of the closure' }),
    }),
    z.object({
      kind: z.literal('moved'),
      ...span,
      because: z
        .enum(['budgetChanged', 'paused'])
        .meta({ description: 'why it is due later than its budget was used up' }),
    }),
  ])
  .meta({ id: 'ExplanationStep' });

/** Why a clock is due when it is. */
export const ExplanationOut = z
  .object({
    number: z.string(),
    termsVersion: z.int(),
    priority: z.string(),
    clock: z.enum(CLOCK_NAMES),
    commitment: ClockOut.shape.commitment,
    status: ClockOut.shape.status,
    zone: z.string().meta({ description: 'IANA zone of the calendar' }),
    delay: z.record(z.string(), z.union([z.number(), z.string()])).meta({ description: 'as the terms have it' }),
    startedAt: Instant,
    budgetSeconds: Seconds.optional().meta({ description: 'of business days: the opened time that they span' }),
    usedSeconds: Seconds.meta({ description: 'the sum of what the steps count' }),
    businessDays: z
      .array(z.object({ date: LocalDate, at: Instant }))
      .optional()
      .meta({ description: 'of a delay in business days: each of them, without pauses' }),
    until: Instant.meta({ description: 'up to where the steps go' }),
    dueAt: Instant.optional().meta({
      description: 'missing while some of the budget is left and the clock stands still',
    }),
    steps: z.array(StepOut),
  })
  .meta({ id: 'Explanation' });

/** What belongs to the request rather than to the clock. */
export interface Explained {
  readonly number: string;
  readonly priority: string;
  readonly termsVersion: number;
}

/** An explanation with its named steps. */
export function explanationOut(
  request: Explained,
  terms: ContractTerms,
  explanation: ClockExplanation,
  steps: readonly NamedStep[],
): z.input<typeof ExplanationOut> {
  const { clock, commitment, status, delay, startedAt, budgetMs, usedMs, businessDays, until, dueAt } = explanation;
  const { number, termsVersion, priority } = request;
  const zone = zoneOf(terms, delay);
  const dateOf = (at: number) => localDate(zone, at);
  return {
    ...{ number, termsVersion, priority, clock, commitment, status, zone },
    delay: { ...delay },
    startedAt: iso(startedAt),
    usedSeconds: usedMs / 1_000,
    ...present({ budgetSeconds: budgetMs === undefined ? undefined : budgetMs / 1_000 }),
    ...(businessDays ? { businessDays: businessDays.map((at) => ({ date: dateOf(at), at: iso(at) })) } : {}),
    until: iso(until),
    ...present({ dueAt: dueAt === undefined ? undefined : iso(dueAt) }),
    steps: steps.map((step) => stepOut(step, dateOf)),
  };
}

function stepOut(step: NamedStep, dateOf: (at: number) => string): z.input<typeof StepOut> {
  const between = { from: iso(step.from), to: iso(step.to) };
  switch (step.kind) {
    case 'counted': {
      const { kind, ms, total, from } = step;
      return { kind, ...between, date: dateOf(from), seconds: ms / 1_000, total: total / 1_000 };
    }
    case 'paused':
      return { kind: step.kind, ...between, seconds: step.ms / 1_000, causes: [...step.causes] };
    case 'closed': {
      const { kind, firstDate, lastDate, because, name, reason } = step;
      return { kind, ...between, firstDate, lastDate, because, ...present({ name, reason }) };
    }
    case 'moved':
      return { kind: step.kind, ...between, because: step.because };
  }
}
