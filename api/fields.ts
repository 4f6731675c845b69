/** Checking what callers send, and saying of every field what is wrong with it. */
import type { z } from 'zod';
import { type FieldError, validationFailed } from './problems.ts';

/** The value as the schema makes it. @throws Problem `validation-failed` with every wrong field, the first 500. */
export function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value, { error: sentenceFor });
  if (parsed.success) return parsed.data;
  throw validationFailed(oncePerField(parsed.error.issues.flatMap(fieldErrors)));
}

/**
 * As `checked`; when a field is wrong, the sound ones are judged too, by `judge`, so that the caller corrects all at once.
 * @throws Problem `validation-failed` with every wrong field.
 */
export async function checkedWith<S extends z.ZodObject>(
  schema: S,
  value: unknown,
  judge: (sound: Partial<z.output<S>>) => Promise<readonly FieldError[]>,
): Promise<z.output<S>> {
  const parsed = schema.safeParse(value, { error: sentenceFor });
  if (parsed.success) return parsed.data;
  const errors = [...parsed.error.issues.flatMap(fieldErrors), ...(await judge(soundFields(schema, value)))];
  throw validationFailed(oncePerField(errors));
}

/** The fields that are right by themselves. */
function soundFields<S extends z.ZodObject>(schema: S, value: unknown): Partial<z.output<S>> {
  if (typeof value !== 'object' || value === null) return {};
  const fields = Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([name, field]) => {
    const parsed = field.safeParse((value as Record<string, unknown>)[name]);
    return parsed.success && parsed.data !== undefined ? [[name, parsed.data]] : [];
  });
  return Object.fromEntries(fields) as Partial<z.output<S>>;
}

/** More wrong fields than any form has; a body of 1 MB may have a hundred thousand. */
const MOST_ERRORS = 500;

/** The first thing wrong with a field says enough. */
function oncePerField(errors: readonly FieldError[]): FieldError[] {
  const first = new Map<string, FieldError>();
  for (const error of errors) {
    if (!first.has(error.path)) first.set(error.path, error);
    if (first.size === MOST_ERRORS) break;
  }
  return [...first.values()];
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: dotted([...issue.path, key]), message: 'There is no such field here.' }));
  }
  return [{ path: dotted(issue.path), message: issue.message }];
}

function sentenceFor(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'This is required.' : `This must be ${article(issue.expected)}.`;
    case 'invalid_value':
      if (issue.input === undefined) return 'This is required.';
      return `This must be one of: ${issue.values.map(String).join(', ')}.`;
    case 'too_small':
      if (issue.origin === 'string') return 'This must not be empty.';
      if (issue.origin === 'array') return `This must have at least ${issue.minimum}.`;
      return `This must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}.`;
    case 'too_big':
      if (issue.origin === 'string') return `This may have ${issue.maximum} characters.`;
      if (issue.origin === 'array') return `This may have at most ${issue.maximum}.`;
      // Beyond what a number counts exactly, which is never the field's own limit.
      if (issue.maximum === Number.MAX_SAFE_INTEGER) return 'This number is too large.';
      return `This must be at most ${issue.maximum}.`;
    case 'invalid_format':
      return issue.format === 'uuid' ? 'This is not a known id.' : undefined;
    default:
      return undefined;
  }
}

function article(type: string): string {
  if (type === 'int') return 'a whole number';
  if (type === 'record') return 'an object';
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

function dotted(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}
