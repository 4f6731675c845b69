/** Sends the mails of interventions, with the links on which customers decide; alerts the agents of calls. */
import type { Pool } from 'pg';
import type { NewApproval } from '../db/approvalTokens.ts';
import { contentHash } from '../db/contentHash.ts';
import { readEstimate, readReplacedAt, type StoredEstimate } from '../db/interventionEstimates.ts';
import { type InterventionSubject, readInterventionSubject } from '../db/interventionMails.ts';
import { readText, readThread } from '../db/mailFacts.ts';
import { insertOutboundMail, type NewOutboundMail, type OutboundMail } from '../db/outboundMails.ts';
import type { InterventionMailOrder } from '../domain/intervention/effects.ts';
import { ENDED } from '../domain/intervention/state.ts';
import type { Language } from '../domain/languages.ts';
import { composeInterventionMessage, threadable } from '../mail/compose.ts';
import { messageIdOf } from '../mail/messageId.ts';
import type { EstimateText, InterventionFacts } from '../mail/templates/interventionFacts.ts';
import { isForStaff, renderInterventionMail } from '../mail/templates/interventionMails.ts';
import { travelOf } from '../mail/templates/travel.ts';
import { signApprovalToken, signReplyToken } from '../mail/tokens.ts';
import type { InterventionActivities, SendInterventionMail } from '../workflows/interventionMessages.ts';
import { CLAIM_MS, type MailActivitiesDeps, type OrderedMail, sendOrdered } from './orderedMail.ts';

/** What sending the mails of interventions needs. */
export interface InterventionMailDeps extends MailActivitiesDeps {
  readonly pool: Pool;
  /** Where customers reach the product: links begin with it. */
  readonly publicUrl: string;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** Life of a link that no estimate's expiry bounds, milliseconds. */
const LINK_LIFE = 30 * 24 * 3_600_000;

/** The mail activity of interventions. Failures as of `sendMail`. */
export function createInterventionMailActivities(
  deps: InterventionMailDeps,
): Pick<InterventionActivities, 'sendInterventionMail'> {
  return {
    async sendInterventionMail(input) {
      const content = contentHash({ intervention: input.intervention, order: input.order });
      return await sendOrdered(deps, {
        key: input.key,
        content,
        write: () => writeMail(deps, input, content),
        standing: (mail) => standingOf(deps, mail),
        compose: async (mail) => {
          if (mail.intervention === undefined) throw new Error('a mail of something else has an intervention’s key');
          return composeInterventionMessage(mail, deps.sender);
        },
      });
    },
  };
}

async function writeMail(
  deps: InterventionMailDeps,
  { key, intervention, order }: SendInterventionMail,
  content: Buffer,
): ReturnType<OrderedMail['write']> {
  const about = await readInterventionSubject(deps.pool, intervention);
  const forStaff = isForStaff(order);
  const reader = forStaff ? staffOf(deps, about) : { address: about.contact.email, language: about.contact.language };
  const recipient = forStaff ? 'staff' : `contact:${about.contact.id}`;
  const approval = approvalOf(deps, key, order, about);
  const rendered = renderInterventionMail(order, {
    ...(await factsOf(deps, order, about, reader.language)),
    ...(approval ? { link: linkOf(deps, approval) } : {}),
  });
  const thread = forStaff ? [] : (await readThread(deps.pool, about.request)).flatMap((id) => threadable(id) ?? []);
  const mail = {
    key,
    contentHash: content,
    order,
    number: about.request,
    intervention,
    audience: forStaff ? 'staff' : 'customer',
    recipient,
    address: reader.address,
    messageId: messageIdOf(deps.tokenKeys, key, deps.sender.domain),
    token: signReplyToken(deps.tokenKeys, { number: about.request, recipient, mail: key }),
    ...rendered,
    inReplyTo: thread.at(-1),
    references: thread,
    ...(approval ? { approval } : {}),
  } satisfies NewOutboundMail;
  return await insertOutboundMail(deps.pool, mail, CLAIM_MS);
}

function staffOf({ staffAlerts }: InterventionMailDeps, { assignee }: InterventionSubject) {
  return assignee ? { address: assignee.email, language: assignee.language } : staffAlerts;
}

/** The link of a mail that asks its reader to decide. It outlives no estimate. */
function approvalOf(
  { tokenKeys, now = Date.now }: InterventionMailDeps,
  mail: string,
  order: InterventionMailOrder,
  about: InterventionSubject,
): NewApproval | undefined {
  const asked = decisionOf(order, about);
  if (!asked) return undefined;
  const { purpose, estimate, expiresAt = now() + LINK_LIFE } = asked;
  const contact = about.contact.id;
  const token = signApprovalToken(tokenKeys, { intervention: about.id, contact, purpose, estimate, mail });
  return { token, purpose, estimate, contact, expiresAt };
}

/** What a mail asks its reader to decide. */
interface Decision extends Pick<NewApproval, 'purpose' | 'estimate'> {
  readonly expiresAt?: number;
}

function decisionOf(order: InterventionMailOrder, about: InterventionSubject): Decision | undefined {
  const { estimate, estimateExpiresAt } = about;
  const expiry = (expiresAt: number | null | undefined) => (expiresAt ? { expiresAt } : {});
  switch (order.kind) {
    case 'estimate':
      return { purpose: 'estimate', estimate: order.estimate, ...expiry(order.expiresAt) } as const;
    case 'moreAsked':
      return { purpose: 'more', estimate } as const;
    case 'waitingReminder':
      if (order.waitingFor === 'more') return { purpose: 'more', estimate } as const;
      if (order.waitingFor === 'order' || estimate === null) return undefined;
      return { purpose: 'estimate', estimate, ...expiry(estimateExpiresAt) } as const;
    default:
      return undefined;
  }
}

function linkOf({ publicUrl }: InterventionMailDeps, { token }: NewApproval): string {
  return `${publicUrl.replace(/\/+$/, '')}/approvals/${token}`;
}

async function factsOf(
  { pool, sender }: InterventionMailDeps,
  order: InterventionMailOrder,
  about: InterventionSubject,
  language: Language,
) {
  const text =
    'text' in order && order.text !== undefined ? await readText(pool, about.request, order.text) : undefined;
  const actionPlan =
    order.kind === 'report' && order.actionPlan !== undefined
      ? await readText(pool, about.request, order.actionPlan)
      : undefined;
  const estimate = order.kind === 'estimate' ? await estimateOf(pool, order.estimate, about) : undefined;
  const tellsCost = order.kind === 'report' || order.kind === 'cancelled';
  const onCall = tellsCost && about.estimate !== null && (await storedOf(pool, about.estimate)).figures.onCall === true;
  const units = Object.entries(about.units).map(([unit, label]) => [unit, label[language]] as const);
  return {
    number: about.request,
    subject: about.subject,
    intervention: about.id,
    language,
    zone: about.zone,
    signature: sender.name,
    contract: about.contract,
    customer: about.customer,
    contact: about.contact,
    units: Object.fromEntries(units),
    ...(text === undefined ? {} : { text }),
    ...(actionPlan === undefined ? {} : { actionPlan }),
    ...(estimate ? { estimate } : {}),
    ...{ onCall, expensesDue: order.kind === 'report' ? about.expenses : 0 },
    isUncovered: about.isUncovered,
    ...(order.kind === 'cancelled' ? plannedOf(about) : {}),
    ...(about.estimateExpiresAt === null ? {} : { expiresAt: about.estimateExpiresAt }),
  };
}

/** The date that a cancelled intervention had: a request may have several. */
function plannedOf({ plannedFrom: from, plannedTo: to }: InterventionSubject): Pick<InterventionFacts, 'planned'> {
  return from === null || to === null ? {} : { planned: { from, to } };
}

async function estimateOf(pool: Pool, id: string, { tripUnits }: InterventionSubject): Promise<EstimateText> {
  const stored = await storedOf(pool, id);
  const { scope, prerequisites, limits, deliverables, figures } = stored;
  const replaced = await readReplacedAt(pool, stored);
  return {
    ...{ scope, prerequisites, limits, deliverables, onCall: figures.onCall ?? false },
    travel: travelOf(figures, tripUnits),
    ...(replaced ? { replaces: replaced.getTime() } : {}),
  };
}

async function storedOf(pool: Pool, id: string): Promise<StoredEstimate> {
  const stored = await readEstimate(pool, id);
  if (!stored) throw new Error('the estimate of the mail is not there');
  return stored;
}

/** A reminder of what is not waited for any more is overtaken, and what speaks of another date than the one that stands. */
async function standingOf({ pool }: InterventionMailDeps, mail: OutboundMail): ReturnType<OrderedMail['standing']> {
  if (mail.intervention === undefined) return 'send';
  const { order, key } = mail;
  const about = await readInterventionSubject(pool, mail.intervention);
  switch (order.kind) {
    case 'waitingReminder':
      return about.waitingFor === order.waitingFor && about.waitingSince === order.since ? 'send' : 'overtaken';
    case 'dayBefore':
    case 'scheduled': {
      // What ordered the mail may not be saved yet: then nothing is known of what came after it.
      if (about.version < Number(key.slice(key.lastIndexOf(':') + 1))) return 'send';
      const isOver = order.kind === 'dayBefore' && (about.plannedFrom === null || isEnded(about.status));
      const isOther = about.plannedFrom !== null && about.plannedFrom !== order.from;
      return isOver || isOther ? 'overtaken' : 'send';
    }
    default:
      return 'send';
  }
}

function isEnded(status: string | null): boolean {
  return ENDED.some((end) => end === status);
}
