/**
 * Local time and UTC, by the time-zone data of this process. Local times are written as if they were UTC: the epoch
 * milliseconds of the same digits on the clock.
 */
import process from 'node:process';
import { IANAZone } from 'luxon';

/** A day of 24 hours; milliseconds. */
export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/** Version of the time-zone data, such as `2026b`. */
export function tzdataVersion(): string {
  return process.versions.tz ?? 'unknown';
}

/** Whether this process knows the IANA zone. */
export function zoneExists(zone: string): boolean {
  return IANAZone.isValidZone(zone);
}

/**
 * UTC offset at an instant, in milliseconds. The platform takes microseconds to say it, and windows ask for every day: what
 * it said is remembered by stretches of three days. No two changes of a zone were ever closer than four.
 */
export function offsetAt(zone: string, at: number): number {
  const stretch = Math.floor(at / STRETCH_MS);
  const offset = offsetAtStretch(zone, stretch);
  return offset === offsetAtStretch(zone, stretch + 1) ? offset : platformOffset(zone, at);
}

const STRETCH_MS = 3 * DAY_MS;
/** Enough for four thousand years of one zone, or forty of a hundred. */
const MOST_REMEMBERED = 500_000;
const remembered = new Map<string, Map<number, number>>();
let rememberedCount = 0;

function offsetAtStretch(zone: string, stretch: number): number {
  const known = remembered.get(zone)?.get(stretch);
  if (known !== undefined) return known;
  if (rememberedCount >= MOST_REMEMBERED) {
    remembered.clear();
    rememberedCount = 0;
  }
  const offset = platformOffset(zone, stretch * STRETCH_MS);
  const offsets = remembered.get(zone) ?? new Map<number, number>();
  remembered.set(zone, offsets.set(stretch, offset));
  rememberedCount++;
  return offset;
}

function platformOffset(zone: string, at: number): number {
  return Math.round(IANAZone.create(zone).offset(at) * MINUTE_MS);
}

/** The local date of an instant, YYYY-MM-DD. */
export function localDate(zone: string, at: number): string {
  return dateOfDay(localDayOf(zone, at));
}

/** Days from 1970-01-01 to the local date of an instant. */
export function localDayOf(zone: string, at: number): number {
  return Math.floor((at + offsetAt(zone, at)) / DAY_MS);
}

/** `YYYY-MM-DD` of a day counted from 1970-01-01. */
export function dateOfDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/**
 * The instant of a local time: the first one when it comes twice, moved forward by the width of the gap when it is left
 * out. Both offsets that the zone has around that time are tried, because luxon's own choice depends on the current date.
 */
export function instantOf(zone: string, local: number): number {
  const before = offsetAt(zone, local - DAY_MS);
  const after = offsetAt(zone, local + DAY_MS);
  if (offsetAt(zone, local - before) === before) return local - before;
  if (offsetAt(zone, local - after) === after) return local - after;
  return local - before;
}

/** The offset at `from` and each change before `until`: [instant, offset from then on], all in milliseconds. */
export function offsetsWithin(zone: string, from: number, until: number): [number, number][] {
  const changes: [number, number][] = [[from, offsetAt(zone, from)]];
  let offset = offsetAt(zone, from);
  for (let at = from; at < until; at += DAY_MS) {
    const next = Math.min(at + DAY_MS, until - 1);
    const nextOffset = offsetAt(zone, next);
    if (nextOffset === offset) continue;
    changes.push([firstInstantOf(zone, nextOffset, at, next), nextOffset]);
    offset = nextOffset;
  }
  return changes;
}

/** The second in (low, high] at which the zone takes on the offset it has at `high`. Zones change on whole seconds. */
function firstInstantOf(zone: string, offset: number, low: number, high: number): number {
  let before = Math.floor(low / SECOND_MS);
  let after = Math.ceil(high / SECOND_MS);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(zone, middle * SECOND_MS) === offset) after = middle;
    else before = middle;
  }
  return after * SECOND_MS;
}
