/** Maintenance windows: when the provider may take the product down without it counting, and what is announced. */
import { z } from 'zod';
import { ZoneName } from '../calendar.ts';
import { Name, Sentence, Words } from '../fields.ts';
import {
  type Finding,
  field,
  isGiven,
  itemsOf,
  membersOf,
  numberOf,
  unknownCalendar,
  unknownName,
} from '../inspection.ts';
import { BusinessDays } from './fields.ts';

/** Minutes of a day. */
const DAY = 1_440;

const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, { error: 'A time of day is written HH:MM, from 00:00 to 24:00.' });

const Window = z.strictObject({
  label: Words.meta({ description: 'Name of the window.' }),
  begins: z
    .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'publicHoliday']))
    .min(1)
    .meta({
      description:
        'Days on which the window begins. B §5: nights Monday to Saturday; Sundays; French holidays. Our reading (strict): Monday 0:00 to 6:00 is in none of them.',
    }),
  from: TimeOfDay.meta({ description: 'Local time of its beginning, HH:MM. B §5: 20:00; Sundays and holidays 00:00.' }),
  to: TimeOfDay.meta({
    description:
      'Local time of its end, HH:MM; one that is not after the beginning is on the next day. B §5: 06:00; Sundays and holidays 24:00.',
  }),
  underMinutes: z.int().positive().max(DAY).optional().meta({
    description: 'Work takes strictly fewer minutes than this. B annex 2: 60; none: the whole window.',
  }),
});

/** Terms of maintenance. */
export const Maintenance = z.strictObject({
  zone: ZoneName.meta({ description: 'IANA zone of the windows. B §5: Europe/Paris.' }),
  holidays: Name.optional().meta({ description: 'Calendar, in `calendars`, whose public holidays are meant (B §5).' }),
  windows: z.record(Name, Window).meta({ description: 'Windows for every product, by name (B §5).' }),
  variants: z
    .record(
      Name,
      z.strictObject({
        replaces: Name.meta({ description: 'Window, in `windows`, in place of which it stands. B annex 2: Sundays.' }),
        window: Window.meta({ description: 'The window of these products (B annex 2).' }),
        products: z
          .array(Sentence)
          .default([])
          .meta({ description: 'Products of the contract that have it (B annex 2).' }),
      }),
    )
    .default({})
    .meta({ description: 'Other windows for some products (B annex 2).' }),
  insideWindows: z.enum(['notifiedWorkIsExcluded']).default('notifiedWorkIsExcluded').meta({
    description: 'Work in a window is left out of unavailability when it was notified (B §5).',
  }),
  outsideWindows: z
    .strictObject({
      notice: BusinessDays.meta({ description: 'Notice of work outside the windows. B §5: 5 business days.' }),
      commitment: z.enum(['firm', 'bestEffort']).meta({ description: 'How firm the notice is. B §5: best effort.' }),
      counts: z.boolean().default(true).meta({
        description:
          'Whether it counts as unavailability. Our reading: yes, flagged, so that a person decides at the claim (B §5).',
      }),
    })
    .meta({ description: 'Planned work outside the windows (B §5).' }),
  urgentSecurityWork: z.enum(['anyTimeExcluded', 'counts']).meta({
    description: 'Urgent security work: at any time, left out of unavailability (B §5).',
  }),
});

/** Windows of no length, and names that lead nowhere. */
export function maintenanceContradictions(terms: unknown): Finding[] {
  const maintenance = field(terms, 'maintenance');
  const windows = membersOf(field(maintenance, 'windows'));
  const variants = membersOf(field(maintenance, 'variants'));
  const names = windows.map(([name]) => name);
  const found = [
    ...unknownCalendar(terms, 'maintenance', 'holidays'),
    ...unknownCalendar(terms, 'maintenance', 'outsideWindows', 'notice', 'calendar'),
    ...windows.flatMap(([name, window]) => inWindow(`maintenance.windows.${name}`, window)),
    ...variants.flatMap(([name, variant]) => [
      ...unknownName(`maintenance.variants.${name}.replaces`, field(variant, 'replaces'), names, 'window'),
      ...inWindow(`maintenance.variants.${name}.window`, field(variant, 'window')),
    ]),
  ];
  if (onHolidays(maintenance) && !isGiven(field(maintenance, 'holidays'))) {
    const message = 'A window begins on public holidays: name the calendar that has them.';
    found.push({ path: 'maintenance.holidays', message });
  }
  return found;
}

function inWindow(path: string, window: unknown): Finding[] {
  const from = minutesOf(field(window, 'from'));
  const to = minutesOf(field(window, 'to'));
  const under = numberOf(field(window, 'underMinutes'));
  if (from === undefined || to === undefined) return [];
  if (from === DAY)
    return [{ path: `${path}.from`, message: 'A window does not begin at 24:00: write 00:00 of the next day.' }];
  if (from === to) return [{ path: `${path}.to`, message: 'This window is empty; a whole day is 00:00 to 24:00.' }];
  const length = to > from ? to - from : to + DAY - from;
  if (under === undefined || under <= length) return [];
  return [{ path: `${path}.underMinutes`, message: `The window has only ${length} minutes.` }];
}

/** Windows on holidays of a calendar that has none. */
export function maintenanceWarnings(terms: unknown): Finding[] {
  const maintenance = field(terms, 'maintenance');
  const calendar = field(maintenance, 'holidays');
  if (!onHolidays(maintenance) || typeof calendar !== 'string') return [];
  if (field(terms, 'calendars', calendar, 'holidays') !== 'none') return [];
  return [{ path: 'maintenance.holidays', message: 'A window begins on public holidays, and this calendar has none.' }];
}

function onHolidays(maintenance: unknown): boolean {
  const variants = membersOf(field(maintenance, 'variants')).map(([, variant]) => field(variant, 'window'));
  const windows = membersOf(field(maintenance, 'windows')).map(([, window]) => window);
  return [...windows, ...variants].some((window) => itemsOf(field(window, 'begins')).includes('publicHoliday'));
}

function minutesOf(time: unknown): number | undefined {
  if (typeof time !== 'string' || !TimeOfDay.safeParse(time).success) return undefined;
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
