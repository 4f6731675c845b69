/** What the API gives out about escalations and publishers, as zod schemas. */
import { z } from 'zod';
import { ESCALATION_MAIL_KINDS, type EscalationTaskKind } from '../domain/escalation/effects.ts';
import { ESCALATION_COMMANDS } from '../domain/escalation/events.ts';
import { PACKAGE_PARTS, type PackagePart } from '../domain/escalation/package.ts';
import { ESCALATION_STATUSES } from '../domain/escalation/state.ts';
import { ESCALATION_AUDIENCE, type EscalationEntryType } from '../domain/escalation/timeline.ts';
import { LANGUAGES } from '../domain/languages.ts';
import { ClockOut, Instant } from './schemas.ts';

const TASK_KINDS = {
  answerPublisher: 'answerPublisher',
  lookAtMessage: 'lookAtMessage',
  publisherSilent: 'publisherSilent',
  correctAddress: 'correctAddress',
  quote: 'quote',
  settlePriority: 'settlePriority',
  effectConflict: 'effectConflict',
} as const satisfies { readonly [kind in EscalationTaskKind]: kind };
const Link = z.string().meta({ description: 'a path on this server' });
const Who = z
  .string()
  .meta({ description: 'staff:<id>, contact:<id>, publisher:<id>; publishers read "distributor" of staff' });
const Named = z.object({ priority: z.string(), at: Instant, who: Who });
const Span = z.object({ from: Instant, to: Instant.optional() });

const PartOut = z.object({
  given: z.string().optional(),
  files: z.array(z.uuid()).optional(),
  notApplicable: z.string().optional(),
});

/** A file of an escalation. */
export const AttachmentOut = z
  .object({
    id: z.uuid(),
    name: z.string(),
    type: z.string().meta({ description: 'media type, by the content' }),
    size: z.int().meta({ description: 'bytes' }),
    sha256: z.string(),
    storedAt: Instant,
    link: Link,
  })
  .meta({ id: 'Attachment' });

/** An escalation as its caller may see it. */
export const EscalationOut = z
  .object({
    id: z.string(),
    reference: z
      .string()
      .meta({ description: 'what people quote: the service request number, or DA-2026-004217/1 until then' }),
    request: z.string(),
    n: z.int(),
    publisher: z.string(),
    contract: z.string().meta({ description: 'the contract with the publisher' }),
    termsVersion: z.int(),
    version: z.int().meta({ description: 'grows with every change once it was sent; also the ETag then' }),
    stage: z.enum(['draft', 'sending', 'sent']).optional().meta({ description: 'for staff' }),
    product: z.string().optional().meta({ description: 'for staff' }),
    draftedBy: z.string().optional().meta({ description: 'for staff' }),
    referent: z.string().optional().meta({ description: 'contact of the publisher’s contract who sends it' }),
    status: z.enum(ESCALATION_STATUSES).optional().meta({ description: 'once it was sent' }),
    priority: z.string().meta({ description: 'the one that counts' }),
    priorities: z.object({ proposed: Named, contested: Named.optional(), agreed: Named.optional() }).optional(),
    sentAt: Instant.optional(),
    sentBy: Who.optional(),
    acknowledgedAt: Instant.optional(),
    sr: z
      .object({
        number: z.string(),
        issuedBy: z.enum(['distributor', 'publisher']),
        at: Instant,
        sentBy: Who,
        receivedBy: Who,
        priority: z.string(),
      })
      .optional()
      .meta({ description: 'the service request, issued at the acknowledgement; its description is the problem' }),
    delivery: z.object({ kind: z.enum(['workaround', 'fix']), at: Instant }).optional(),
    ended: z.object({ at: Instant, exclusion: z.string().optional() }).optional(),
    clocks: z.array(ClockOut),
    nextDueAt: Instant.optional(),
    package: z.object(
      Object.fromEntries(PACKAGE_PARTS.map((part) => [part, PartOut.optional()])) as {
        [part in PackagePart]: z.ZodOptional<typeof PartOut>;
      },
    ),
    missing: z
      .array(z.enum(PACKAGE_PARTS))
      .optional()
      .meta({ description: 'for staff, of a draft: parts that are neither given nor marked as not applicable' }),
    files: z.array(AttachmentOut),
    breached: z.boolean().optional().meta({ description: 'for staff' }),
    chasersSent: z.int().optional().meta({ description: 'for staff' }),
    nextChaserAt: Instant.optional().meta({ description: 'for staff' }),
    tasks: z
      .array(z.object({ kind: z.enum(TASK_KINDS), since: Instant, mail: z.string().optional() }))
      .optional()
      .meta({ description: 'for staff' }),
    late: z
      .object({ fromAcknowledgement: Span, fromDue: Span })
      .optional()
      .meta({ description: 'for staff: not resolved in time, and counting in the platform’s availability' }),
    possible: z.array(z.enum(ESCALATION_COMMANDS)).meta({ description: 'commands that the caller may give now' }),
    links: z.object({ self: Link, timeline: Link, mails: Link.optional(), request: Link.optional() }),
  })
  .meta({ id: 'Escalation' });

/** A page of escalations. */
export const EscalationList = z
  .object({
    items: z.array(EscalationOut),
    next: z.string().optional().meta({ description: 'cursor of the next page' }),
  })
  .meta({ id: 'EscalationList' });

/** A page of an escalation's timeline. */
export const EscalationTimeline = z
  .object({
    items: z.array(
      z
        .object({
          version: z.int(),
          at: Instant,
          type: z.enum(Object.keys(ESCALATION_AUDIENCE) as [EscalationEntryType, ...EscalationEntryType[]]),
          audience: z.enum(['staff', 'publisher']).optional().meta({ description: 'for staff' }),
          who: Who,
          channel: z.enum(['api', 'portal', 'phone', 'mail', 'system']),
          enteredBy: z.string().optional().meta({ description: 'for staff' }),
          enteredAt: Instant.optional().meta({ description: 'for staff' }),
          text: z.string().optional(),
          mail: z.string().optional().meta({ description: 'for staff' }),
          facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
        })
        .meta({ id: 'EscalationLine' }),
    ),
    next: z.string().optional(),
  })
  .meta({ id: 'EscalationTimeline' });

/** All mails of an escalation, the oldest first. */
export const EscalationMails = z
  .object({
    items: z.array(
      z
        .object({
          direction: z.enum(['in', 'out']),
          at: Instant.meta({ description: 'when it was written, or received' }),
          address: z.string().optional().meta({ description: 'out: whom it went to; in: the sender that it names' }),
          subject: z.string(),
          text: z.string().meta({ description: 'out: without the secret part of the addresses that it offers' }),
          kind: z.enum(ESCALATION_MAIL_KINDS).optional().meta({ description: 'out' }),
          audience: z.enum(['publisher', 'staff']).optional().meta({ description: 'out: whom it is for' }),
          status: z.enum(['waiting', 'accepted', 'refused', 'superseded']).optional().meta({ description: 'out' }),
          endedAt: Instant.optional().meta({ description: 'out: when the mail server took or refused it' }),
          attempts: z.int().optional().meta({ description: 'out' }),
          lastError: z.string().optional().meta({ description: 'out: codes of the mail server' }),
          bouncedAt: Instant.optional().meta({ description: 'out' }),
          id: z.string().optional().meta({ description: 'in: the mail under /v1/mails' }),
          disposition: z.string().optional().meta({ description: 'in' }),
        })
        .meta({ id: 'EscalationMail' }),
    ),
  })
  .meta({ id: 'EscalationMails' });

/** A publisher, with its contracts and people. */
export const PublisherOut = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    language: z.enum(LANGUAGES),
    contracts: z.array(z.string()).meta({ description: 'contracts of family C with it' }),
    temporal: z.object({ namespace: z.string(), endpoint: z.string(), requestsEndpoint: z.string() }).optional(),
    people: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        email: z.string(),
        language: z.enum(LANGUAGES),
        active: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'Publisher' });
/** All publishers. */
export const PublisherList = z.object({ items: z.array(PublisherOut) }).meta({ id: 'PublisherList' });
