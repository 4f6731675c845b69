/** Hashes of JSON that are the same whatever the order of its keys. */
import { createHash } from 'node:crypto';

/** SHA-256 of the value as JSON with sorted keys; fields that are undefined count as missing. */
export function contentHash(value: unknown): Buffer {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest();
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
