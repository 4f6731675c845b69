/** Local dates and times for people who look into a running request, from the opening window's own offsets. */
import { offsetAt } from './openingDays.ts';
import type { OpeningWindow } from './openingHours.ts';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** `Thu 2026-11-26 10:12` in the window's zone; a window's offsets are known inside its horizon only. */
export function localMinute(window: OpeningWindow, at: number): string {
  const local = new Date(at + offsetAt(window, at));
  return `${WEEKDAYS[local.getUTCDay()]} ${local.toISOString().slice(0, 16).replace('T', ' ')}`;
}

/** As `localMinute`, to the second where the minute would say too little: for what happens within the hour. */
export function localSecond(window: OpeningWindow, at: number): string {
  const local = new Date(at + offsetAt(window, at));
  return `${WEEKDAYS[local.getUTCDay()]} ${local.toISOString().slice(0, 19).replace('T', ' ')}`;
}
