/** Rows of Postgres as the API gives them out: instants in ISO 8601, durations in seconds, no more than the role may see. */
import type { z } from 'zod';
import type { AmendmentPreview } from '../client/amendment.ts';
import type { ContractRow } from '../db/contracts.ts';
import type { CorrespondenceRow, InboundMailRow } from '../db/mailReading.ts';
import type { RequestRow } from '../db/requests.ts';
import type { TimelineRow } from '../db/timeline.ts';
import type { ClockView, RequestView } from '../domain/view.ts';
import type { ContractSummary } from './contractSchemas.ts';
import { isStaff, mayCommand, type Role } from './rights.ts';
import type {
  AmendmentOut,
  ClockOut,
  CorrespondenceMail,
  InboundMailSummary,
  RequestOut,
  TimelineLine,
} from './schemas.ts';
import { withoutLinks } from './withoutLinks.ts';

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined | null> };

/** Without the keys that have no value: a missing field, not a null one. */
export function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  ) as Present<T>;
}

/** An instant (epoch milliseconds) in ISO 8601, UTC. */
export function iso(at: number | Date): string {
  return new Date(at).toISOString();
}

/** ISO 8601 of an instant that may be missing. */
export function isoIf(at: number | Date | null | undefined): string | undefined {
  return at === undefined || at === null ? undefined : iso(at);
}

/** A request for this role, at `now` (epoch milliseconds): what is possible may have run out since it was saved. */
export function requestOut(
  row: RequestRow & { view: RequestView },
  role: Role,
  now: number,
): z.input<typeof RequestOut> {
  const { view } = row;
  const forStaff = isStaff(role);
  const path = `/v1/requests/${view.number}`;
  return {
    number: view.number,
    contract: view.contract,
    family: view.family,
    zone: row.zone,
    termsVersion: view.termsVersion,
    version: view.version,
    subject: row.subject,
    language: row.language,
    details: row.details,
    status: view.status,
    priority: view.priority,
    contact: view.contact,
    ...(forStaff ? present({ assignee: view.assignee }) : {}),
    registeredAt: iso(view.registeredAt),
    ...present({ previous: view.previous, acknowledgedAt: isoIf(view.acknowledgedAt) }),
    ...(view.waiting ? { waiting: waitingOut(view.waiting) } : {}),
    ...(view.proposal ? { proposal: { kind: view.proposal.kind, at: iso(view.proposal.at) } } : {}),
    ...(view.closed ? { closed: closedOut(view.closed) } : {}),
    clocks: view.clocks.map((clock) => clockOut(clock, forStaff)),
    ...(forStaff ? { breached: view.breached, tasks: view.tasks.map(taskOut) } : {}),
    ...present({ nextDueAt: isoIf(view.nextDueAt) }),
    possible: possibleFor(view, role, now),
    links: { self: path, timeline: `${path}/timeline`, mails: `${path}/mails` },
  };
}

/** What an amendment would change, for staff. */
export function amendmentOut({
  from,
  to,
  clocks,
  nextReminder,
  breached,
}: AmendmentPreview): z.input<typeof AmendmentOut> {
  return {
    from,
    to,
    clocks: clocks.map(({ clock, before, after }) => ({
      clock,
      ...(before ? { before: clockOut(before, true) } : {}),
      ...(after ? { after: clockOut(after, true) } : {}),
    })),
    nextReminder: present({ before: isoIf(nextReminder.before), after: isoIf(nextReminder.after) }),
    breached: [...breached],
  };
}

function possibleFor(view: RequestView, role: Role, now: number): RequestView['possible'][number][] {
  const until = view.closed?.reopenUntil;
  if (until !== undefined && now > until) return [];
  return view.possible.filter((name) => mayCommand(role, name));
}

function waitingOut({
  for: waitingFor,
  since,
  remindersSent,
  nextReminder,
  closesAt,
}: NonNullable<RequestView['waiting']>) {
  return {
    for: waitingFor,
    since: iso(since),
    remindersSent,
    ...(nextReminder ? { nextReminder: { step: nextReminder.step, at: iso(nextReminder.at) } } : {}),
    ...present({ closesAt: isoIf(closesAt) }),
  };
}

function closedOut({ at, reason, reopenUntil }: NonNullable<RequestView['closed']>) {
  return { at: iso(at), reason, ...present({ reopenUntil: isoIf(reopenUntil) }) };
}

function taskOut({ kind, since, mail }: RequestView['tasks'][number]) {
  return { kind, since: iso(since), ...present({ mail }) };
}

/** Warnings, breaches and the time taken are for staff. */
export function clockOut(clock: ClockView, forStaff: boolean): z.input<typeof ClockOut> {
  const { name, commitment, status, startedAt, dueAt, metAt, warnedAt, breachedAt, took } = clock;
  const shown = { name, commitment, status, startedAt: iso(startedAt) };
  const instants = present({ dueAt: isoIf(dueAt), metAt: isoIf(metAt) });
  if (!forStaff) return { ...shown, ...instants };
  return {
    ...shown,
    ...instants,
    ...present({ warnedAt: isoIf(warnedAt), breachedAt: isoIf(breachedAt) }),
    ...(took ? { took: { withoutPauses: took.withoutPauses / 1000, withPauses: took.withPauses / 1000 } } : {}),
  };
}

/** What a line of a timeline says besides, its instants in ISO 8601. */
export function factsOut<F extends { readonly dueAt?: number; readonly dueWas?: number }>({
  dueAt,
  dueWas,
  ...facts
}: F) {
  return { ...present(facts), ...present({ dueAt: isoIf(dueAt), dueWas: isoIf(dueWas) }) };
}

/** A line of a timeline. Customers do not see which member of staff it was. */
export function timelineLineOut(row: TimelineRow, role: Role): z.input<typeof TimelineLine> {
  const forStaff = isStaff(role);
  return {
    version: row.seq,
    at: iso(row.at),
    type: row.type,
    who: !forStaff && row.who.startsWith('staff:') ? 'staff' : row.who,
    channel: row.channel,
    ...(forStaff
      ? { audience: row.audience, ...present({ enteredBy: row.enteredBy, enteredAt: isoIf(row.enteredAt) }) }
      : {}),
    ...present({ text: withoutLinks(row.text), mail: row.mail }),
    facts: factsOut(row.facts),
  };
}

/** A mail among those of a request. */
export function correspondenceOut(row: CorrespondenceRow, role: Role): z.input<typeof CorrespondenceMail> {
  const forStaff = isStaff(role);
  const { direction, kind, audience, disposition } = row;
  const status = row.status as 'accepted' | null;
  return {
    direction,
    at: iso(row.at),
    subject: row.subject ?? '',
    text: withoutLinks(row.body ?? ''),
    ...present({ kind }),
    ...(forStaff
      ? { audience, ...present({ status, bouncedAt: isoIf(row.bouncedAt), id: row.mail, disposition }) }
      : {}),
  };
}

/** A mail that came in, for staff. */
export function inboundMailOut(row: InboundMailRow): z.input<typeof InboundMailSummary> {
  const { id, stage, disposition, reason, number, contact, sender, subject, lookedBy, dismissedBecause } = row;
  const { escalation, publisherPerson, action } = row;
  return {
    id,
    receivedAt: iso(row.receivedAt),
    stage,
    attachments: row.attachments.map(({ name, type, size }) => present({ name, type, size })),
    ...present({ disposition, reason, number, contact, sender, subject, lookedBy, dismissedBecause }),
    ...present({ escalation, publisherPerson, action }),
    ...present({ lookedAt: isoIf(row.lookedAt) }),
  };
}

/** A contract in a list: what it is, without its terms. */
export function contractOut(row: ContractRow): z.input<typeof ContractSummary> {
  const { reference, family, customer, zone, version, endsOn } = row;
  return { reference, family, customer, zone, termsVersion: version, ...present({ endsOn }) };
}
