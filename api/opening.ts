/** Judging a request before it gets a number: all that is wrong is said at once, and nothing is stored of what is refused. */
import type { Pool } from 'pg';
import { z } from 'zod';
import { localDate } from '../contracts/zone.ts';
import type { TokenHolder } from '../db/accessTokens.ts';
import { type ContactRow, type ContractRow, readContact, readContract } from '../db/contracts.ts';
import { tellDesignated } from '../db/notices.ts';
import { isPortalDown } from '../db/portal.ts';
import { type NewRequest, type RequestDetails, readRequestRow } from '../db/requests.ts';
import { requireInForce } from '../domain/inForce.ts';
import { coverageProblem, proposedPriority, qualificationErrors, termsErrors, wayErrors } from './coverage.ts';
import { ReceivedAt, RequestNumber, ShortName, Subject, Text } from './inputs.ts';
import { present } from './present.ts';
import { type FieldError, validationFailed } from './problems.ts';
import { whoOf } from './rights.ts';

/** What a request is opened with. */
export const OpeningBody = z
  .strictObject({
    contract: ShortName.optional().meta({ description: 'reference; a customer may leave it out' }),
    contact: ShortName.optional().meta({ description: 'who asks; a customer asks for themselves and leaves it out' }),
    kind: ShortName.optional().meta({ description: 'what is asked for, one of the terms; their default without it' }),
    product: ShortName.optional().meta({ description: 'one of the contract’s products' }),
    priority: ShortName.optional().meta({ description: 'one of the terms; their default without it' }),
    urgency: ShortName.optional().meta({ description: 'with an impact, where the terms have a matrix' }),
    impact: ShortName.optional().meta({ description: 'with an urgency, where the terms have a matrix' }),
    subject: Subject,
    description: Text,
    observedBehaviour: Text.optional(),
    expectedBehaviour: Text.optional(),
    stepsToReproduce: Text.optional(),
    reproducible: z.boolean().optional().meta({ description: 'the anomaly repeats and can be reproduced' }),
    attributableToProduct: z.boolean().optional().meta({ description: 'it is due to the product alone' }),
    channel: z.enum(['phone', 'portal', 'api']).optional().meta({ description: 'phone: written down by staff' }),
    receivedAt: ReceivedAt.optional(),
    previous: RequestNumber.optional().meta({ description: 'the closed request that this one goes on from' }),
  })
  .meta({ id: 'Opening' });
export type OpeningBody = z.output<typeof OpeningBody>;

/** What judging an opening needs. */
export interface OpeningDependencies {
  readonly pool: Pool;
  /** Where customers make requests; shown to those who came another way. */
  readonly portal?: string;
}

/**
 * The request that the body asks for. @throws Problem `validation-failed` naming every wrong field, `not-covered` with the
 * exclusion; Refusal `NotCovered`: the contract has ended
 */
export async function judgeOpening(
  deps: OpeningDependencies,
  caller: TokenHolder,
  body: OpeningBody,
): Promise<Omit<NewRequest, 'commandId'>> {
  const { errors, contract, contact } = await findWrong(deps, caller, body);
  if (errors.length > 0 || !contract || !contact) throw validationFailed(errors);
  const { terms } = contract;
  const at = body.receivedAt === undefined ? Date.now() : Date.parse(body.receivedAt);
  // Registering looks again; here nobody has been told anything yet, and no number is lost.
  requireInForce(contract, localDate(contract.zone, at), 'request');
  const refusal = coverageProblem(contract, contact, body);
  if (refusal) {
    // Those who may ask learn that somebody else did.
    if (refusal.details.exclusion === 'notTrained') {
      await tellDesignated(deps.pool, { contract: contract.reference, asker: contact });
    }
    throw refusal;
  }
  return {
    contract: contract.reference,
    zone: contract.zone,
    termsVersion: contract.version,
    contact: contact.id,
    language: terms.languages.includes(contact.language) ? contact.language : (terms.languages[0] ?? 'fr'),
    priority: proposedPriority(terms, body),
    ...(body.urgency === undefined || body.impact === undefined ? {} : { urgency: body.urgency, impact: body.impact }),
    details: detailsOf(terms.coverage.defaultKind, body),
    subject: body.subject,
    description: body.description,
    ...(body.previous === undefined ? {} : { previous: body.previous }),
    ...sourceOf(caller, contact, body),
  };
}

function detailsOf(defaultKind: string, body: OpeningBody): RequestDetails {
  const { kind = defaultKind, product, urgency, impact, observedBehaviour, expectedBehaviour, stepsToReproduce } = body;
  return {
    kind,
    ...present({ product, urgency, impact, observedBehaviour, expectedBehaviour, stepsToReproduce }),
  };
}

/** What of an opening only the contract can judge. */
export type Judged = Omit<OpeningBody, 'subject' | 'description'>;

/** All that is wrong with an opening's sound fields, by its contract; and the contract and contact as far as they are known. */
export async function findWrong(
  { pool, portal }: OpeningDependencies,
  caller: TokenHolder,
  body: Judged,
): Promise<{ errors: FieldError[]; contract: ContractRow | undefined; contact: ContactRow | undefined }> {
  const errors: FieldError[] = [...channelErrors(caller, body)];
  const contract = await contractOf(pool, caller, body, errors);
  const contact = await contactOf(pool, caller, body, errors);
  if (contract && contact && contact.contract !== contract.reference) errors.push(STRANGER);
  if (contract) {
    const portalIsDown = await isPortalDown(pool);
    errors.push(...wayErrors(contract.terms, wayOf(caller, body), portalIsDown, portal));
    errors.push(...termsErrors(contract.terms, body), ...qualificationErrors(contract, body));
    if (body.previous !== undefined) errors.push(...(await previousErrors(pool, contract, body.previous)));
  }
  return { errors, contract, contact };
}

const STRANGER: FieldError = { path: 'contact', message: 'This is no contact of the contract.' };

async function contractOf(
  pool: Pool,
  caller: TokenHolder,
  body: Judged,
  errors: FieldError[],
): Promise<ContractRow | undefined> {
  const reference = body.contract ?? (caller.role === 'customer' ? caller.contract : undefined);
  if (reference === undefined) {
    errors.push({ path: 'contract', message: 'This is required.' });
    return undefined;
  }
  const isForeign = caller.role === 'customer' && caller.contract !== reference;
  const contract = isForeign ? undefined : await readContract(pool, reference);
  if (!contract) errors.push({ path: 'contract', message: 'There is no such contract in force.' });
  return contract;
}

async function contactOf(
  pool: Pool,
  caller: TokenHolder,
  body: Judged,
  errors: FieldError[],
): Promise<ContactRow | undefined> {
  const id = body.contact ?? (caller.role === 'customer' ? caller.id : undefined);
  if (id === undefined) {
    errors.push({ path: 'contact', message: 'This is required.' });
    return undefined;
  }
  const isSomebodyElse = caller.role === 'customer' && caller.id !== id;
  const contact = isSomebodyElse ? undefined : await readContact(pool, id);
  if (contact?.active) return contact;
  errors.push(isSomebodyElse ? { path: 'contact', message: 'Ask in your own name: leave this out.' } : STRANGER);
  return undefined;
}

function channelErrors(caller: TokenHolder, { channel, receivedAt }: Judged): FieldError[] {
  if (caller.role !== 'customer') {
    const message = 'Staff write down what came by phone, or use api.';
    return channel === 'portal' ? [{ path: 'channel', message }] : [];
  }
  const message = 'Only staff write down a phone call: leave this out.';
  return [
    ...(channel === 'phone' ? [{ path: 'channel', message }] : []),
    ...(receivedAt === undefined ? [] : [{ path: 'receivedAt', message }]),
  ];
}

/** What staff do of their own accord comes by no way of the customer's, so the terms admit it always. */
function wayOf(caller: TokenHolder, { channel, receivedAt }: Judged): 'portal' | 'phone' | undefined {
  if (caller.role === 'customer') return 'portal';
  return channel === 'phone' || receivedAt !== undefined ? 'phone' : undefined;
}

async function previousErrors(pool: Pool, contract: ContractRow, previous: string): Promise<FieldError[]> {
  const row = await readRequestRow(pool, previous);
  if (!row || row.contract !== contract.reference) {
    return [{ path: 'previous', message: 'There is no such request on this contract.' }];
  }
  if (row.view?.status === 'closed') return [];
  return [{ path: 'previous', message: 'That request is not closed: go on with it.' }];
}

/** A phone call is the contact's word, written down by staff. */
function sourceOf(
  caller: TokenHolder,
  contact: ContactRow,
  { channel, receivedAt }: Judged,
): Pick<NewRequest, 'who' | 'channel' | 'enteredBy' | 'receivedAt'> {
  if (caller.role === 'customer') return { who: whoOf(caller), channel: channel ?? 'portal' };
  if (channel !== 'phone' && receivedAt === undefined) return { who: whoOf(caller), channel: 'api' };
  return {
    who: `contact:${contact.id}`,
    channel: 'phone',
    enteredBy: whoOf(caller),
    ...(receivedAt === undefined ? {} : { receivedAt: Date.parse(receivedAt) }),
  };
}
