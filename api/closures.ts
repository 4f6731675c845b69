/** Judging a closure before it is announced: all that is wrong with it is said at once. */
import type { Pool } from 'pg';
import { z } from 'zod';
import { buildOpeningWindow, type Closure, localDay, type Span } from '../contracts/calendar.ts';
import { instantOf } from '../contracts/zone.ts';
import { type CalendarRow, readAnnounced } from '../db/calendars.ts';
import type { ClosureRow, NewClosure } from '../db/closures.ts';
import { readTerms } from '../db/contracts.ts';
import { ReceivedAt, Text } from './inputs.ts';
import { type FieldError, Problem, validationFailed } from './problems.ts';

const Reason = Text.max(500);
const Local = z.iso.datetime({
  offset: true,
  local: true,
  error: 'This must be an instant in ISO 8601; without an offset it is local in the calendar’s zone.',
});

/** What a closure is announced with: a day, or an interval. */
export const ClosureBody = z
  .strictObject({
    day: z.iso.date({ error: 'A date is written YYYY-MM-DD.' }).optional().meta({ description: 'a whole local day' }),
    from: Local.optional().meta({ description: 'or an interval; local in the calendar’s zone without an offset' }),
    to: Local.optional(),
    reason: Reason.meta({ description: 'what closes, in words for staff' }),
    announcedAt: ReceivedAt.optional().meta({
      description: 'when it was announced, where that was before now; needs lateReason',
    }),
    lateReason: Reason.optional().meta({ description: 'why it is entered only now' }),
  })
  .meta({ id: 'NewClosure' });
/** A checked body. */
export type ClosureBody = z.output<typeof ClosureBody>;

/** Longest closure, days: what lasts longer is a change of the terms. */
const LONGEST_DAYS = 366;
/** How far ahead a closure may end, days. */
const FURTHEST_DAYS = 3 * 366;
const DAY_MS = 86_400_000;

/**
 * The closure that the body asks for, at `now` (epoch milliseconds). One that is over, or was announced before now, is
 * taken with a reason only; it counts from its announcement all the same.
 * @throws Problem `conflict`: no terms admit closures; `validation-failed` with every wrong field
 */
export async function judgeClosure(
  pool: Pool,
  calendar: CalendarRow,
  body: ClosureBody,
  now: number,
): Promise<Pick<NewClosure, 'when' | 'reason' | 'announcedAt' | 'enteredAt' | 'lateReason'>> {
  if (!calendar.example) {
    const detail = 'No terms on this calendar admit exceptional closures: only public holidays stop its clocks.';
    throw new Problem('conflict', detail);
  }
  const announcedAt = body.announcedAt === undefined ? now : Date.parse(body.announcedAt);
  const { when, errors } = whenOf(body, calendar);
  if (when) errors.push(...lateErrors(body, lastSpan(when, calendar), announcedAt, now));
  if (when && errors.length === 0 && (await closesForEver(pool, calendar, { ...when, announcedAt }, now))) {
    errors.push({ path: 'day' in when ? 'day' : 'to', message: 'The calendar would stay closed for two years.' });
  }
  if (!when || errors.length > 0) throw validationFailed(errors);
  const isLate = announcedAt < now;
  return {
    when,
    reason: body.reason,
    announcedAt,
    enteredAt: now,
    ...(isLate && body.lateReason !== undefined ? { lateReason: body.lateReason } : {}),
  };
}

function whenOf(
  { day, from, to }: ClosureBody,
  { zones }: CalendarRow,
): { when: NewClosure['when'] | undefined; errors: FieldError[] } {
  if (day !== undefined) {
    const errors = ['from', 'to'].filter((path) => (path === 'from' ? from : to) !== undefined);
    return {
      when: { day },
      errors: errors.map((path) => ({ path, message: 'Give a day, or from and to, not both.' })),
    };
  }
  const message = 'Give a day, or from and to.';
  if (from === undefined || to === undefined) {
    if (from === undefined && to === undefined) return { when: undefined, errors: [{ path: 'day', message }] };
    return { when: undefined, errors: [{ path: from === undefined ? 'from' : 'to', message }] };
  }
  const [zone = 'UTC', ...otherZones] = zones;
  const ambiguous = { from, to };
  const errors = (['from', 'to'] as const)
    .filter((path) => otherZones.length > 0 && !hasOffset(ambiguous[path]))
    .map((path) => ({ path, message: `Contracts in ${zones.join(', ')} share this calendar: give an offset.` }));
  const span = { from: instant(from, zone), to: instant(to, zone) };
  if (span.to <= span.from) errors.push({ path: 'to', message: 'A closure ends after it begins.' });
  else if (span.to - span.from > LONGEST_DAYS * DAY_MS) {
    errors.push({
      path: 'to',
      message: `A closure lasts ${LONGEST_DAYS} days at most; longer ones belong in the terms.`,
    });
  }
  return { when: span, errors };
}

function hasOffset(text: string): boolean {
  return /(Z|[+-]\d\d:?\d\d)$/.test(text);
}

function instant(text: string, zone: string): number {
  return hasOffset(text) ? Date.parse(text) : instantOf(zone, Date.parse(`${text}Z`));
}

/** In the zone where it is over last. */
function lastSpan(when: NewClosure['when'], { zones }: CalendarRow): Span {
  if (!('day' in when)) return when;
  const spans = zones.map((zone) => localDay(zone, when.day));
  return spans.reduce((last, span) => (span.to > last.to ? span : last));
}

function lateErrors(body: ClosureBody, span: Span, announcedAt: number, now: number): FieldError[] {
  const errors: FieldError[] = [];
  const path = body.day === undefined ? 'to' : 'day';
  if (span.to <= announcedAt) {
    const message =
      announcedAt < now
        ? 'It was over when it was announced: it closes nothing.'
        : 'This is over. If it was announced in time, give announcedAt and lateReason.';
    errors.push({ path, message });
  }
  if (span.to > now + FURTHEST_DAYS * DAY_MS) {
    errors.push({ path, message: 'This is more than three years ahead.' });
  }
  if (announcedAt < now && body.lateReason === undefined) {
    errors.push({ path: 'lateReason', message: 'Say why it is entered after its announcement.' });
  }
  if (body.announcedAt === undefined && body.lateReason !== undefined) {
    errors.push({ path: 'announcedAt', message: 'Say when it was announced, or leave lateReason out.' });
  }
  return errors;
}

/** What all windows would fail of, together with the closures before it. */
async function closesForEver(
  pool: Pool,
  { example, version }: CalendarRow,
  closure: Closure,
  now: number,
): Promise<boolean> {
  const { contract = '', version: termsVersion = 0, name = '' } = example ?? {};
  const terms = await readTerms(pool, contract, termsVersion);
  const calendar = terms?.calendars[name];
  if (!calendar) throw new Error(`terms ${termsVersion} of ${contract} have no calendar ${name}`);
  const announced = (await readAnnounced(pool, contract, termsVersion))[name];
  const closures = [...(announced?.closures ?? []), closure];
  const until = Math.max(now, ...closures.map((one) => spanOf(one, calendar.zone).to)) + DAY_MS;
  try {
    buildOpeningWindow(calendar, { name, version, from: now, ahead: { until }, closures });
    return false;
  } catch (error) {
    if (error instanceof RangeError) return true;
    throw error;
  }
}

function spanOf(closure: Closure, zone: string): Span {
  return 'day' in closure ? localDay(zone, closure.day) : closure;
}

/** When a closure that was announced is over, in the zone where that is last; epoch milliseconds. */
export function endOf({ day, endsAt }: ClosureRow, { zones }: CalendarRow): number {
  if (day === null) return endsAt?.getTime() ?? 0;
  return Math.max(...zones.map((zone) => localDay(zone, day).to));
}
