/** What is wrong with terms, in sentences that their author can act on. */
import type { z } from 'zod';
import type { Finding } from './inspection.ts';

type Path = readonly PropertyKey[];

/** What an issue of the schema says of the terms: one error a field, whichever variant was meant. */
export function errorsOf(issue: z.core.$ZodIssue, parent: Path): Finding[] {
  const path = [...parent, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: dotted([...path, key]), message: 'Terms have no such field.' }));
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map(({ message }) => ({ path: dotted(path), message }));
  }
  if (issue.code === 'invalid_union') {
    // The variant that was meant is the only one of the right shape, or the one of which every field given is known.
    const shaped = issue.errors.filter((branch) => branch.every(isInside));
    const [only] = shaped;
    if (only && shaped.length === 1) return only.flatMap((inner) => errorsOf(inner, path));
    const meant = issue.errors.filter((branch) => branch.every(isWrongValue));
    const [branch] = meant;
    if (branch && meant.length === 1) return branch.flatMap((inner) => errorsOf(inner, path));
  }
  return [{ path: dotted(path), message: issue.message }];
}

function isInside(issue: z.core.$ZodIssue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys';
}

function isWrongValue(issue: z.core.$ZodIssue): boolean {
  return issue.path.length > 0 && !(issue.code === 'invalid_type' && issue.message === MISSING);
}

const MISSING = 'This is required.';

/** Own words for the commonest mistakes; zod's for the rest. */
export function sentenceFor(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? MISSING : `This must be ${wanted(issue.expected)}.`;
    case 'invalid_value':
      return issue.input === undefined ? MISSING : `This must be one of: ${issue.values.map(String).join(', ')}.`;
    case 'too_small':
      if (issue.origin === 'array') return `This list is too short: it needs ${issue.minimum} or more.`;
      return `This must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}.`;
    case 'too_big':
      if (issue.origin === 'array') return `This list is too long: it takes ${issue.maximum} or fewer.`;
      if (issue.origin === 'string') return `This takes at most ${issue.maximum} characters.`;
      return `This must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}.`;
    case 'invalid_union':
      if (issue.input === undefined) return MISSING;
      if (issue.path?.at(-1) === 'holidays')
        return 'Holidays are "none" or { country, region, whitMonday, goodFriday }.';
      return issue.path?.at(-2) === 'clocks'
        ? 'A clock is { delay, metBy, … }, "none" or "inFutureMinorVersion".'
        : 'A delay is one of { businessHours, calendar }, { businessDays, calendar }, { calendarHours }, { openedSeconds, calendar }.';
    default:
      return undefined;
  }
}

function wanted(expected: string): string {
  switch (expected) {
    case 'int':
      return 'a whole number';
    case 'array':
    case 'tuple':
      return 'a list';
    case 'record':
    case 'object':
      return 'an object';
    default:
      return `a ${expected}`;
  }
}

function dotted(path: Path): string {
  return path.map(String).join('.');
}
