/** Rows of interventions, calls and proposals as the API gives them out. */
import type { z } from 'zod';
import type { BillingProposal } from '../db/billingProposals.ts';
import type { HotlineCallRow } from '../db/hotlineCalls.ts';
import type { StoredEstimate } from '../db/interventionEstimates.ts';
import type { InterventionRow } from '../db/interventions.ts';
import type { InterventionLineRow } from '../db/interventionTimeline.ts';
import type { CancellationCost } from '../domain/intervention/cancellation.ts';
import type { InterventionView } from '../domain/intervention/view.ts';
import type {
  BillingProposalOut,
  CancellationOut,
  HotlineCallOut,
  InterventionOut,
  InterventionTimeline,
} from './interventionSchemas.ts';
import { iso, isoIf, present } from './present.ts';
import { isStaff, mayCommandIntervention, type Role } from './rights.ts';

/** An intervention that was saved. */
export type OpenIntervention = InterventionRow & { readonly view: InterventionView };

/** Texts that an intervention names by their ids. */
export interface InterventionTexts {
  readonly estimate?: StoredEstimate | undefined;
  readonly report?: string | undefined;
  readonly actionPlan?: string | undefined;
}

/** An intervention for this role; with the texts that are given. */
export function interventionOut(
  { view }: OpenIntervention,
  role: Role,
  { estimate, report, actionPlan }: InterventionTexts = {},
): z.input<typeof InterventionOut> {
  const { plan, waiting, moreAsked, ended, delivered, work } = view;
  const forStaff = isStaff(role);
  const path = `/v1/interventions/${view.request}/${view.n}`;
  return {
    ...{ id: view.id, request: view.request, n: view.n, contract: view.contract, termsVersion: view.termsVersion },
    ...{ version: view.version, status: view.status, contact: view.contact, openedAt: iso(view.openedAt) },
    ...present({ module: view.module, feasible: view.feasible, order: view.order }),
    ...(forStaff ? present({ assignee: view.assignee }) : {}),
    ...(view.estimate ? { estimate: estimateOut(view.estimate, estimate) } : {}),
    ...{ approved: { ...view.approved }, reserved: { ...view.reserved }, missing: { ...view.missing } },
    ...(plan
      ? {
          plan: {
            ...{ from: iso(plan.from), to: iso(plan.to), units: { ...plan.units }, reminded: plan.reminded },
            ...present({ remindAt: isoIf(plan.remindAt), freeBefore: isoIf(plan.freeBefore) }),
          },
        }
      : {}),
    work: {
      ...{ seconds: work.seconds, trips: work.trips, used: { ...work.used } },
      ...present({ runningSince: isoIf(work.runningSince), secondsLeft: work.secondsLeft }),
      ...present({ allowanceSeconds: work.allowanceSeconds }),
    },
    expenses: view.expenses.map(({ at, ...expense }) => ({ ...expense, at: iso(at) })),
    ...(waiting
      ? {
          waiting: {
            ...{ for: waiting.for, since: iso(waiting.since), remindersSent: waiting.remindersSent },
            ...present({ nextReminderAt: isoIf(waiting.nextReminderAt) }),
          },
        }
      : {}),
    ...(moreAsked ? { moreAsked: { at: iso(moreAsked.at), ...present({ amounts: moreAsked.amounts }) } } : {}),
    ...(ended ? { ended: { ...ended, at: iso(ended.at) } } : {}),
    ...deliveredOut(delivered, { report, actionPlan }),
    ...(forStaff ? { tasks: view.tasks.map(({ kind, since }) => ({ kind, since: iso(since) })) } : {}),
    possible: view.possible.filter((name) => mayCommandIntervention(role, name)),
    links: { self: path, timeline: `${path}/timeline`, request: `/v1/requests/${view.request}` },
  };
}

/** In lists, which have no texts, only the index. */
function deliveredOut(delivered: InterventionView['delivered'], texts: Omit<InterventionTexts, 'estimate'>) {
  const shown = present({ ...texts, qualityIndex: delivered?.qualityIndex });
  return Object.keys(shown).length === 0 ? {} : { delivered: shown };
}

function estimateOut(estimate: NonNullable<InterventionView['estimate']>, stored: StoredEstimate | undefined) {
  const { estimate: id, sentAt, expiresAt, approved, ...figures } = estimate;
  return {
    ...{ id, sentAt: iso(sentAt), ...figures },
    ...present({ expiresAt: isoIf(expiresAt), approvedAt: isoIf(approved?.at), approvedBy: approved?.who }),
    ...(stored
      ? {
          scope: stored.scope,
          prerequisites: [...stored.prerequisites],
          limits: [...stored.limits],
          deliverables: [...stored.deliverables],
        }
      : {}),
  };
}

/** What cancelling costs. */
export function cancellationOut({
  freeBefore,
  newFreeBefore,
  ...cost
}: CancellationCost & { readonly newFreeBefore?: number }): z.input<typeof CancellationOut> {
  return { ...cost, ...present({ freeBefore: isoIf(freeBefore), newFreeBefore: isoIf(newFreeBefore) }) };
}

/** Facts that are instants. */
const INSTANTS = new Set(['from', 'to', 'wasFrom']);

/** A line of a timeline; customers are not told who of the staff it was. */
export function interventionLineOut(
  row: InterventionLineRow,
  role: Role,
): z.input<typeof InterventionTimeline>['items'][number] {
  const { seq, at, type, audience, who, channel, enteredBy, enteredAt, text, facts } = row;
  const forStaff = isStaff(role);
  const shown = Object.entries(facts).map(([name, value]) =>
    INSTANTS.has(name) && typeof value === 'number' ? [name, iso(value)] : [name, value],
  );
  return {
    ...{ version: seq, at: iso(at), type, channel, facts: Object.fromEntries(shown) },
    who: !forStaff && who.startsWith('staff:') ? 'staff' : who,
    ...present({ text }),
    ...(forStaff ? present({ audience, enteredBy, enteredAt: isoIf(enteredAt) }) : {}),
  };
}

/** A call. */
export function hotlineCallOut(row: HotlineCallRow): z.input<typeof HotlineCallOut> {
  const { n, kind, agent, beganAt, endedAt, seconds, freeSeconds, unit, units, debitedAt } = row;
  return {
    ...{ n, kind, agent, beganAt: iso(beganAt) },
    ...present({ endedAt: isoIf(endedAt), seconds, freeSeconds, unit, units, debitedAt: isoIf(debitedAt) }),
  };
}

/** A proposal to bill time. */
export function billingProposalOut(proposal: BillingProposal): z.input<typeof BillingProposalOut> {
  const { id, request, contract, seconds, text, proposedBy, proposedAt, decision, decidedBy, decidedAt } = proposal;
  return {
    ...{ id, request, contract, seconds, text, proposedBy, proposedAt: iso(proposedAt) },
    ...present({ decision, decidedBy, decidedAt: isoIf(decidedAt) }),
  };
}
