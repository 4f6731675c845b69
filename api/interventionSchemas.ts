/** What the API gives out about interventions, as zod schemas. */
import { z } from 'zod';
import type { InterventionTaskKind } from '../domain/intervention/effects.ts';
import { EXPENSE_KINDS, INTERVENTION_COMMANDS } from '../domain/intervention/events.ts';
import { INTERVENTION_STATUSES } from '../domain/intervention/state.ts';
import { INTERVENTION_AUDIENCE, type InterventionEntryType } from '../domain/intervention/timeline.ts';
import { Instant } from './schemas.ts';

const Link = z.string().meta({ description: 'a path on this server' });
const Amounts = z.record(z.string(), z.int()).meta({ description: 'units by credit unit' });
const Cents = z.int().meta({ description: 'euro cents without VAT' });
const TASKS = {
  agreeDate: true,
  agreeOtherDate: true,
  moreUnanswered: true,
  moreDeclined: true,
  correctAddress: true,
  effectConflict: true,
} satisfies { readonly [kind in InterventionTaskKind]: true };
const TASK_KINDS = Object.keys(TASKS) as [InterventionTaskKind, ...InterventionTaskKind[]];

/** What cancelling costs. */
export const CancellationOut = z
  .object({
    free: z.boolean(),
    freeBefore: Instant.optional().meta({ description: 'first instant at which it costs' }),
    newFreeBefore: Instant.optional().meta({
      description: 'of another date that is free: first instant at which cancelling that one costs, which may be past',
    }),
    lost: Amounts.meta({ description: 'neither refunded nor postponed' }),
    used: Amounts.meta({ description: 'work done: debited' }),
    returned: Amounts,
    expensesDue: Cents,
  })
  .meta({ id: 'CancellationCost' });

/** What logging work would come to. */
export const LoggingOut = z
  .object({
    more: Amounts.meta({ description: 'units that it would use beyond those that are used' }),
    used: Amounts.meta({ description: 'units of all work so far and this' }),
    returned: Amounts.meta({ description: 'what would return if it were finished then' }),
    secondsLeft: z.number().optional(),
  })
  .meta({ id: 'LoggingForecast' });

const estimateText = {
  service: z.string().optional(),
  scope: z.string().optional(),
  prerequisites: z.array(z.string()).optional(),
  limits: z.array(z.string()).optional(),
  deliverables: z.array(z.string()).optional(),
  unit: z.string().optional(),
  units: z.int().optional(),
  trips: z.int().optional(),
  onSite: z.boolean().optional(),
  onCall: z.boolean().optional(),
};

/** An estimate as it would be sent. */
export const EstimateDraftOut = z.object(estimateText).meta({ id: 'EstimateDraft' });

/** An intervention as its caller may see it. */
export const InterventionOut = z
  .object({
    id: z.string(),
    request: z.string(),
    n: z.int(),
    contract: z.string(),
    termsVersion: z.int(),
    version: z.int().meta({ description: 'grows with every change; also the ETag' }),
    status: z.enum(INTERVENTION_STATUSES),
    contact: z.string().meta({ description: 'who approves' }),
    assignee: z.string().optional().meta({ description: 'for staff' }),
    module: z.string().optional(),
    openedAt: Instant,
    feasible: z.boolean().optional(),
    estimate: z
      .object({
        id: z.string(),
        sentAt: Instant,
        expiresAt: Instant.optional(),
        approvedAt: Instant.optional(),
        approvedBy: z.string().optional(),
        ...estimateText,
      })
      .optional()
      .meta({ description: 'its texts only where one intervention is read' }),
    approved: Amounts,
    reserved: Amounts,
    missing: Amounts,
    order: z.string().optional(),
    plan: z
      .object({
        from: Instant,
        to: Instant,
        units: Amounts,
        remindAt: Instant.optional(),
        reminded: z.boolean(),
        freeBefore: Instant.optional(),
      })
      .optional(),
    work: z.object({
      seconds: z.int().meta({ description: 'logged; what is being timed comes on top' }),
      trips: z.int(),
      runningSince: Instant.optional(),
      used: Amounts,
      secondsLeft: z.number().optional(),
      allowanceSeconds: z.int().optional(),
    }),
    expenses: z.array(z.object({ kind: z.enum(EXPENSE_KINDS), cents: Cents, nonRefundable: z.boolean(), at: Instant })),
    waiting: z
      .object({
        for: z.enum(['approval', 'order', 'more']),
        since: Instant,
        remindersSent: z.int(),
        nextReminderAt: Instant.optional(),
      })
      .optional(),
    moreAsked: z.object({ at: Instant, amounts: Amounts.optional() }).optional(),
    ended: z
      .object({
        at: Instant,
        by: z.enum(['customer', 'provider', 'time']),
        used: Amounts,
        lost: Amounts,
        returned: Amounts,
        expensesDue: Cents,
      })
      .optional(),
    delivered: z
      .object({
        report: z.string().optional(),
        actionPlan: z.string().optional(),
        qualityIndex: z.int().optional().meta({ description: '0 to 100' }),
      })
      .optional()
      .meta({ description: 'what the customer got; its texts only where one intervention is read' }),
    tasks: z
      .array(z.object({ kind: z.enum(TASK_KINDS), since: Instant }))
      .optional()
      .meta({ description: 'for staff' }),
    possible: z.array(z.enum(INTERVENTION_COMMANDS)).meta({ description: 'commands that the caller may give now' }),
    links: z.object({ self: Link, timeline: Link, request: Link }),
  })
  .meta({ id: 'Intervention' });

/** A page of interventions. */
export const InterventionList = z
  .object({ items: z.array(InterventionOut), next: z.string().optional() })
  .meta({ id: 'InterventionList' });

/** A page of an intervention's timeline. */
export const InterventionTimeline = z
  .object({
    items: z.array(
      z
        .object({
          version: z.int(),
          at: Instant,
          type: z.enum(Object.keys(INTERVENTION_AUDIENCE) as [InterventionEntryType, ...InterventionEntryType[]]),
          audience: z.enum(['staff', 'customer']).optional().meta({ description: 'for staff' }),
          who: z.string(),
          channel: z.enum(['api', 'portal', 'phone', 'mail', 'system']),
          enteredBy: z.string().optional().meta({ description: 'for staff' }),
          enteredAt: Instant.optional().meta({ description: 'for staff' }),
          text: z.string().optional(),
          facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), Amounts])),
        })
        .meta({ id: 'InterventionLine' }),
    ),
    next: z.string().optional(),
  })
  .meta({ id: 'InterventionTimeline' });

/** A call of the hotline, or remote work on an incident. */
export const HotlineCallOut = z
  .object({
    n: z.int(),
    kind: z.enum(['call', 'remoteWork']),
    agent: z.string(),
    beganAt: Instant,
    endedAt: Instant.optional(),
    seconds: z.int().optional(),
    freeSeconds: z.int().optional(),
    unit: z.string().optional(),
    units: z.int().optional(),
    debitedAt: Instant.optional().meta({ description: 'absent while units are owed, or the call is not over' }),
  })
  .meta({ id: 'HotlineCall' });

/** Calls on a request. */
export const HotlineCallList = z.object({ items: z.array(HotlineCallOut) }).meta({ id: 'HotlineCallList' });

/** Time that may be billed. */
export const BillingProposalOut = z
  .object({
    id: z.string(),
    request: z.string(),
    contract: z.string(),
    seconds: z.int(),
    text: z.string().meta({ description: 'what the cause was' }),
    proposedBy: z.string(),
    proposedAt: Instant,
    decision: z.enum(['confirmed', 'rejected']).optional(),
    decidedBy: z.string().optional(),
    decidedAt: Instant.optional(),
  })
  .meta({ id: 'BillingProposal' });

/** Proposals to bill time. */
export const BillingProposalList = z.object({ items: z.array(BillingProposalOut) }).meta({ id: 'BillingProposalList' });
