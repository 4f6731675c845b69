/** Brings a publisher's decided mail to its escalation. Every step may be repeated. */
import type { Pool } from 'pg';
import { readEscalationRow } from '../db/escalations.ts';
import { type DecidedMail, type PublisherMailAction, settleMail } from '../db/inboundMails.ts';
import { turnIntoNote } from '../db/mailVerdicts.ts';
import { findOutboundMail } from '../db/outboundMails.ts';
import { fileEscalationReport } from '../db/saveEscalation.ts';
import { findPublishersByAddress, readPublisherOf } from '../db/senders.ts';
import { storeText } from '../db/texts.ts';
import type { EscalationMailOrder } from '../domain/escalation/effects.ts';
import type { EscalationCommandName, EscalationCommandOf } from '../domain/escalation/events.ts';
import type { EscalationId, EscalationResult, EscalationStatus, Side } from '../domain/escalation/state.ts';
import type { Who } from '../domain/events.ts';
import { Refusal } from '../domain/failures.ts';
import type { MailFact } from '../workflows/messages.ts';
import { Unavailable } from './unavailable.ts';

/** What a mail needs of the door to escalations. `gone`: the escalation has ended, nothing waits for the fact. */
export interface EscalationMailDoor {
  command<T extends EscalationCommandName>(
    id: EscalationId,
    name: T,
    command: EscalationCommandOf<T>,
  ): Promise<EscalationResult>;
  holdMessage(id: EscalationId, fact: MailFact): Promise<'delivered' | 'gone'>;
  dismissMessage(id: EscalationId, fact: MailFact & { readonly who: `staff:${string}` }): Promise<'delivered' | 'gone'>;
  mailBounced(
    id: EscalationId,
    bounce: { readonly key: string; readonly order: EscalationMailOrder; readonly receivedAt: number },
  ): Promise<'delivered' | 'gone'>;
}

/** Where publishers' mails go. */
export interface EscalationsForMail {
  readonly door: EscalationMailDoor;
  /** A number for an escalation that is acknowledged at `at` (epoch milliseconds): the same each time. */
  readonly allocateSr: (
    pool: Pool,
    id: EscalationId,
    at: number,
  ) => Promise<{ readonly sr: string; readonly srIssuedBy: Side }>;
}

/** What delivering publishers' mails needs. Without `escalations` they wait. */
export interface PublisherMailDependencies {
  readonly pool: Pool;
  readonly escalations?: EscalationsForMail | undefined;
}

/** A decided mail on an escalation. */
export interface EscalationMail extends DecidedMail {
  readonly escalation: EscalationId;
}

/** Longest text that a command takes from a mail, characters; the mail itself keeps all of it. */
const TEXT_MAX = 20_000;
const ENDS: readonly (EscalationStatus | undefined)[] = ['closed', 'refused', 'withdrawn'];

/**
 * Delivers a mail as its disposition says, and settles it. What the escalation refuses becomes a note and a task for staff;
 * what comes after its end a note, and an alert on its request: nothing is dropped.
 * @throws Unavailable: the same call goes on where it was.
 */
export async function deliverPublisherMail(deps: PublisherMailDependencies, mail: EscalationMail): Promise<void> {
  const { id, escalation, receivedAt, disposition } = mail;
  const { door } = requireEscalations(deps);
  switch (disposition) {
    case 'publisherAction':
      return await act(deps, mail);
    case 'publisherNote':
      await holdForStaff(deps, mail);
      break;
    case 'unverified':
      await door.holdMessage(escalation, { mail: id, receivedAt });
      break;
    case 'accepted':
      await takeAsNote(deps, mail);
      await dismiss(door, mail);
      break;
    case 'attached':
    case 'dismissed':
      await dismiss(door, mail);
      break;
    case 'bounce': {
      const sent = mail.bounced === null ? undefined : await findOutboundMail(deps.pool, mail.bounced);
      if (sent?.audience === 'publisher') {
        await door.mailBounced(escalation, { key: sent.key, order: sent.order, receivedAt });
      }
      break;
    }
    case 'answer':
    case 'opening':
    case 'unmatched':
    case 'automatic':
    case 'own':
    case 'duplicate':
      break;
  }
  await settleMail(deps.pool, id, disposition);
}

/** Carries out what the mail's address says. */
async function act(deps: PublisherMailDependencies, mail: EscalationMail): Promise<void> {
  const { id, escalation, action } = mail;
  const row = await readEscalationRow(deps.pool, escalation);
  const status = row?.state?.status;
  if (ENDS.includes(status) || action === null) return await leaveToStaff(deps, mail, 'ended');
  try {
    const isNew = status === undefined || status === 'sent';
    if (isNew && action !== 'acknowledge') await acknowledgeFirst(deps, mail);
    await command(deps, mail, action);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return await leaveToStaff(deps, mail, 'refused');
  }
  await settleMail(deps.pool, id, 'publisherAction');
}

async function command(
  deps: PublisherMailDependencies,
  mail: EscalationMail,
  action: PublisherMailAction,
): Promise<void> {
  if (action === 'acknowledge') {
    await acknowledge(deps, mail, `mail:${mail.id}`);
    // Whatever was written with it is not lost.
    if (mail.bodyNew?.trim()) await takeAsNote(deps, mail);
    return;
  }
  const { door } = requireEscalations(deps);
  const words = await wordsOf(deps, mail);
  await storeText(deps.pool, words);
  const payload = { text: words.id, ...(await meta(deps, mail, `mail:${mail.id}`)) };
  switch (action) {
    case 'ask':
      await door.command(mail.escalation, 'ask', payload);
      break;
    case 'deliverWorkaround':
      await door.command(mail.escalation, 'deliverWorkaround', payload);
      break;
    case 'deliverFix':
      await door.command(mail.escalation, 'deliverFix', payload);
      break;
  }
}

/** Who asks or delivers has received it. That it was acknowledged meanwhile is as well. */
async function acknowledgeFirst(deps: PublisherMailDependencies, mail: EscalationMail): Promise<void> {
  try {
    await acknowledge(deps, mail, `mail:${mail.id}:acknowledge`);
  } catch (error) {
    if (!(error instanceof Refusal) || error.type !== 'InvalidTransition') throw error;
  }
}

async function acknowledge(deps: PublisherMailDependencies, mail: EscalationMail, commandId: string): Promise<void> {
  const { door, allocateSr } = requireEscalations(deps);
  const { sr, srIssuedBy } = await allocateSr(deps.pool, mail.escalation, mail.receivedAt);
  await door.command(mail.escalation, 'acknowledge', { sr, srIssuedBy, ...(await meta(deps, mail, commandId)) });
}

/** A note on the escalation: the publisher's, or of who let it count where its sender is nobody there. Nothing where it is over. */
async function takeAsNote(deps: PublisherMailDependencies, mail: EscalationMail): Promise<void> {
  const { door } = requireEscalations(deps);
  const entered = mail.lookedBy === null ? {} : { enteredBy: mail.lookedBy };
  try {
    const given = await meta(deps, mail, `mail:${mail.id}:note`);
    const who = mail.lookedBy !== null && !(await isPublishers(deps.pool, mail)) ? mail.lookedBy : given.who;
    const note = { mail: mail.id, ...given, who, ...entered };
    await door.command(mail.escalation, 'note', note);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

/** A note for a person to look at. */
async function leaveToStaff(
  deps: PublisherMailDependencies,
  mail: EscalationMail,
  why: 'refused' | 'ended',
): Promise<void> {
  await turnIntoNote(deps.pool, mail.id, why);
  await holdForStaff(deps, mail);
  await settleMail(deps.pool, mail.id, 'publisherNote');
}

/** A task on the escalation; once it is over, an alert on its request, which the relay files. */
async function holdForStaff(deps: PublisherMailDependencies, mail: EscalationMail): Promise<void> {
  const { id, escalation, receivedAt: at } = mail;
  const held = await requireEscalations(deps).door.holdMessage(escalation, { mail: id, receivedAt: at });
  const row = await readEscalationRow(deps.pool, escalation);
  if (!row || !(held === 'gone' || ENDS.includes(row.state?.status))) return;
  const who = await authorOf(deps.pool, mail);
  await fileEscalationReport(deps.pool, row.request, { id: `mail:${id}`, n: row.n, at, who, what: 'wrote', mail: id });
}

async function dismiss(
  door: EscalationMailDoor,
  { id, escalation, lookedAt, lookedBy }: EscalationMail,
): Promise<void> {
  if (lookedAt === null || !lookedBy?.startsWith('staff:')) return;
  const who = lookedBy as `staff:${string}`;
  await door.dismissMessage(escalation, { mail: id, receivedAt: lookedAt.getTime(), who });
}

/** The mail's new text, under its own id: told twice, it is one text. */
async function wordsOf({ pool }: PublisherMailDependencies, mail: EscalationMail) {
  const row = await readEscalationRow(pool, mail.escalation);
  if (!row) throw new Refusal('NotFound', 'There is no such escalation.');
  const said = (mail.bodyNew ?? '').trim();
  const characters = [...said];
  const body = characters.length > TEXT_MAX ? `${characters.slice(0, TEXT_MAX).join('')}\n[…]` : said;
  return { id: mail.id, number: row.request, body, author: await authorOf(pool, mail) };
}

/** The command id is the mail's: told twice, it counts once. It counts from the instant of our 250. */
async function meta({ pool }: PublisherMailDependencies, mail: EscalationMail, commandId: string) {
  return { who: await authorOf(pool, mail), channel: 'mail' as const, receivedAt: mail.receivedAt, commandId };
}

/** The person, or the publisher itself when its own address wrote. */
async function authorOf(pool: Pool, { publisherPerson, escalation }: EscalationMail): Promise<Who> {
  return `publisher:${publisherPerson ?? (await readPublisherOf(pool, escalation)) ?? ''}`;
}

async function isPublishers(pool: Pool, { publisherPerson, sender, escalation }: EscalationMail): Promise<boolean> {
  if (publisherPerson !== null) return true;
  const publisher = await readPublisherOf(pool, escalation);
  const known = sender === null ? [] : await findPublishersByAddress(pool, sender);
  return known.some((one) => one.publisher === publisher);
}

function requireEscalations({ escalations }: PublisherMailDependencies) {
  if (!escalations) throw new Unavailable('Temporal');
  return escalations;
}
