/** What a mail of an intervention says besides its order: names, the contract's words for its units. */
import type { InterventionId } from '../domain/intervention/state.ts';
import type { Queryable } from './pool.ts';

type Language = 'fr' | 'en';
type Words = { readonly [language in Language]: string };

/** An intervention with the people who may receive its mails. */
export interface InterventionSubject {
  readonly id: InterventionId;
  readonly request: string;
  /** The request's subject. */
  readonly subject: string;
  readonly contract: string;
  readonly zone: string;
  readonly customer: string;
  /** Who approves. */
  readonly contact: { readonly id: string; readonly name: string; readonly email: string; readonly language: Language };
  /** The agent to whom the intervention is assigned, else its request, while active. */
  readonly assignee: { readonly email: string; readonly language: Language } | undefined;
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
    Omit<InterventionSubject, 'contact' | 'assignee' | 'units'> & {
      contact_id: string;
      contact_name: string;
      contact_email: string;
      contact_language: Language;
      staff_email: string | null;
      staff_language: Language;
      credits: { readonly [unit: string]: { readonly label: Words } } | null;
    }
  >(
    `SELECT i.id, i.request, r.subject, i.contract, c.zone, c.customer, p.id AS contact_id, p.name AS contact_name,
            p.email AS contact_email, p.language AS contact_language, s.email AS staff_email,
            s.language AS staff_language, t.terms->'credits' AS credits, i.status, i.version,
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
  const { contact_id, contact_name, contact_email, contact_language, staff_email, staff_language, credits, ...rest } =
    row;
  const units = Object.entries(credits ?? {}).map(([name, { label }]) => [name, label] as const);
  return {
    ...rest,
    contact: { id: contact_id, name: contact_name, email: contact_email, language: contact_language },
    assignee: staff_email === null ? undefined : { email: staff_email, language: staff_language },
    units: Object.fromEntries(units),
  };
}
