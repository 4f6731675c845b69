import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ESCALATION_COMMANDS, type EscalationCommandName } from '../../../../domain/escalation/events.ts';
import type { EscalationState } from '../../../../domain/escalation/state.ts';
import { isOver } from '../../../../domain/escalation/transitions.ts';
import { Refusal } from '../../../../domain/failures.ts';
import { local } from '../../../support/businessTime.ts';
import { ESCALATION_FIELDS, type EscalationLife, sendLife, type Verdict } from '../../../support/escalationLife.ts';

const priority = fc.constantFrom('p1', 'p2', 'p3', 'p4');
const kind = fc.constantFrom('workaround' as const, 'fix' as const);

type Step = { readonly minutes: number } & (
  | { readonly does: EscalationCommandName; readonly priority: string }
  | { readonly verdict: Verdict; readonly id: string }
);

const minutes = fc.integer({ min: 0, max: 3 * 24 * 60 });
const commandStep: fc.Arbitrary<Step> = fc.record({
  minutes,
  does: fc.constantFrom(...ESCALATION_COMMANDS.filter((name) => name !== 'withdraw' && name !== 'refuse')),
  priority,
});
const endStep: fc.Arbitrary<Step> = fc.record({
  minutes,
  does: fc.constantFrom('withdraw' as const, 'refuse' as const),
  priority,
});
const verdictStep: fc.Arbitrary<Step> = fc.record({
  minutes,
  id: fc.constantFrom('v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7', 'v8'),
  verdict: fc.oneof(
    fc.record({ what: fc.constant('accepted' as const), kind, ends: fc.boolean() }),
    fc.record({ what: fc.constant('rejected' as const), kind }),
  ),
});
const steps = fc.array(
  fc.oneof(
    { arbitrary: commandStep, weight: 12 },
    { arbitrary: verdictStep, weight: 4 },
    { arbitrary: endStep, weight: 1 },
  ),
  { minLength: 1, maxLength: 30 },
);

/** What must hold of any state, and between one and the next. */
function check(before: EscalationState, life: EscalationLife): void {
  const { state, view } = life;
  expect(state.lastAt).toBeGreaterThanOrEqual(before.lastAt);
  expect(state.seq).toBeGreaterThanOrEqual(before.seq);
  // The end is the end.
  if (isOver(before)) expect(state.status).toBe(before.status);
  expect(state.ended === undefined).toBe(!isOver(state));
  // Acknowledged once, and the clocks start there.
  expect(state.sr === undefined).toBe(state.acknowledgedAt === undefined);
  if (before.acknowledgedAt !== undefined) expect(state.acknowledgedAt).toBe(before.acknowledgedAt);
  if (before.sr) expect(state.sr).toEqual(before.sr);
  for (const clock of view.clocks) expect(clock.startedAt).toBe(state.acknowledgedAt);
  // A breach is never taken back, and what is met is met for good.
  const [was, is] = [before.clocks.resolution, state.clocks.resolution];
  if (was?.breachedAt !== undefined) expect(is?.breachedAt).toBe(was.breachedAt);
  if (was?.metAt !== undefined) expect(is?.metAt).toBe(was.metAt);
  // What is delivered is judged before anything else is.
  expect(state.delivery !== undefined).toBe(state.status === 'workaroundDelivered' || state.status === 'resolved');
  // At most one pause of a cause is open; pauses have length.
  const open = state.pauses.filter(({ to }) => to === undefined).map(({ cause }) => cause);
  expect(new Set(open).size).toBe(open.length);
  for (const { from, to = Number.POSITIVE_INFINITY } of state.pauses) expect(to).toBeGreaterThan(from);
  expect(open.includes('waiting')).toBe(state.status === 'waiting');
  // Nobody is chased but before the acknowledgement.
  if (state.status !== 'sent') expect(view.nextChaserAt).toBeUndefined();
  if (view.late) expect(view.late.fromAcknowledgement.from).toBeLessThanOrEqual(view.late.fromDue.from);
  if (view.late?.fromDue.to !== undefined) expect(view.late.fromDue.to).toBeGreaterThanOrEqual(view.late.fromDue.from);
}

/** Follows the steps, refusals included. */
function follow(first: string, wanted: readonly Step[]): EscalationLife {
  const life = sendLife(first, '2026-07-06 09:30');
  let at = local('2026-07-06 09:30');
  for (const step of wanted) {
    at += step.minutes * 60_000;
    life.until(at);
    const before = life.state;
    try {
      if ('verdict' in step) life.judged(at, step.verdict, step.id);
      else life.on(at, step.does, { ...ESCALATION_FIELDS[step.does], priority: step.priority } as object);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      expect(life.state).toBe(before);
    }
    check(before, life);
  }
  return life;
}

describe('any life of an escalation', () => {
  it('keeps its promises at every step', () => {
    fc.assert(
      fc.property(priority, steps, (first, wanted) => void follow(first, wanted)),
      { numRuns: 150 },
    );
  });

  it('has each warning, breach and report once, under keys of their own', () => {
    fc.assert(
      fc.property(priority, steps, (first, wanted) => {
        const life = follow(first, wanted).until('2027-03-01 10:00');
        const once = life.entries.filter(({ type }) => type === 'clockWarned' || type === 'clockBreached');
        expect(new Set(once.map(({ type }) => type)).size).toBe(once.length);
        expect(new Set(life.reports.map(({ id }) => id)).size).toBe(life.reports.length);
        expect(new Set(life.mails.map(({ key }) => key)).size).toBe(life.mails.length);
        expect(life.mails.filter(({ order }) => order.kind === 'chaser').length).toBeLessThanOrEqual(3);
        expect(life.state.pending).toEqual([]);
      }),
      { numRuns: 75 },
    );
  });

  it('notes change no clock', () => {
    fc.assert(
      fc.property(priority, steps, fc.integer({ min: 0, max: 30 }), (first, wanted, where) => {
        const noteStep: Step = { minutes: 0, does: 'note', priority: 'p1' };
        const noted = follow(first, [...wanted.slice(0, where), noteStep, ...wanted.slice(where)]);
        const plain = follow(first, wanted);
        expect(noted.view.clocks).toEqual(plain.view.clocks);
        expect(noted.view.status).toBe(plain.view.status);
      }),
      { numRuns: 60 },
    );
  });
});
