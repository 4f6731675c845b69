/** What a contract says of a request that is to be opened: by which way, with which fields, and whether it covers it. */

import { admits, declarationsOf, openWays, productExclusion, requiredFields } from '../contracts/openingRules.ts';
import type { Way } from '../contracts/people.ts';
import { requestTerms } from '../contracts/requestTerms.ts';
import type { ContractTerms } from '../contracts/terms.ts';
import type { ContactRow, ContractRow } from '../db/contracts.ts';
import { type Coverage, coverageOf, type RequestField } from '../domain/coverage.ts';
import { Refusal } from '../domain/failures.ts';
import { priorityOf, type Qualification } from '../domain/transitions.ts';
import type { Judged } from './opening.ts';
import { present } from './present.ts';
import { type FieldError, Problem } from './problems.ts';

/** A way that the terms do not admit now; the message names those that they do. */
export function wayErrors(
  terms: ContractTerms,
  way: Way | undefined,
  portalIsDown: boolean,
  portal: string | undefined,
): FieldError[] {
  if (way === undefined || admits(terms, way, portalIsDown)) return [];
  const open = openWays(terms, portalIsDown)
    .map((one) => (one === 'portal' && portal !== undefined ? `portal (${portal})` : one))
    .join(' or ');
  const message = `The contract takes no requests by ${way}; it takes them by ${open}.`;
  return [{ path: 'channel', message }];
}

/** Required fields that are missing, and names that the terms do not know. Every one, not the first. */
export function termsErrors(terms: ContractTerms, body: Judged): FieldError[] {
  const { kinds, defaultKind } = terms.coverage;
  const kind = kinds[body.kind ?? defaultKind];
  const wanted = requiredFields(terms, body.kind);
  return [
    ...unknown('kind', body.kind, Object.keys(kinds)),
    ...unknown('product', body.product, Object.keys(terms.products?.list ?? {})),
    ...wanted.filter((field) => isMissing(body, field)).map((path) => ({ path, message: MISSING })),
    ...declarationsOf(terms)
      .filter(([declaration]) => kind?.isProblem !== false && body[declaration] === undefined)
      .map(([path]) => ({ path, message: MISSING })),
  ];
}

const MISSING = 'This is required.';

/** The schema has judged subject and description. */
function isMissing(body: Judged, field: RequestField): boolean {
  return field !== 'subject' && field !== 'description' && body[field] === undefined;
}

function unknown(path: string, name: string | undefined, known: readonly string[]): FieldError[] {
  if (name === undefined || known.includes(name)) return [];
  const message =
    known.length === 0 ? 'The contract names none: leave this out.' : `This must be one of: ${known.join(', ')}.`;
  return [{ path, message }];
}

/** What is wrong with the priority that is proposed. */
export function qualificationErrors(contract: ContractRow, body: Judged): FieldError[] {
  const { urgency, impact, priority } = body;
  if (urgency === undefined && impact === undefined && priority === undefined) return [];
  try {
    const qualification: Qualification = present({ urgency, impact, priority });
    priorityOf({ terms: requestTerms(contract.reference, contract.version, contract.terms) }, qualification);
    return [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.details.fields ? [...error.details.fields] : [];
  }
}

/** The priority that is proposed, or the terms' default. */
export function proposedPriority(terms: ContractTerms, { priority, urgency, impact }: Judged): string {
  const { priorityScheme: scheme, defaultPriority } = terms;
  if (scheme.by !== 'matrix') return priority ?? defaultPriority;
  return scheme.cells[urgency ?? '']?.[impact ?? ''] ?? defaultPriority;
}

/**
 * Why the contract does not cover the request, as the caller is told: another contract does, it is to be quoted, it is a
 * training, or an exclusion with its code and clause. Undefined when it is covered.
 */
export function coverageProblem(contract: ContractRow, contact: ContactRow, body: Judged): Problem | undefined {
  const { terms } = contract;
  const { as, kinds, defaultKind } = terms.coverage;
  const coverage = coverageOf(as, kinds[body.kind ?? defaultKind]?.coveredBy ?? [as]);
  if (coverage.decision !== 'covered') {
    return new Problem('not-covered', elsewhere(coverage), {
      decision: coverage.decision,
      coveredBy: coverage.coveredBy,
    });
  }
  for (const [declaration, exclusion] of declarationsOf(terms)) {
    if (body[declaration] === false) return excluded(terms, exclusion);
  }
  if (terms.contacts.whoMayAsk === 'trainedContacts' && !contact.trained) return excluded(terms, 'notTrained');
  const exclusion = productExclusion(terms, body.product, Date.now());
  return exclusion === undefined ? undefined : excluded(terms, exclusion);
}

const CONTRACT_NAMES = {
  maintenance: 'a maintenance contract',
  prepaid: 'prepaid tickets',
  applicationMaintenance: 'an application maintenance contract',
  saas: 'a SaaS support agreement',
  anomalySupport: 'an anomaly support contract',
  hosting: 'a hosting contract',
  publisherSupport: 'a publisher’s support contract',
  specificServices: 'a quote for specific services',
  training: 'a training',
} as const;

function elsewhere({ decision, coveredBy }: Exclude<Coverage, { decision: 'covered' }>): string {
  const names = coveredBy.map((type) => CONTRACT_NAMES[type]).join(' or ');
  switch (decision) {
    case 'otherContract':
      return `This contract does not cover that kind of request; it is covered by ${names}. Ask under that contract.`;
    case 'quote':
      return `This contract does not cover that kind of request: it is done as specific services. Ask for a feasibility study and a quote.`;
    case 'training':
      return `This contract does not cover that kind of request: it is a training. Ask for the training catalogue.`;
  }
}

function excluded(terms: ContractTerms, exclusion: string): Problem {
  const { words, clause } = terms.exclusions[exclusion] ?? {};
  const detail = `${words?.en ?? 'The contract does not cover this.'} If it is wanted all the same, ask for a feasibility study and a quote.`;
  return new Problem('not-covered', detail, { exclusion, ...(clause === undefined ? {} : { clause }) });
}
