/** What a mail of an intervention says besides its order: names, the contract's words for its units. */
import type { InterventionId } from '../domain/intervention/state.ts';
import type { Words } from '../domain/languages.ts';
import { priceOf } from '../domain/ledger/orders.ts';
import { renews } from '../domain/ledger/renewal.ts';
import type { CreditTerms, CreditUnitTerms } from '../domain/ledger/terms.ts';
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
  /** Of units whose base renews by itself: how many that buys, and their price in euro cents without VAT. */
  readonly bases: { readonly [unit: string]: { readonly units: number; readonly cents: number } };
  /** Units that a return trip costs, of those that count trips. */
  readonly tripUnits: { readonly [unit: string]: number };
  /** Where it stands now: what a reminder reminds of. Null until the first save. */
  readonly status: string | null;
  readonly version: number;
  /** A visit to which nothing of its module's time was left, and for which no units are reserved. */
  readonly isUncovered: boolean;
  /** Date that stands, epoch milliseconds. */
  readonly plannedFrom: number | null;
  /** Its end, epoch milliseconds. */
  readonly plannedTo: number | null;
  readonly waitingFor: string | null;
  readonly waitingSince: number | null;
  readonly estimate: string | null;
  readonly moreAsked: { readonly amounts?: { readonly [unit: string]: number } } | null;
  /** Euro cents without VAT of all expenses so far. */
  readonly expenses: number;
  /** Epoch milliseconds. */
  readonly estimateExpiresAt: number | null;
}

type Credits = { readonly [unit: string]: CreditUnitTerms & { readonly label: Words } };

/** Reads what every mail of an intervention needs; throws when there is no such intervention. */
export async function readInterventionSubject(db: Queryable, id: InterventionId): Promise<InterventionSubject> {
  const { rows } = await db.query<
    Omit<InterventionSubject, keyof MailPeople | 'units' | 'bases' | 'tripUnits'> &
      PeopleRow & { credits: Credits | null }
  >(
    `SELECT i.id, i.request, r.subject, i.contract, c.zone, c.customer, ${PEOPLE}, t.terms->'credits' AS credits, i.status, i.version,
            coalesce((SELECT sum(m.seconds) = 0 FROM module_allowance_moves m WHERE m.intervention = i.id), false)
              AND coalesce(i.view->'reserved', '{}') = '{}' AS "isUncovered",
            (i.view->'plan'->>'from')::float8 AS "plannedFrom", (i.view->'plan'->>'to')::float8 AS "plannedTo",
            i.view->'waiting'->>'for' AS "waitingFor", (i.view->'waiting'->>'since')::float8 AS "waitingSince",
            i.view->'estimate'->>'estimate' AS estimate, i.view->'moreAsked' AS "moreAsked",
            (SELECT coalesce(sum((one->>'cents')::float8), 0) FROM jsonb_array_elements(i.view->'expenses') one) AS expenses,
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
  return { ...subject, units: Object.fromEntries(units), ...costsOf(credits ?? {}) };
}

function costsOf(credits: CreditTerms): Pick<InterventionSubject, 'bases' | 'tripUnits'> {
  const tripUnits = Object.entries(credits).flatMap(([unit, { travel }]) =>
    travel.counted === 'returnTrip' ? [[unit, travel.units] as const] : [],
  );
  return { bases: basesOf(credits), tripUnits: Object.fromEntries(tripUnits) };
}

function basesOf(credits: CreditTerms): InterventionSubject['bases'] {
  const bases = Object.entries(credits).flatMap(([unit, terms]) =>
    renews(terms) ? [[unit, { units: terms.base, cents: priceOf(credits, unit, terms.base).cents }] as const] : [],
  );
  return Object.fromEntries(bases);
}
