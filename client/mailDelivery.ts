/** Brings a decided mail to the request that it is about. Every step may be repeated. */
import type { Pool } from 'pg';
import { requiredFields } from '../contracts/openingRules.ts';
import { type ContractRow, readContact, readContract } from '../db/contracts.ts';
import {
  AlreadyDecided,
  type DecidedMail,
  moveToLinkedRequest,
  readDecidedMail,
  settleMail,
} from '../db/inboundMails.ts';
import { returnToStaff } from '../db/mailVerdicts.ts';
import { orderNotice } from '../db/notices.ts';
import { findOutboundMail, type OutboundMail } from '../db/outboundMails.ts';
import { inTransaction } from '../db/pool.ts';
import { readRequestRow, registerRequest } from '../db/requests.ts';
import type { RequestField } from '../domain/coverage.ts';
import { Refusal } from '../domain/failures.ts';
import { isOfEnd } from '../domain/inForce.ts';
import type { InterventionId } from '../domain/intervention/state.ts';
import type { Language } from '../domain/languages.ts';
import { askForMissing } from '../mail/templates/missing.ts';
import type { AnswerSignal } from '../workflows/messages.ts';
import type { InterventionDoor } from './interventionDoor.ts';
import { deliverPublisherMail, type PublisherMailDependencies } from './publisherMails.ts';
import type { RequestDoor } from './requestDoor.ts';
import { Unavailable } from './unavailable.ts';

/** What a mail needs of the door. */
export type MailDoor = Pick<RequestDoor, 'open' | 'answer' | 'holdMessage' | 'dismissMessage' | 'mailBounced'>;

/** What delivering mails needs. */
export interface MailDeliveryDependencies extends PublisherMailDependencies {
  readonly door: MailDoor;
  /** Where bounces of interventions' mails go. */
  readonly interventions?: Pick<InterventionDoor, 'mailBounced'>;
}

/** Longest text that a request opened by mail takes from it, characters; the mail itself keeps all of it. */
const DESCRIPTION_MAX = 20_000;

/**
 * Delivers a mail as its disposition says, and settles it. What the request refuses for good goes back to staff.
 * @throws Refusal · Unavailable: the same call goes on where it was.
 */
export async function deliverMail(deps: MailDeliveryDependencies, mail: DecidedMail): Promise<void> {
  if (mail.escalation !== null) return await deliverPublisherMail(deps, { ...mail, escalation: mail.escalation });
  try {
    await carry(deps, mail);
  } catch (error) {
    if (error instanceof Refusal && (mail.disposition === 'answer' || mail.disposition === 'accepted')) {
      if (isOfEnd(error)) await leaveAfterEnd(deps.pool, mail, error.details.endsOn);
      else await returnToStaff(deps.pool, mail.id, 'refused');
    }
    throw error;
  }
}

/** Staff have it; its sender is told why, unless a person has looked at it already. */
async function leaveAfterEnd(pool: Pool, mail: DecidedMail, lastDay: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    await returnToStaff(client, mail.id, 'contractEnded');
    const contact =
      mail.lookedBy === null && mail.contact !== null ? await readContact(client, mail.contact) : undefined;
    if (!contact) return;
    const { contract, email: address, name, language } = contact;
    const notice = { contract, inboundMail: mail.id, address, name, language };
    await orderNotice(client, { kind: 'contractEnded', ...notice, about: lastDay });
  });
}

async function carry(deps: MailDeliveryDependencies, mail: DecidedMail): Promise<void> {
  const { door, pool } = deps;
  const { id, number, receivedAt } = mail;
  if (number !== null) {
    switch (mail.disposition) {
      case 'answer':
      case 'accepted':
        return await deliverAnswer(deps, mail, number);
      case 'opening':
        await door.open(number);
        break;
      case 'unverified':
        await door.holdMessage(number, { mail: id, receivedAt });
        break;
      case 'attached':
      case 'dismissed':
        if (mail.lookedAt && mail.lookedBy?.startsWith('staff:')) {
          const who = mail.lookedBy as `staff:${string}`;
          await door.dismissMessage(number, { mail: id, receivedAt: mail.lookedAt.getTime(), who });
        }
        break;
      case 'bounce': {
        const sent = mail.bounced === null ? undefined : await findOutboundMail(pool, mail.bounced);
        if (sent?.intervention !== undefined) {
          if (sent.audience === 'customer') await returnIntervention(deps, sent, receivedAt);
        } else if (sent?.audience === 'customer') {
          await door.mailBounced(number, { key: sent.key, order: sent.order, receivedAt });
        }
        break;
      }
      case 'unmatched':
      case 'automatic':
      case 'own':
      case 'duplicate':
      // These two are an escalation's.
      case 'publisherAction':
      case 'publisherNote':
        break;
    }
  }
  await settleMail(pool, id, mail.disposition);
}

async function returnIntervention(
  { interventions }: MailDeliveryDependencies,
  { intervention, key, order }: Extract<OutboundMail, { readonly intervention: InterventionId }>,
  receivedAt: number,
): Promise<void> {
  if (!interventions) throw new Unavailable('Temporal');
  await interventions.mailBounced(intervention, { key, order, receivedAt });
}

async function deliverAnswer(deps: MailDeliveryDependencies, mail: DecidedMail, number: string): Promise<void> {
  const outcome = await deps.door.answer(number, answerOf(mail));
  if (outcome !== 'expired') return await settleMail(deps.pool, mail.id, mail.disposition);
  const linked = await openLinkedRequest(deps.pool, mail, number);
  await deps.door.open(linked);
  await settleMail(deps.pool, mail.id, 'opening');
}

/** The command id is the mail's: told twice, it counts once. */
function answerOf({ id, contact, receivedAt, lookedBy }: DecidedMail): AnswerSignal {
  return {
    mail: id,
    who: `contact:${contact ?? ''}`,
    channel: 'mail',
    receivedAt,
    commandId: `mail:${id}`,
    ...(lookedBy === null ? {} : { enteredBy: lookedBy }),
  };
}

/** Registers the request that an answer opens whose own was closed too long ago; its number, also when another was faster. */
async function openLinkedRequest(pool: Pool, mail: DecidedMail, previous: string): Promise<string> {
  const row = await readRequestRow(pool, previous);
  const contract = row && (await readContract(pool, row.contract));
  const contact = await readContact(pool, mail.contact ?? row?.contact ?? '');
  if (!contract || !contact)
    throw new Refusal('NotFound', 'The request that the mail answers has no contract in force.');
  try {
    return await registerRequest(
      pool,
      { ...mailedRequest(mail, contract, contact), previous, who: `contact:${contact.id}` },
      async (client, number) => await moveToLinkedRequest(client, mail.id, previous, number),
    );
  } catch (error) {
    if (!(error instanceof AlreadyDecided)) throw error;
    const now = await readDecidedMail(pool, mail.id);
    if (now?.disposition !== 'opening' || now.number === null) throw error;
    return now.number;
  }
}

interface Asking {
  readonly id: string;
  readonly receivedAt: number;
  readonly subject: string | null;
  readonly bodyFull: string | null;
}

/** A request as a mail asks for it: the terms' default priority, until an agent says otherwise. */
export function mailedRequest(
  mail: Asking,
  { reference, zone, version, terms }: ContractRow,
  contact: { readonly id: string; readonly language: Language },
) {
  const words = SILENT[contact.language];
  const said = { subject: mail.subject?.trim(), description: mail.bodyFull?.trim() };
  const missing = requiredFields(terms).filter((field) => !isSaid(field, said));
  const description = said.description || words.description;
  const cut = description.length > DESCRIPTION_MAX;
  return {
    contract: reference,
    zone,
    termsVersion: version,
    contact: contact.id,
    language: contact.language,
    priority: terms.defaultPriority,
    subject: said.subject || words.subject,
    description: cut ? `${[...description].slice(0, DESCRIPTION_MAX).join('')}\n[…]` : description,
    mail: mail.id,
    channel: 'mail' as const,
    receivedAt: mail.receivedAt,
    details: { kind: terms.coverage.defaultKind },
    ...(missing.length > 0 ? { missing: askForMissing(missing, contact.language) } : {}),
    // A mail opens one request only: its text has the mail's id.
    commandId: mail.id,
  };
}

/** What a mail says: its subject and its text; its kind is the contract's default, until an agent knows better. */
function isSaid(
  field: RequestField,
  said: { readonly subject: string | undefined; readonly description: string | undefined },
) {
  if (field === 'subject' || field === 'description') return Boolean(said[field]);
  return field === 'kind';
}

const SILENT = {
  fr: { subject: 'Demande reçue par mail, sans objet', description: '(Le message ne contient pas de texte.)' },
  en: { subject: 'Request by mail, without a subject', description: '(The message has no text.)' },
} as const;
