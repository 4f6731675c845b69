/** The rules that tests of the core judge by: family D's terms, and its opening hours of 2026 and 2027. */
import { buildOpeningWindow, CalendarTerms } from '../../contracts/calendar.ts';
import { requestTerms } from '../../contracts/requestTerms.ts';
import { anomalySupport, SUPPORT_CALENDAR } from '../../contracts/templates/anomalySupport.ts';
import { type ContractTermsInput, parseTerms } from '../../contracts/terms.ts';
import type { Windows } from '../../domain/events.ts';
import { openingDays, packDays } from '../../domain/openingDays.ts';
import type { OpeningWindow } from '../../domain/openingHours.ts';
import { type Rules, rulesOf as rulesFrom } from '../../domain/rules.ts';
import type { RequestTerms } from '../../domain/terms.ts';

const parsed = parseTerms(anomalySupport({ customer: 'Customer', provider: 'Provider' }));
if (!('terms' in parsed)) throw new Error('the template of family D is invalid');

/** Family D, as a running request has it. */
export const ANOMALY_TERMS: RequestTerms = requestTerms('TEST-D', 1, parsed.terms);

const calendar = CalendarTerms.parse(parsed.terms.calendars[SUPPORT_CALENDAR]);

/** Family D's opening hours, from 2026-01-01 to the end of 2027. */
export const WHOLE_WINDOW: OpeningWindow = buildOpeningWindow(calendar, {
  name: SUPPORT_CALENDAR,
  version: 1,
  from: Date.parse('2026-01-01T12:00:00Z'),
  ahead: { until: Date.parse('2027-12-31T12:00:00Z') },
});

/** The business days of a window between two local dates, both included, with the horizon to match. */
export function cutWindow(window: OpeningWindow, first: string, last: string): OpeningWindow {
  const from = Math.max(window.from, Date.parse(first) - offset(window, Date.parse(first)));
  const until = Math.min(window.until, Date.parse(last) + 86_400_000 - offset(window, Date.parse(last) + 86_400_000));
  const later = window.offsets.filter(([at]) => at > from && at < until);
  const offsets = [[from, offset(window, from)] as const, ...later];
  const days = openingDays(window).filter(({ day }) => day >= Date.parse(first) && day <= Date.parse(last));
  return {
    ...window,
    from,
    until,
    offsets,
    ...packDays(days, offsets),
  };
}

function offset(window: OpeningWindow, at: number): number {
  return window.offsets.findLast(([from]) => from <= at)?.[1] ?? window.offsets[0]?.[1] ?? 0;
}

/** A window in which an interval, epoch milliseconds, is closed exceptionally. */
export function closing(window: OpeningWindow, from: number, to: number): OpeningWindow {
  const days = openingDays(window).flatMap(({ day, edges }) => {
    const kept: number[] = [];
    for (let edge = 0; edge < edges.length; edge += 2) {
      const [open = 0, close = 0] = edges.slice(edge, edge + 2);
      if (open < Math.min(close, from)) kept.push(open, Math.min(close, from));
      if (Math.max(open, to) < close) kept.push(Math.max(open, to), close);
    }
    return kept.length === 0 ? [] : [{ day, edges: kept }];
  });
  return { ...window, calendarVersion: window.calendarVersion + 1, ...packDays(days, window.offsets) };
}

/** The core's rules, of family D over the whole window where nothing else is said. */
export function rulesOf(
  terms: RequestTerms = ANOMALY_TERMS,
  windows: Windows = { [SUPPORT_CALENDAR]: WHOLE_WINDOW },
): Rules {
  return rulesFrom({ terms, windows });
}

/** Windows of the support calendar alone. */
export function supportWindow(window: OpeningWindow): Windows {
  return { [SUPPORT_CALENDAR]: window };
}

/** The rules of any terms that hold, with opening hours of 2026 and 2027. */
export function rulesOfTerms(input: ContractTermsInput): Rules {
  const result = parseTerms(input);
  if (!('terms' in result)) throw new Error(result.errors.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  const { terms } = result;
  const windows = Object.entries(terms.calendars).map(([name, one]) => [
    name,
    buildOpeningWindow(one, {
      name,
      version: 1,
      from: Date.parse('2026-01-01T12:00:00Z'),
      ahead: { until: Date.parse('2027-12-31T12:00:00Z') },
    }),
  ]);
  return rulesFrom({ terms: requestTerms('TEST', 1, terms), windows: Object.fromEntries(windows) });
}
