/**
 * What single fields cannot show: names that lead nowhere, reminders out of order, promises that contradict each other.
 *
 * It looks at terms that may be wrong in any other way too, so that one answer lists everything; what has not the right
 * shape is passed over here, since the schema names it.
 */
import { delayBetween } from '../domain/delays.ts';
import type { Delay } from '../domain/terms.ts';

interface Contradiction {
  readonly path: string;
  readonly message: string;
}

/** Every contradiction between parts of the terms. */
export function contradictionsIn(terms: unknown): Contradiction[] {
  const calendars = membersOf(field(terms, 'calendars')).map(([name]) => name);
  const priorities = membersOf(field(terms, 'priorities'));
  const priorityNames = priorities.map(([name]) => name);
  const exclusions = membersOf(field(terms, 'exclusions')).map(([code]) => code);
  const declared = membersOf(field(field(terms, 'request'), 'declared'));
  return [
    ...unknownName('supportCalendar', field(terms, 'supportCalendar'), calendars, 'calendar'),
    ...unknownName('defaultPriority', field(terms, 'defaultPriority'), priorityNames, 'priority'),
    ...declared.flatMap(([name, code]) => unknownName(`request.declared.${name}`, code, exclusions, 'exclusion')),
    ...unknownCalendar('reopenWithin', field(terms, 'reopenWithin'), calendars),
    ...priorities.flatMap(([name, priority]) => inPriority(`priorities.${name}`, priority, calendars)),
  ];
}

function inPriority(path: string, priority: unknown, calendars: readonly string[]): Contradiction[] {
  const clocks = membersOf(field(priority, 'clocks'));
  const found = clocks.flatMap(([name, clock]) =>
    unknownCalendar(`${path}.clocks.${name}.delay`, field(clock, 'delay'), calendars),
  );
  if (field(priority, 'deferrable') === true && clocks.some(([name]) => name === 'resolution')) {
    const message = 'What may be deferred to a future version has no resolution delay: remove one of the two.';
    found.push({ path: `${path}.deferrable`, message });
  }
  return [...found, ...inReminders(`${path}.reminders`, field(priority, 'reminders'), calendars)];
}

function inReminders(path: string, reminders: unknown, calendars: readonly string[]): Contradiction[] {
  const after = field(reminders, 'after');
  const closing = field(reminders, 'closeAfterThird');
  const steps: readonly unknown[] = Array.isArray(after) ? after : [];
  const found = steps.flatMap((step, index) => unknownCalendar(`${path}.after.${index}`, step, calendars));
  found.push(...unknownCalendar(`${path}.closeAfterThird`, closing, calendars));
  steps.forEach((step, index) => {
    const previous = steps[index - 1];
    if (!isDelay(step) || !isDelay(previous)) return;
    if (!sameKind(previous, step)) {
      found.push({ path: `${path}.after.${index}`, message: 'Reminders are of one kind and on one calendar.' });
    } else if (amountOf(step) <= amountOf(previous)) {
      found.push({ path: `${path}.after.${index}`, message: 'This reminder is not later than the one before.' });
    }
  });
  const [first] = steps;
  if (isDelay(first) && isDelay(closing) && !sameKind(first, closing)) {
    const message = 'Closing is counted in the same kind and on the same calendar as the reminders.';
    found.push({ path: `${path}.closeAfterThird`, message });
  }
  return found;
}

function unknownCalendar(path: string, delay: unknown, calendars: readonly string[]): Contradiction[] {
  return unknownName(`${path}.calendar`, field(delay, 'calendar'), calendars, 'calendar');
}

function unknownName(path: string, name: unknown, known: readonly string[], what: string): Contradiction[] {
  if (typeof name !== 'string' || known.includes(name)) return [];
  const message = `There is no ${what} of this name; there are: ${known.join(', ') || 'none'}.`;
  return [{ path, message }];
}

function sameKind(one: Delay, other: Delay): boolean {
  const [shorter, longer] = amountOf(one) <= amountOf(other) ? [one, other] : [other, one];
  try {
    delayBetween(shorter, longer);
    return true;
  } catch {
    return false;
  }
}

function isDelay(value: unknown): value is Delay {
  return KINDS.some((kind) => typeof field(value, kind) === 'number');
}

const KINDS = ['businessHours', 'businessDays', 'calendarHours', 'openedSeconds'] as const;

function amountOf(delay: Delay): number {
  if ('businessHours' in delay) return delay.businessHours;
  if ('businessDays' in delay) return delay.businessDays;
  return 'calendarHours' in delay ? delay.calendarHours : delay.openedSeconds;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function membersOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
