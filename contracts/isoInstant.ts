/** Instants as ISO 8601 has them, local to a zone where they carry no offset. */
import { DateTime } from 'luxon';
import type { Span } from './calendar.ts';
import { DAY_MS, instantOf, offsetAt } from './zone.ts';

const MINUTE_MS = 60_000;
/** Within the years that four digits write, in every zone. */
const EARLIEST = Date.parse('0001-01-02T00:00:00Z');
const LATEST = Date.parse('9999-12-31T00:00:00Z');

/** A whole date, as calendar, ordinal or week date, and perhaps a time; what is coarser, or a time alone, is no instant. */
const DATE = /^\d{4}(?:-(?:\d{2}-\d{2}|\d{3}|W\d{2}-\d)|\d{4}|\d{3}|W\d{3})/;
const TIME = /T\d{2}(?::?\d{2}(?::?\d{2}(?:[.,]\d+)?)?)?/;
const OFFSET = /Z|[+-](?:0\d|1[0-8])(?::?[0-5]\d)?/;
const INSTANT = new RegExp(`${DATE.source}(?:${TIME.source}(${OFFSET.source})?)?$`);

/**
 * Epoch milliseconds of an ISO 8601 text; a date alone is the beginning of that local day. Without an offset: the first of
 * two equal local times, and a time that the zone leaves out is moved forward. More than three decimals are cut off.
 *
 * @throws RangeError when it is no such text, or before the year 1 or after 9999.
 */
export function readInstant(zone: string, text: string): number {
  const match = INSTANT.exec(text);
  const time = match ? DateTime.fromISO(text, { zone: 'utc' }) : undefined;
  if (!match || !time?.isValid) throw new RangeError(`${quoted(text)} is no ISO 8601 date and time.`);
  const at = match[1] === undefined ? instantOf(zone, time.toMillis()) : time.toMillis();
  if (at < EARLIEST || at > LATEST) throw new RangeError(`${quoted(text)} is not in the years 1 to 9999.`);
  return at;
}

/**
 * The span between two instants. A date alone stands for its whole local day: at the end, that day is part of the span.
 *
 * @throws RangeError when one is no instant, or the end comes before the beginning.
 */
export function readSpan(zone: string, span: { readonly from: string; readonly to: string }): Span {
  const from = readInstant(zone, span.from);
  const end = readInstant(zone, span.to);
  const to = span.to.includes('T') ? end : end + lengthOfDay(zone, span.to);
  if (to < from || (to === from && end < from))
    throw new RangeError(`${quoted(span.to)} is before ${quoted(span.from)}.`);
  return { from, to };
}

/** In the zone's local time, with its offset: `2026-12-23T16:20:00+01:00`. Milliseconds are there when there are any. */
export function writeInstant(zone: string, at: number): string {
  // Before zones were reckoned in minutes: the offset of fewer seconds, with the clock to match, names the same instant.
  const minutes = Math.trunc(offsetAt(zone, at) / MINUTE_MS);
  const clock = new Date(at + minutes * MINUTE_MS).toISOString().slice(0, -1).replace('.000', '');
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${clock}${minutes < 0 ? '-' : '+'}${twoDigits(hours)}:${twoDigits(rest)}`;
}

function lengthOfDay(zone: string, date: string): number {
  const local = DateTime.fromISO(date, { zone: 'utc' }).toMillis();
  return instantOf(zone, local + DAY_MS) - instantOf(zone, local);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
