/** Escalations as the API gives them out: no more than the role may see. */
import type { z } from 'zod';
import type { Attachment } from '../db/attachments.ts';
import type { EscalationMailRow } from '../db/escalationCorrespondence.ts';
import type { EscalationRow } from '../db/escalations.ts';
import type { EscalationLineRow } from '../db/escalationTimeline.ts';
import { type EscalationPackage, missingParts, PACKAGE_PARTS } from '../domain/escalation/package.ts';
import { referenceOf } from '../domain/escalation/reference.ts';
import type { NamedPriority } from '../domain/escalation/state.ts';
import type { EscalationView, LateSpan } from '../domain/escalation/view.ts';
import type { Who } from '../domain/events.ts';
import type { AttachmentOut, EscalationMails, EscalationOut, EscalationTimeline } from './escalationSchemas.ts';
import { clockOut, factsOut, iso, isoIf, present } from './present.ts';
import { isStaff, mayCommandEscalation, type Role } from './rights.ts';

/** Where an escalation is found. */
export function pathOf({ request, n }: Pick<EscalationRow, 'request' | 'n'>): string {
  return `/v1/escalations/${request}/${n}`;
}

/** Files that the role may see: the publisher those of the package, and its own. */
export function visibleFiles(row: EscalationRow, files: readonly Attachment[], role: Role): Attachment[] {
  if (isStaff(role)) return [...files];
  const example = row.parts.exampleFile;
  const inPackage = example && 'files' in example ? example.files : [];
  return files.filter(({ id, storedBy }) => inPackage.includes(id) || storedBy.startsWith('publisher:'));
}

/** An escalation for this role. */
export function escalationOut(
  row: EscalationRow,
  files: readonly Attachment[],
  role: Role,
): z.input<typeof EscalationOut> {
  const { view } = row;
  const forStaff = isStaff(role);
  const path = pathOf(row);
  return {
    id: row.id,
    reference: referenceOf(row.id, row.view?.sr?.number),
    request: row.request,
    n: row.n,
    publisher: row.publisher,
    contract: row.contract,
    termsVersion: row.termsVersion,
    version: row.version,
    priority: view?.priority ?? row.priority,
    ...present({ referent: row.referent }),
    ...(forStaff ? { stage: row.stage, draftedBy: row.draftedBy, ...present({ product: row.product }) } : {}),
    ...(view ? lifeOut(view, forStaff) : {}),
    clocks: view?.clocks.map((clock) => clockOut(clock, forStaff)) ?? [],
    package: packageOut(row.parts),
    ...(forStaff && row.stage === 'draft' ? { missing: missingParts(row.parts) } : {}),
    files: visibleFiles(row, files, role).map((file) => attachmentOut(row, file)),
    possible: view?.possible.filter((name) => mayCommandEscalation(role, name)) ?? [],
    links: {
      self: path,
      timeline: `${path}/timeline`,
      ...(forStaff ? { mails: `${path}/mails`, request: `/v1/requests/${row.request}` } : {}),
    },
  };
}

/** The parts that are there, in their order. */
function packageOut(parts: EscalationPackage): z.input<typeof EscalationOut>['package'] {
  const given = PACKAGE_PARTS.flatMap((name) => {
    const part = parts[name];
    if (part === undefined) return [];
    return [[name, 'files' in part ? { files: [...part.files] } : part] as const];
  });
  return Object.fromEntries(given);
}

/** What became of it since it was sent. */
function lifeOut(view: EscalationView, forStaff: boolean) {
  const { priorities, sr, delivery, ended, late, tasks } = view;
  const who = (one: Who) => whoFor(one, forStaff);
  const named = ({ priority, at, who: by }: NamedPriority) => ({ priority, at: iso(at), who: who(by) });
  return {
    status: view.status,
    priorities: {
      proposed: named(priorities.proposed),
      ...(priorities.contested ? { contested: named(priorities.contested) } : {}),
      ...(priorities.agreed ? { agreed: named(priorities.agreed) } : {}),
    },
    sentAt: iso(view.sentAt),
    sentBy: who(view.sentBy),
    ...present({ acknowledgedAt: isoIf(view.acknowledgedAt), nextDueAt: isoIf(view.nextDueAt) }),
    ...(sr ? { sr: { ...sr, at: iso(sr.at), sentBy: who(sr.sentBy), receivedBy: who(sr.receivedBy) } } : {}),
    ...(delivery ? { delivery: { kind: delivery.kind, at: iso(delivery.at) } } : {}),
    ...(ended ? { ended: { at: iso(ended.at), ...present({ exclusion: ended.exclusion }) } } : {}),
    ...(forStaff
      ? {
          breached: view.breached,
          chasersSent: view.chasersSent,
          ...present({ nextChaserAt: isoIf(view.nextChaserAt) }),
          tasks: tasks.map(({ kind, since, mail }) => ({ kind, since: iso(since), ...present({ mail }) })),
          ...(late
            ? { late: { fromAcknowledgement: spanOut(late.fromAcknowledgement), fromDue: spanOut(late.fromDue) } }
            : {}),
        }
      : {}),
  };
}

function spanOut({ from, to }: LateSpan) {
  return { from: iso(from), ...present({ to: isoIf(to) }) };
}

/** A publisher does not see which member of staff it was. */
function whoFor(who: Who, forStaff: boolean): string {
  return !forStaff && who.startsWith('staff:') ? 'distributor' : who;
}

/** A file, with where its content is. */
export function attachmentOut(
  row: Pick<EscalationRow, 'request' | 'n'>,
  { id, name, type, size, sha256, createdAt }: Attachment,
): z.input<typeof AttachmentOut> {
  return { id, name, type, size, sha256, storedAt: iso(createdAt), link: `${pathOf(row)}/attachments/${id}` };
}

/** A line of an escalation's timeline. */
export function escalationLineOut(
  row: EscalationLineRow,
  role: Role,
): z.input<typeof EscalationTimeline>['items'][number] {
  const forStaff = isStaff(role);
  return {
    version: row.seq,
    at: iso(row.at),
    type: row.type,
    who: forStaff || /^(publisher:|system$)/.test(row.who) ? row.who : 'distributor',
    channel: row.channel,
    ...(forStaff
      ? {
          audience: row.audience,
          ...present({ enteredBy: row.enteredBy, enteredAt: isoIf(row.enteredAt), mail: row.mail }),
        }
      : {}),
    ...present({ text: row.text }),
    facts: factsOut(row.facts),
  };
}

/** A mail of an escalation, for staff: who has an address that it offers could speak as the publisher. */
export function escalationMailOut(row: EscalationMailRow): z.input<typeof EscalationMails>['items'][number] {
  const { direction, address, kind, audience, status, attempts, lastError, mail, disposition } = row;
  return {
    direction,
    at: iso(row.at),
    subject: row.subject ?? '',
    text: (row.body ?? '').replaceAll(/\b(sr\+[a-z]+\.)[a-z2-7]{24}(?=@)/gi, '$1…'),
    ...present({ address, kind, audience, status, attempts, lastError, id: mail, disposition }),
    ...present({ endedAt: isoIf(row.endedAt), bouncedAt: isoIf(row.bouncedAt) }),
  };
}
