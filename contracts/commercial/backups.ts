/** Backups by the provider. */
import { z } from 'zod';
import { Name } from '../fields.ts';
import { type Finding, field, itemsOf, numberOf, unknownCalendar } from '../inspection.ts';

const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'A time of day is written HH:MM, from 00:00 to 23:59.' });

const HOURS_OF = { day: 24, week: 168, month: 672 } as const;

/** Terms of backups. */
export const Backups = z.strictObject({
  rpoHours: z.int().positive().max(8_784).optional().meta({
    description: 'Recovery point objective: most hours of data that may be lost. B §6: 24.',
  }),
  kept: z
    .array(
      z.strictObject({
        every: z
          .enum(['day', 'week', 'month'])
          .meta({ description: 'How often one is made. B §6: daily, weekly, monthly; E 2.2: each night.' }),
        count: z.int().positive().max(3_660).optional().meta({
          description:
            'How many days, weeks or months it is kept. B §6: 7 days, 4 weeks, 3 months; none: the contract says nothing (E).',
        }),
      }),
    )
    .min(1)
    .meta({ description: 'Backups that are made, and for how long they are kept (B §6).' }),
  snapshots: z
    .strictObject({
      everyHours: z.int().positive().max(24).meta({ description: 'Hours between two snapshots. E annex: 1.' }),
      from: TimeOfDay.meta({ description: 'Local time of the first. E annex: 07:00.' }),
      to: TimeOfDay.meta({ description: 'Local time of the last. E annex: 19:00.' }),
      calendar: Name.meta({ description: 'Calendar, in `calendars`, whose days have them. E annex: working days.' }),
    })
    .optional()
    .meta({ description: 'Snapshots during the day (E annex).' }),
  sites: z.int().positive().max(100).optional().meta({ description: 'Distinct sites that keep a copy. B §6: 2.' }),
  area: z
    .enum(['europeanEconomicArea'])
    .optional()
    .meta({ description: 'Where data is kept. B §6: in the European Economic Area.' }),
});

/** Backups too rare for what may be lost, and snapshots on a calendar that is not there. */
export function backupContradictions(terms: unknown): Finding[] {
  const backups = field(terms, 'backups');
  const rpo = numberOf(field(backups, 'rpoHours'));
  const intervals = itemsOf(field(backups, 'kept')).flatMap((kept) => {
    const every = field(kept, 'every');
    return every === 'day' || every === 'week' || every === 'month' ? [HOURS_OF[every]] : [];
  });
  const found = unknownCalendar(terms, 'backups', 'snapshots', 'calendar');
  const from = field(backups, 'snapshots', 'from');
  const to = field(backups, 'snapshots', 'to');
  if (typeof from === 'string' && typeof to === 'string' && to <= from) {
    found.push({ path: 'backups.snapshots.to', message: `The last snapshot, ${to}, is not after the first, ${from}.` });
  }
  const shortest = Math.min(...intervals);
  if (rpo !== undefined && intervals.length > 0 && shortest > rpo) {
    found.push({ path: 'backups.rpoHours', message: `A backup every ${shortest} hours may lose more than ${rpo}.` });
  }
  return found;
}
