/**
 * Looking at terms that may be wrong in any way: what has not the right shape is passed over, since the schema names it.
 */

/** One thing that is wrong, or legal but odd: where, as a dotted path, and a sentence. */
export interface Finding {
  readonly path: string;
  readonly message: string;
}

/** A field of an object; undefined when there is none, or no object. */
export function field(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (parent, name) =>
      typeof parent === 'object' && parent !== null && Object.hasOwn(parent, name)
        ? Reflect.get(parent, name)
        : undefined,
    value,
  );
}

/** Names and values of an object; none when it is not one. */
export function membersOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

/** Names in an object's field, in their order. */
export function namesIn(value: unknown, ...path: readonly string[]): string[] {
  return membersOf(field(value, ...path)).map(([name]) => name);
}

/** Items of a list; none when it is not one. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A number, or undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Whether the terms have something there. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** A finding when a name leads nowhere. */
export function unknownName(path: string, name: unknown, known: readonly string[], what: string): Finding[] {
  if (typeof name !== 'string' || known.includes(name)) return [];
  return [{ path, message: `There is no ${what} of this name; there are: ${known.join(', ') || 'none'}.` }];
}

/** A finding when a calendar named at the path is not one of the contract's. */
export function unknownCalendar(terms: unknown, ...path: readonly string[]): Finding[] {
  return unknownName(path.join('.'), field(terms, ...path), namesIn(terms, 'calendars'), 'calendar');
}

/** Length of a period in days, to compare two of them: a month is 30, a year is 365; undefined when it is not one. */
export function roughDaysOf(period: unknown): number | undefined {
  const days = numberOf(field(period, 'calendarDays'));
  const months = numberOf(field(period, 'months'));
  const years = numberOf(field(period, 'years'));
  return days ?? (months === undefined ? undefined : months * 30) ?? (years === undefined ? undefined : years * 365);
}
