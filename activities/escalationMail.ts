/** Sends the mails of escalations: to the publisher with the package and its files, to staff with what waits for them. */
import { contentHash } from '../db/contentHash.ts';
import {
  type EscalationSubject,
  readEscalationSubject,
  readEscalationThread,
  readNoteToken,
} from '../db/escalationMails.ts';
import { readMessageToLookAt, readText } from '../db/mailFacts.ts';
import { insertOutboundMail, type NewOutboundMail, type OutboundMail } from '../db/outboundMails.ts';
import type { EscalationMailOrder } from '../domain/escalation/effects.ts';
import { referenceOf } from '../domain/escalation/reference.ts';
import type { Language } from '../domain/languages.ts';
import { composeEscalationMessage, threadable } from '../mail/compose.ts';
import { messageIdOf } from '../mail/messageId.ts';
import type { RenderedMail } from '../mail/templates/mails.ts';
import {
  actionsAfter,
  type EscalationStaffOrder,
  isStaffOrder,
  type PublisherOrder,
  renderEscalationStaffMail,
  renderPublisherMail,
} from '../mail/templates/publisherMails.ts';
import { actionAddress, type PublisherAction, signActionToken, signReplyToken } from '../mail/tokens.ts';
import type { AttachedFile } from '../mail/transport.ts';
import type { EscalationActivities, SendEscalationMail } from '../workflows/escalationMessages.ts';
import { CLAIM_MS, type MailActivitiesDeps, type OrderedMail, sendOrdered } from './orderedMail.ts';

/** What sending the mails of escalations needs. */
export interface EscalationMailDeps extends MailActivitiesDeps {
  /** Files of a package by their ids, in the same order. */
  readonly files: (ids: readonly string[]) => Promise<readonly AttachedFile[]>;
}

/**
 * Files that go with one mail, bytes: with their encoding a third more, which mail servers commonly take. Those beyond are
 * named in the mail, and left to the API.
 */
const ATTACHED_MAX = 10 * 1024 * 1024;

/** The mail activity of escalations. Failures as of `sendMail`. */
export function createEscalationMailActivities(
  deps: EscalationMailDeps,
): Pick<EscalationActivities, 'sendEscalationMail'> {
  return {
    async sendEscalationMail(input) {
      const content = contentHash({ escalation: input.escalation, order: input.order });
      return await sendOrdered(deps, {
        key: input.key,
        content,
        write: () => writeMail(deps, input, content),
        standing: (mail) => standingOf(deps, mail),
        compose: (mail) => messageOf(deps, mail),
      });
    },
  };
}

async function writeMail(
  deps: EscalationMailDeps,
  { key, escalation, order }: SendEscalationMail,
  content: Buffer,
): ReturnType<OrderedMail['write']> {
  const about = await readEscalationSubject(deps.pool, escalation);
  const common = {
    key,
    contentHash: content,
    order,
    number: about.request,
    escalation,
    messageId: messageIdOf(deps.tokenKeys, key, deps.sender.domain),
  };
  const mail = isStaffOrder(order)
    ? { ...common, ...(await staffMail(deps, key, order, about)) }
    : { ...common, ...(await publisherMail(deps, key, order, about)) };
  return await insertOutboundMail(deps.pool, mail, CLAIM_MS);
}

/** What differs between a mail to staff and one to the publisher. */
type Addressed = RenderedMail &
  Pick<NewOutboundMail, 'recipient' | 'address' | 'token' | 'inReplyTo' | 'references'> & {
    readonly audience: 'staff' | 'publisher';
    readonly actions?: readonly { readonly token: string; readonly action: PublisherAction }[];
  };

async function staffMail(
  deps: EscalationMailDeps,
  key: string,
  order: EscalationStaffOrder,
  about: EscalationSubject,
): Promise<Addressed> {
  const { address, language } = about.assignee
    ? { address: about.assignee.email, language: about.assignee.language }
    : deps.staffAlerts;
  const exclusion =
    'exclusion' in order && order.exclusion !== undefined ? about.exclusions[order.exclusion] : undefined;
  const message =
    'mail' in order && order.mail !== undefined ? await readMessageToLookAt(deps.pool, order.mail) : undefined;
  const rendered = renderEscalationStaffMail(order, {
    ...(await factsOf(deps, order, about, language)),
    number: about.request,
    subject: about.subject,
    publisher: about.publisher.name,
    ...(exclusion === undefined ? {} : { exclusion: exclusion.words[language] }),
    ...(message === undefined ? {} : { message }),
  });
  const token = signReplyToken(deps.tokenKeys, { number: about.request, recipient: 'staff', mail: key });
  return { audience: 'staff', recipient: 'staff', address, token, ...rendered, inReplyTo: undefined, references: [] };
}

async function publisherMail(
  deps: EscalationMailDeps,
  key: string,
  order: PublisherOrder,
  about: EscalationSubject,
): Promise<Addressed> {
  const { publisher } = about;
  const files = order.kind === 'escalated' ? await packageFiles(deps, about) : [];
  const attached = new Set(withinLimit(files));
  const offered = actionsAfter(order, about.sr !== null).map((action) => ({
    action,
    token: tokenOf(deps, key, about, action),
  }));
  const rendered = renderPublisherMail(order, {
    ...(await factsOf(deps, order, about, publisher.language)),
    distributor: about.distributor,
    ...(about.referent === null ? {} : { referent: about.referent }),
    parts: about.parts,
    files: files.map((file) => ({ name: file.name, size: file.content.length, attached: attached.has(file) })),
    actions: offered.map(({ action, token }) => ({
      action,
      address: actionAddress(action, token, deps.sender.domain),
    })),
  });
  const thread = (await readEscalationThread(deps.pool, about.id)).flatMap((id) => threadable(id) ?? []);
  const recipient = `publisher:${publisher.id}`;
  return {
    audience: 'publisher',
    recipient,
    address: publisher.email,
    token: signReplyToken(deps.tokenKeys, { number: about.request, recipient, mail: key }),
    actions: [...offered, { action: 'note', token: tokenOf(deps, key, about, 'note') }],
    ...rendered,
    inReplyTo: thread.at(-1),
    references: thread,
  };
}

/** What both sides are told: nothing in it names the customer. */
async function factsOf(
  deps: EscalationMailDeps,
  order: EscalationMailOrder,
  about: EscalationSubject,
  language: Language,
) {
  const name = 'priority' in order && order.priority !== undefined ? order.priority : about.priority;
  const priority = about.priorities[name];
  const text =
    'text' in order && order.text !== undefined ? await readText(deps.pool, about.request, order.text) : undefined;
  return {
    reference: referenceOf(about.id, about.sr),
    language,
    zone: about.zone,
    signature: deps.sender.name,
    contract: about.contract,
    priority: { label: priority?.label[language] ?? name, meaning: priority?.meaning?.[language] ?? '' },
    ...(text === undefined ? {} : { text }),
  };
}

function tokenOf(
  deps: EscalationMailDeps,
  mail: string,
  { id, publisher }: EscalationSubject,
  action: PublisherAction,
) {
  return signActionToken(deps.tokenKeys, { escalation: id, publisher: publisher.id, mail, action });
}

/** A chaser is overtaken by the acknowledgement. */
async function standingOf(deps: EscalationMailDeps, mail: OutboundMail): ReturnType<OrderedMail['standing']> {
  if (mail.escalation === undefined || mail.order.kind !== 'chaser') return 'send';
  const { status } = await readEscalationSubject(deps.pool, mail.escalation);
  return status === null || status === 'sent' ? 'send' : 'overtaken';
}

async function messageOf(deps: EscalationMailDeps, mail: OutboundMail): ReturnType<OrderedMail['compose']> {
  if (mail.escalation === undefined) throw new Error('a mail of a request has the key of an escalation’s');
  const noteToken = await readNoteToken(deps.pool, mail.key);
  const files =
    mail.order.kind === 'escalated'
      ? withinLimit(await packageFiles(deps, await readEscalationSubject(deps.pool, mail.escalation)))
      : [];
  return composeEscalationMessage(mail, deps.sender, noteToken, files);
}

async function packageFiles({ files }: EscalationMailDeps, { parts }: EscalationSubject) {
  const part = parts.exampleFile;
  return part && 'files' in part && part.files.length > 0 ? await files(part.files) : [];
}

/** The files that go with the mail: in their order, as long as there is room. */
function withinLimit(files: readonly AttachedFile[]): readonly AttachedFile[] {
  let room = ATTACHED_MAX;
  return files.filter(({ content }) => {
    if (content.length > room) return false;
    room -= content.length;
    return true;
  });
}
