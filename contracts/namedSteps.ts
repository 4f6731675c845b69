/** An explanation for people: what the core counted, with the names of the days on which nothing was. */
import type { ClockExplanation, ExplanationStep } from '../domain/explanation.ts';
import type { Rules } from '../domain/rules.ts';
import { closedSpan } from './calendar.ts';
import { type ClosedTime, closedTimes, type NamedClosure } from './closedTimes.ts';
import type { Announced } from './requestTerms.ts';
import type { ContractTerms } from './terms.ts';

/** A step of the way, or a time in which the calendar was closed. */
export type NamedStep = ExplanationStep | ({ readonly kind: 'closed' } & ClosedTime);

/** The steps of an explanation, with closed times between them; of calendar hours there are none. Instants are epoch milliseconds. */
export function namedSteps(
  terms: ContractTerms,
  { delay, startedAt, until, steps }: ClockExplanation,
  rules: Rules,
  announced: { readonly [calendar: string]: Announced } = {},
): NamedStep[] {
  const calendar = 'calendar' in delay ? terms.calendars[delay.calendar] : undefined;
  if (!('calendar' in delay) || !calendar) return [...steps];
  const closures = (announced[delay.calendar]?.closures ?? []).flatMap((closure): NamedClosure[] =>
    closedSpan(calendar.zone, closure).map((span) => ({
      ...span,
      ...(closure.reason === undefined ? {} : { reason: closure.reason }),
    })),
  );
  const closed = closedTimes(calendar, rules.openings(delay.calendar), { from: startedAt, to: until }, closures);
  const named = closed.map((time) => ({ kind: 'closed' as const, ...time }));
  return [...steps, ...named].sort((one, other) => one.from - other.from);
}

/** The zone in which the days of a clock are counted: its calendar's, or else the contract's. */
export function zoneOf(terms: ContractTerms, delay: ClockExplanation['delay']): string {
  return ('calendar' in delay ? terms.calendars[delay.calendar]?.zone : undefined) ?? terms.zone;
}
