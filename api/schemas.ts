/** What the API gives out, as zod schemas: answers are made to fit them, and `/openapi.json` is made of them. */
import { z } from 'zod';
import { DISPOSITIONS } from '../db/mailReading.ts';
import { MAIL_KINDS } from '../domain/effects.ts';
import { ESCALATION_STATUSES } from '../domain/escalation/state.ts';
import { COMMANDS } from '../domain/events.ts';
import { INTERVENTION_MAIL_KINDS } from '../domain/intervention/effects.ts';
import { INTERVENTION_STATUSES } from '../domain/intervention/state.ts';
import { LANGUAGES } from '../domain/languages.ts';
import { STATUSES } from '../domain/state.ts';
import { CLOCK_NAMES } from '../domain/terms.ts';
import { TIMELINE_AUDIENCE, type TimelineType } from '../domain/timeline.ts';
import { ROLES } from './rights.ts';

/** ISO 8601 in UTC. */
export const Instant = z.iso.datetime({ precision: 3 }).meta({ id: 'Instant', description: 'ISO 8601, in UTC' });
const Seconds = z.number().meta({ description: 'seconds' });
const Link = z.string().meta({ description: 'a path on this server' });

/** A clock; warnings, breaches and durations for staff only. */
export const ClockOut = z
  .object({
    name: z.enum(CLOCK_NAMES),
    commitment: z.enum(['firm', 'bestEffort']),
    status: z.enum(['running', 'paused', 'delivered', 'met', 'stopped']),
    startedAt: Instant,
    dueAt: Instant.optional(),
    metAt: Instant.optional(),
    warnedAt: Instant.optional().meta({ description: 'for staff' }),
    breachedAt: Instant.optional().meta({ description: 'for staff: the due instant that was missed' }),
    took: z
      .object({ withoutPauses: Seconds, withPauses: Seconds })
      .optional()
      .meta({ description: 'opened time until it was met' }),
  })
  .meta({ id: 'Clock' });

/** What an amendment would change. */
export const AmendmentOut = z
  .object({
    from: z.int().meta({ description: 'version of the terms in force on the request' }),
    to: z.int(),
    clocks: z.array(z.object({ clock: z.enum(CLOCK_NAMES), before: ClockOut.optional(), after: ClockOut.optional() })),
    nextReminder: z.object({ before: Instant.optional(), after: Instant.optional() }),
    breached: z
      .array(z.enum(CLOCK_NAMES))
      .meta({ description: 'clocks that would be due at once: their new budget is used up' }),
  })
  .meta({ id: 'Amendment' });

/** A request as its caller may see it. */
export const RequestOut = z
  .object({
    number: z.string(),
    contract: z.string(),
    family: z.string(),
    zone: z.string().meta({ description: 'IANA zone in which the contract says its times' }),
    termsVersion: z.int(),
    version: z.int().meta({ description: 'grows with every change; also the ETag' }),
    subject: z.string(),
    language: z.enum(LANGUAGES),
    details: z
      .object({
        kind: z.string().optional(),
        product: z.string().optional(),
        urgency: z.string().optional(),
        impact: z.string().optional(),
        observedBehaviour: z.string().optional(),
        expectedBehaviour: z.string().optional(),
        stepsToReproduce: z.string().optional(),
      })
      .meta({ description: 'what was said when it was opened' }),
    status: z.enum(STATUSES),
    priority: z.string(),
    contact: z.string(),
    assignee: z.string().optional().meta({ description: 'for staff' }),
    previous: z.string().optional(),
    registeredAt: Instant,
    acknowledgedAt: Instant.optional(),
    waiting: z
      .object({
        for: z.enum(['information', 'confirmation', 'production']),
        since: Instant,
        remindersSent: z.int().min(0).max(3),
        nextReminder: z.object({ step: z.int().min(1).max(3), at: Instant }).optional(),
        closesAt: Instant.optional(),
      })
      .optional(),
    proposal: z.object({ kind: z.enum(['workaround', 'fix']), at: Instant }).optional(),
    closed: z
      .object({
        at: Instant,
        reason: z.enum(['confirmed', 'noAnswer', 'refused', 'withdrawn', 'duplicate']),
        reopenUntil: Instant.optional(),
      })
      .optional(),
    clocks: z.array(ClockOut),
    breached: z.boolean().optional().meta({ description: 'for staff' }),
    tasks: z
      .array(
        z.object({
          kind: z.enum(['correctAddress', 'lookAtMessage', 'effectConflict']),
          since: Instant,
          mail: z.string().optional(),
        }),
      )
      .optional()
      .meta({ description: 'for staff' }),
    nextDueAt: Instant.optional(),
    possible: z.array(z.enum(COMMANDS)).meta({ description: 'commands that the caller may give now' }),
    links: z.object({ self: Link, timeline: Link, mails: Link }),
  })
  .meta({ id: 'Request' });

/** A page of requests. */
export const RequestList = z
  .object({ items: z.array(RequestOut), next: z.string().optional().meta({ description: 'cursor of the next page' }) })
  .meta({ id: 'RequestList' });

/** A line of a timeline. */
export const TimelineLine = z
  .object({
    version: z.int().meta({ description: 'version of the request that it made' }),
    at: Instant,
    type: z.enum(Object.keys(TIMELINE_AUDIENCE) as [TimelineType, ...TimelineType[]]),
    audience: z.enum(['staff', 'customer']).optional().meta({ description: 'for staff' }),
    who: z.string().meta({ description: 'system, staff:<id> or contact:<id>; customers read only "staff" of staff' }),
    channel: z.enum(['api', 'portal', 'phone', 'mail', 'system']),
    enteredBy: z.string().optional().meta({ description: 'for staff: who wrote it down' }),
    enteredAt: Instant.optional().meta({ description: 'for staff' }),
    text: z.string().optional(),
    mail: z.string().optional(),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  })
  .meta({ id: 'TimelineLine' });

/** A page of a timeline. */
export const Timeline = z
  .object({ items: z.array(TimelineLine), next: z.string().optional() })
  .meta({ id: 'Timeline' });

/** A mail of a request, out or in. */
export const CorrespondenceMail = z
  .object({
    direction: z.enum(['in', 'out']),
    at: Instant,
    subject: z.string(),
    text: z.string(),
    kind: z
      .enum([...MAIL_KINDS, ...INTERVENTION_MAIL_KINDS])
      .optional()
      .meta({ description: 'out' }),
    status: z.enum(['waiting', 'accepted', 'refused', 'superseded']).optional().meta({ description: 'out, for staff' }),
    bouncedAt: Instant.optional().meta({ description: 'out, for staff' }),
    audience: z.enum(['staff', 'customer']).optional().meta({ description: 'for staff' }),
    id: z.string().optional().meta({ description: 'in, for staff: the mail under /v1/mails' }),
    disposition: z.string().optional().meta({ description: 'in, for staff' }),
  })
  .meta({ id: 'CorrespondenceMail' });

/** All mails of a request. */
export const Correspondence = z.object({ items: z.array(CorrespondenceMail) }).meta({ id: 'Correspondence' });

const inboundMail = {
  id: z.uuid(),
  receivedAt: Instant,
  stage: z.enum(['received', 'relayed', 'unreadable']),
  disposition: z.enum(DISPOSITIONS).optional(),
  reason: z.string().optional(),
  number: z.string().optional(),
  contact: z.string().optional(),
  escalation: z.string().optional().meta({ description: 'of a mail from a publisher' }),
  publisherPerson: z.string().optional(),
  action: z.string().optional().meta({ description: 'publisherAction: the command that it gives' }),
  sender: z.string().optional(),
  subject: z.string().optional(),
  attachments: z.array(
    z.object({ name: z.string().optional(), type: z.string().optional(), size: z.number().optional() }),
  ),
  lookedAt: Instant.optional(),
  lookedBy: z.string().optional(),
  dismissedBecause: z.string().optional(),
};

/** A mail that came in, without its text. */
export const InboundMailSummary = z.object(inboundMail).meta({ id: 'InboundMailSummary' });
/** A page of mails that came in. */
export const InboundMailList = z
  .object({ items: z.array(InboundMailSummary), next: z.string().optional() })
  .meta({ id: 'InboundMailList' });

/** A mail that came in, whole. */
export const InboundMail = z
  .object({
    ...inboundMail,
    text: z.string().optional().meta({ description: 'what is new in it' }),
    fullText: z.string().optional().meta({ description: 'with what it quotes' }),
    html: z.string().optional().meta({ description: 'sanitised; loads nothing from elsewhere' }),
  })
  .meta({ id: 'InboundMail' });

/** Who the caller is. */
export const CallerOut = z
  .object({ who: z.string(), role: z.enum(ROLES), contract: z.string().optional(), publisher: z.string().optional() })
  .meta({ id: 'Caller' });

/** A problem (RFC 9457). */
export const ProblemOut = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'what to do next' }),
    traceId: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    tried: z.string().optional(),
    requestStatus: z.enum(STATUSES).optional(),
    escalationStatus: z.enum(ESCALATION_STATUSES).optional(),
    interventionStatus: z.enum(INTERVENTION_STATUSES).optional(),
    possible: z.array(z.string()).optional(),
    decision: z.enum(['otherContract', 'quote', 'training']).optional().meta({ description: 'where it belongs' }),
    coveredBy: z.array(z.string()).optional().meta({ description: 'the contract types that cover it' }),
    endsOn: z.iso
      .date()
      .optional()
      .meta({ description: 'last local day of the contract, which has ended: nothing is opened under it any more' }),
    missing: z
      .array(z.object({ unit: z.string(), units: z.int() }))
      .optional()
      .meta({ description: 'credit units that are not there' }),
    exclusion: z.string().optional(),
    clause: z.string().optional(),
  })
  .meta({ id: 'Problem' });
