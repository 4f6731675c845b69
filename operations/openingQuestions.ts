/** Questions about opening hours, a JSON object a line; see docs/time.md. */
import { z } from 'zod';
import { ExplicitCalendar, explicitTimetable, SpanText } from '../contracts/explicitCalendar.ts';
import { type GrowingOpenings, growingOpenings } from '../contracts/growingOpenings.ts';
import { readInstant, readSpan, writeInstant } from '../contracts/isoInstant.ts';
import { addBusinessDays, addOpened, isOpen, nextOpening, openedBetween, type Pause } from '../domain/openingHours.ts';

const SECOND_MS = 1_000;
/** Calendars remembered, and intervals of all their windows: some tens of megabytes. */
const MOST_CALENDARS = 200;
const MOST_INTERVALS = 500_000;
/** Five hundred years and more of opened time has no answer. */
const MOST_SECONDS = 512 * 366 * 86_400;

const pauses = z.array(SpanText).default([]);
const noPauses = z.undefined({ error: 'Only add and between take pauses.' }).optional();
const Question = z.discriminatedUnion('op', [
  z.object({ op: z.literal('add'), start: z.string(), seconds: z.number().min(0).max(MOST_SECONDS), pauses }),
  z.object({ op: z.literal('between'), start: z.string(), end: z.string(), pauses }),
  z.object({ op: z.literal('addBusinessDays'), start: z.string(), days: z.int().min(0), pauses: noPauses }),
  z.object({ op: z.literal('isOpen'), at: z.string(), pauses: noPauses }),
  z.object({ op: z.literal('nextOpening'), at: z.string(), pauses: noPauses }),
]);
type Question = z.output<typeof Question>;

interface Calendar {
  readonly zone: string;
  readonly openings: GrowingOpenings;
}

/**
 * Answers lines: `{ "id", "result" }` or `{ "id", "error" }` with a sentence, as JSON without a line feed. Whatever is wrong
 * with a line is said in its answer. Calendars are remembered by their JSON text, with the windows built for them.
 */
export function createAnswerer(): (line: string) => string {
  const calendars = new Map<string, Calendar>();

  /** @throws RangeError with all that is wrong with the calendar */
  function calendarOf(given: unknown): Calendar {
    const key = JSON.stringify(given) ?? '';
    const known = calendars.get(key);
    // Taken out and put in again: the first of the map is the one that has not been asked for the longest time.
    calendars.delete(key);
    const calendar = known ?? readCalendar(given);
    calendars.set(key, calendar);
    return calendar;
  }

  function forgetMost(): void {
    let intervals = 0;
    for (const { openings } of calendars.values()) intervals += openings.size;
    for (const [key, { openings }] of calendars) {
      if (intervals <= MOST_INTERVALS && calendars.size <= MOST_CALENDARS) return;
      intervals -= openings.size;
      if (calendars.size > 1) calendars.delete(key);
      else openings.forget();
    }
  }

  return (line) => {
    let id: unknown = null;
    try {
      const given = parsedLine(line);
      id = given.id ?? null;
      const question = checked(Question, given, '');
      const calendar = calendarOf(given.calendar);
      const { size } = calendar.openings;
      const result = answerTo(question, calendar);
      if (calendar.openings.size !== size) forgetMost();
      return JSON.stringify({ id, result });
    } catch (error) {
      return JSON.stringify({ id, error: error instanceof Error ? error.message : String(error) });
    }
  };
}

function parsedLine(line: string): { readonly id?: unknown; readonly calendar?: unknown } {
  let given: unknown;
  try {
    given = JSON.parse(line);
  } catch {
    throw new RangeError('The line is no JSON.');
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new RangeError('The line is no JSON object.');
  }
  return given;
}

function readCalendar(given: unknown): Calendar {
  const calendar = checked(ExplicitCalendar, given, 'calendar');
  const { timetable, closures } = explicitTimetable(calendar);
  return { zone: calendar.timezone, openings: growingOpenings(timetable, closures) };
}

function answerTo(question: Question, { zone, openings }: Calendar): string | number | boolean {
  switch (question.op) {
    case 'add': {
      const start = readInstant(zone, question.start);
      const ms = Math.round(question.seconds * SECOND_MS);
      const spans = pausesOf(zone, question.pauses);
      return writeInstant(
        zone,
        openings.reaching(start, (known) => addOpened(known, start, ms, spans)),
      );
    }
    case 'between': {
      const start = readInstant(zone, question.start);
      const end = readInstant(zone, question.end);
      const spans = pausesOf(zone, question.pauses);
      if (end <= start) return 0;
      const opened = openedBetween(openings.spanning(start, end), start, end, spans);
      if ('beyond' in opened) throw new RangeError('The end lies after the year 9999.');
      return opened.ms / SECOND_MS;
    }
    case 'addBusinessDays': {
      const start = readInstant(zone, question.start);
      return writeInstant(
        zone,
        openings.reaching(start, (known) => addBusinessDays(known, start, question.days)),
      );
    }
    case 'isOpen': {
      const at = readInstant(zone, question.at);
      return isOpen(openings.spanning(at, at), at);
    }
    case 'nextOpening': {
      const at = readInstant(zone, question.at);
      return writeInstant(
        zone,
        openings.reaching(at, (known) => nextOpening(known, at)),
      );
    }
  }
}

/** In the order in which the arithmetic wants them. */
function pausesOf(zone: string, given: readonly z.output<typeof SpanText>[]): Pause[] {
  return given.map((pause) => readSpan(zone, pause)).sort((one, other) => one.from - other.from);
}

/** The value as the schema makes it. @throws RangeError with every wrong field */
function checked<S extends z.ZodType>(schema: S, value: unknown, path: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const sentences = parsed.error.issues.map((issue) => {
    const at = [path, ...issue.path.map(String)].filter(Boolean).join('.');
    return at === '' ? issue.message : `${at}: ${issue.message}`;
  });
  throw new RangeError(sentences.slice(0, 10).join('; '));
}
