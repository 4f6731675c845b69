/**
 * Terms without what is usual: they are in the input of every run of every request. Terms written out in full are their
 * own short form too.
 */
import type { ClockName, ClockTerms, Delay, PriorityTerms, RequestTerms } from './terms.ts';

/** A delay may leave out the terms' usual calendar. */
type ShortDelay = Delay | { readonly [length in 'businessHours' | 'businessDays' | 'openedSeconds']?: number };

type ShortClock = Omit<Partial<ClockTerms>, 'delay'> & Pick<ClockTerms, 'metBy'> & { readonly delay: ShortDelay };

type ShortPriority = Omit<PriorityTerms, 'clocks' | 'deferrable' | 'reminders'> & {
  readonly clocks: { readonly [name in ClockName]?: ShortClock };
  readonly deferrable?: boolean;
  readonly reminders?: {
    readonly after: readonly [ShortDelay, ShortDelay, ShortDelay];
    readonly closeAfterThird: ShortDelay;
  };
};

/** See {@link shortTerms}. */
export type ShortTerms = Omit<RequestTerms, 'priorities' | 'reopenWithin'> & {
  readonly priorities: { readonly [priority: string]: ShortPriority };
  readonly reopenWithin: ShortDelay;
  /** Of the delays that name none. */
  readonly calendar?: string;
};

/** What most clocks have. */
const USUAL = {
  starts: 'registration',
  pausedWhile: [],
  commitment: 'firm',
  warnAt: 0.75,
} as const satisfies Partial<ClockTerms>;

/** What {@link wholeTerms} makes the same terms of again. */
export function shortTerms(terms: RequestTerms): ShortTerms {
  const calendar = 'calendar' in terms.reopenWithin ? terms.reopenWithin.calendar : undefined;
  if (calendar === undefined) return terms;
  const short = (delay: Delay): ShortDelay => {
    if (!('calendar' in delay) || delay.calendar !== calendar) return delay;
    const { calendar: _, ...length } = delay;
    return length;
  };
  return {
    ...terms,
    calendar,
    reopenWithin: short(terms.reopenWithin),
    priorities: mapValues(terms.priorities, ({ deferrable, clocks, reminders, ...rest }) => ({
      ...rest,
      ...(deferrable ? { deferrable } : {}),
      clocks: mapValues(clocks, (clock) => ({ ...unusualOf(clock), metBy: clock.metBy, delay: short(clock.delay) })),
      ...(reminders ? { reminders: mapReminders(reminders, short) } : {}),
    })),
  };
}

/** Terms written out in full. */
export function wholeTerms({ calendar, ...terms }: ShortTerms): RequestTerms {
  const whole = (delay: ShortDelay): Delay => {
    if ('calendarHours' in delay || 'calendar' in delay) return delay;
    return { ...delay, calendar: calendar ?? '' } as Delay;
  };
  return {
    ...terms,
    reopenWithin: whole(terms.reopenWithin),
    priorities: mapValues(terms.priorities, ({ deferrable = false, clocks, reminders, ...rest }) => ({
      ...rest,
      deferrable,
      clocks: mapValues(clocks, (clock) => ({ ...USUAL, ...clock, delay: whole(clock.delay) })),
      ...(reminders ? { reminders: mapReminders(reminders, whole) } : {}),
    })),
  };
}

function unusualOf({ delay: _, ...clock }: ClockTerms): Partial<ClockTerms> {
  const usual: { readonly [field: string]: unknown } = USUAL;
  const unusual = Object.entries(clock).filter(([field, value]) => String(value) !== String(usual[field]));
  return Object.fromEntries(unusual);
}

function mapReminders<A, B>(
  { after: [first, second, third], closeAfterThird }: Record<'closeAfterThird', A> & { after: readonly [A, A, A] },
  map: (delay: A) => B,
): Record<'closeAfterThird', B> & { after: readonly [B, B, B] } {
  return { after: [map(first), map(second), map(third)], closeAfterThird: map(closeAfterThird) };
}

function mapValues<K extends string, A, B>(fields: { readonly [name in K]?: A }, map: (value: A) => B): Record<K, B> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, map(value as A)])) as Record<K, B>;
}
