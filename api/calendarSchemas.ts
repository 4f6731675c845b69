/** What the API gives out of calendars and their closures, as zod schemas. */
import { z } from 'zod';
import { Instant } from './schemas.ts';

/** A calendar, and how far its open requests and interventions are. */
export const CalendarOut = z
  .object({
    id: z.string(),
    version: z.int().meta({ description: 'grows with each closure announced or taken back; 1 before the first' }),
    zones: z.array(z.string()).meta({ description: 'IANA; days and times without an offset are local in it' }),
    contracts: z.object({ admitting: z.int(), others: z.int() }).meta({
      description: 'contracts on it whose terms admit closures, to which they apply; and those on it that do not',
    }),
    openRequests: z.object({ newest: z.int(), older: z.int() }).meta({
      description:
        'requests not closed, of contracts that admit closures: those that count on this version, and those still to be recomputed',
    }),
    openInterventions: z.object({ newest: z.int(), older: z.int() }).meta({ description: 'the same of interventions' }),
  })
  .meta({ id: 'Calendar' });

/** A closure, taken back or not. */
export const ClosureOut = z
  .object({
    id: z.string(),
    calendar: z.string(),
    day: z.iso.date().optional().meta({ description: 'a whole local day; otherwise from and to are there' }),
    from: Instant.optional(),
    to: Instant.optional(),
    reason: z.string(),
    announcedAt: Instant.meta({ description: 'from when on it counts' }),
    announcedBy: z.string(),
    enteredAt: Instant,
    lateReason: z.string().optional().meta({ description: 'why it was entered after its announcement' }),
    takenBackAt: Instant.optional().meta({ description: 'until when it counts' }),
    takenBackBy: z.string().optional(),
  })
  .meta({ id: 'Closure' });

/** All closures of a calendar. */
export const ClosureList = z.object({ items: z.array(ClosureOut) }).meta({ id: 'ClosureList' });

/** A closure that was just announced or taken back, and its calendar. */
export const ChangedClosure = z.object({ closure: ClosureOut, calendar: CalendarOut }).meta({ id: 'ChangedClosure' });
