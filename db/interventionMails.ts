/** What a mail of an intervention says besides its order: names, the contract's words for its units. */
import type { InterventionId } from '../domain/intervention/state.ts';
import type { Words } from '../domain/languages.ts';
import { type MailPeople, PEOPLE, type PeopleRow, withPeople } from './mailPeople.ts';
import type { Queryable } from './pool.ts';

/**
 * An intervention with the people who may receive its mails: the contact who approves, and the agent to whom it is assigned,
 * else its request.
 */
export interface InterventionSubject extends MailPeople {
  readonly id: InterventionId;
  readonly request: string;
  /** The request's subject. */
  readonly subject: string;
  readonly contract: string;
  readonly zone: string;
  readonly customer: string;
  /** Credit units by name. */
  readonly units: { readonly [unit: string]: Words };
  /** Where it stands now: what a reminder reminds of. Null until the first save. */
  readonly status: string | null;
  readonly version: number;
  /** Date that stands, epoch milliseconds. */
  readonly plannedFrom: number | null;
  readonly waitingFor: string | null;
  readonly waitingSince: number | null;
  readonly estimate: string | null;
  readonly moreAsked: { readonly amounts?: { readonly [unit: string]: number } } | null;
  /** Epoch milliseconds. */
  readonly estimateExpiresAt: number | null;
}

/** Reads what every mail of an intervention needs; throws when there is no such intervention. */
export async function readInterventionSubject(db: Queryable, id: InterventionId): Promise<InterventionSubject> {
  const { rows } = await db.query<
    Omit<InterventionSubject, keyof MailPeople | 'units'> &
      PeopleRow & { credits: { readonly [unit: string]: { readonly label: Words } } | null }
  >(
    `SELECT i.id, i.request, r.subject, i.contract, c.zone, c.customer, ${PEOPLE}, t.terms->'credits' AS credits, i.status, i.version,
            (i.view->'plan'->>'from')::float8 AS "plannedFrom",
            i.view->'waiting'->>'for' AS "waitingFor", (i.view->'waiting'->>'since')::float8 AS "waitingSince",
            i.view->'estimate'->>'estimate' AS estimate, i.view->'moreAsked' AS "moreAsked",
            (i.view->'estimate'->>'expiresAt')::float8 AS "estimateExpiresAt"
     FROM interventions i
     JOIN requests r ON r.number = i.request
     JOIN contracts c ON c.reference = i.contract
     JOIN contract_terms t ON t.contract = i.contract AND t.version = i.terms_version
     JOIN contacts p ON p.id = i.contact
     LEFT JOIN staff s ON 'staff:' || s.id = coalesce(i.assignee, r.assignee) AND s.active
     WHERE i.id = $1`,
    [id],
  );
  const [row] = rows;
  if (!row) throw new Error(`no intervention ${id}`);
  const { credits, ...subject } = withPeople(row);
  const units = Object.entries(credits ?? {}).map(([name, { label }]) => [name, label] as const);
  return { ...subject, units: Object.fromEntries(units) };
}
