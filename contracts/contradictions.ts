/**
 * What single fields cannot show: names that lead nowhere, reminders out of order, promises that contradict each other.
 *
 * It looks at terms that may be wrong in any other way too, so that one answer lists everything; what has not the right
 * shape is passed over here, since the schema names it.
 */
import { delayBetween } from '../domain/delays.ts';
import type { Delay } from '../domain/terms.ts';
import { type Finding, field, itemsOf, membersOf, namesIn, unknownName } from './inspection.ts';

/** Every contradiction between parts of the terms. */
export function contradictionsIn(terms: unknown): Finding[] {
  const calendars = namesIn(terms, 'calendars');
  const priorities = membersOf(field(terms, 'priorities'));
  const exclusions = namesIn(terms, 'exclusions');
  const declared = membersOf(field(field(terms, 'request'), 'declared'));
  const channels = membersOf(field(terms, 'channels'));
  const names = new Set(priorities.flatMap(([, priority]) => namesIn(priority, 'clocks')));
  return [
    ...unknownName('supportCalendar', field(terms, 'supportCalendar'), calendars, 'calendar'),
    ...unknownName('defaultPriority', field(terms, 'defaultPriority'), namesIn(terms, 'priorities'), 'priority'),
    ...declared.flatMap(([name, code]) => unknownName(`request.declared.${name}`, code, exclusions, 'exclusion')),
    ...channels.flatMap(([way, channel]) =>
      unknownName(`channels.${way}.hours`, field(channel, 'hours'), calendars, 'calendar'),
    ),
    ...unknownCalendar('reopenWithin', field(terms, 'reopenWithin'), calendars),
    ...priorities.flatMap(([name, priority]) => inPriority(`priorities.${name}`, priority, calendars, names)),
    ...inScheme(terms),
    ...inContacts(field(terms, 'contacts')),
    ...inCoverage(field(terms, 'coverage')),
    ...inProducts(field(terms, 'products'), exclusions),
  ];
}

function inPriority(
  path: string,
  priority: unknown,
  calendars: readonly string[],
  names: ReadonlySet<string>,
): Finding[] {
  const clocks = membersOf(field(priority, 'clocks'));
  const said = clocks.map(([name]) => name);
  const silent = [...names].filter((name) => !said.includes(name));
  return [
    ...silent.map((name) => ({
      path: `${path}.clocks.${name}`,
      message: 'Another priority has this clock: say what it is here, or "none".',
    })),
    ...clocks.flatMap(([name, clock]) => inClock(`${path}.clocks.${name}`, name, clock, calendars)),
    ...inReminders(`${path}.reminders`, field(priority, 'reminders'), calendars),
  ];
}

function inClock(path: string, name: string, clock: unknown, calendars: readonly string[]): Finding[] {
  const found = unknownCalendar(`${path}.delay`, field(clock, 'delay'), calendars);
  if (clock === 'inFutureMinorVersion' && name !== 'resolution') {
    found.push({ path, message: 'Only a resolution comes with a future minor version.' });
  }
  if (name === 'acknowledgement' && field(clock, 'starts') === 'acknowledgement') {
    found.push({ path: `${path}.starts`, message: 'The acknowledgement cannot start its own clock.' });
  }
  return found;
}

/** Every cell of a matrix is there, and is a priority. */
function inScheme(terms: unknown): Finding[] {
  const scheme = field(terms, 'priorityScheme');
  if (field(scheme, 'by') !== 'matrix') return [];
  const urgencies = namesIn(scheme, 'urgencies');
  const impacts = namesIn(scheme, 'impacts');
  const priorities = namesIn(terms, 'priorities');
  const path = 'priorityScheme.cells';
  const cells = field(scheme, 'cells');
  return [
    ...namesIn(scheme, 'cells').flatMap((urgency) => unknownName(`${path}.${urgency}`, urgency, urgencies, 'urgency')),
    ...urgencies.flatMap((urgency) => [
      ...namesIn(cells, urgency).flatMap((impact) =>
        unknownName(`${path}.${urgency}.${impact}`, impact, impacts, 'impact'),
      ),
      ...impacts.flatMap((impact) => {
        const cell = field(field(cells, urgency), impact);
        if (cell === undefined) return [{ path: `${path}.${urgency}.${impact}`, message: 'This is required.' }];
        return unknownName(`${path}.${urgency}.${impact}`, cell, priorities, 'priority');
      }),
    ]),
  ];
}

function inContacts(contacts: unknown): Finding[] {
  const [least, most] = [field(contacts, 'atLeast'), field(contacts, 'atMost')];
  if (typeof least !== 'number' || typeof most !== 'number' || least <= most) return [];
  return [{ path: 'contacts.atMost', message: `This is less than the ${least} people that there must be.` }];
}

function inCoverage(coverage: unknown): Finding[] {
  const kinds = membersOf(field(coverage, 'kinds'));
  const as = field(coverage, 'as');
  const found = unknownName('coverage.defaultKind', field(coverage, 'defaultKind'), namesIn(coverage, 'kinds'), 'kind');
  if (kinds.length > 0 && !kinds.some(([, kind]) => itemsOf(field(kind, 'coveredBy')).includes(as))) {
    found.push({ path: 'coverage.as', message: 'The contract covers no kind of request.' });
  }
  return found;
}

function inProducts(products: unknown, exclusions: readonly string[]): Finding[] {
  return [
    ...unknownName('products.outdated', field(products, 'outdated'), exclusions, 'exclusion'),
    ...unknownName('products.nonProduction', field(products, 'nonProduction'), exclusions, 'exclusion'),
    ...membersOf(field(products, 'list')).flatMap(([name, product]) => {
      const path = `products.list.${name}`;
      const [version, current] = [field(product, 'version'), field(field(product, 'current'), 'version')];
      if (typeof version === 'number' && typeof current === 'number' && version > current) {
        return [{ path: `${path}.version`, message: `Version ${version} is in use, and ${current} is the latest.` }];
      }
      if ((version === undefined) === (field(product, 'current') === undefined)) return [];
      return [{ path, message: 'Give the version in use and the latest one, or neither.' }];
    }),
  ];
}

function inReminders(path: string, reminders: unknown, calendars: readonly string[]): Finding[] {
  const after = field(reminders, 'after');
  const closing = field(reminders, 'closeAfterThird');
  const steps = itemsOf(after);
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

function unknownCalendar(path: string, delay: unknown, calendars: readonly string[]): Finding[] {
  return unknownName(`${path}.calendar`, field(delay, 'calendar'), calendars, 'calendar');
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
