/** Subject lines. */
import { oneLine } from './letter.ts';

const SUBJECT_MAX = 200;

/**
 * `[DA-2026-004217] <title>: <the request's subject>`, one line, at most 200 characters. The number in front is what an
 * answer without token is found by.
 */
export function subjectLine(number: string, subject: string, title?: string): string {
  const head = title === undefined ? `[${number}]` : `[${number}] ${oneLine(title)} –`;
  const characters = [...`${head} ${oneLine(subject)}`];
  if (characters.length <= SUBJECT_MAX) return characters.join('');
  return `${characters
    .slice(0, SUBJECT_MAX - 1)
    .join('')
    .trimEnd()}…`;
}
