/** What a draft is made of: the publisher's contract by the request's terms, its priority, its referent, its parts. */
import type { Pool } from 'pg';
import type { z } from 'zod';
import { Unavailable } from '../client/unavailable.ts';
import type { ContractTerms } from '../contracts/terms.ts';
import { type Attachment, listAttachments } from '../db/attachments.ts';
import { type ContractRow, listContacts, readContract, readTerms } from '../db/contracts.ts';
import type { EscalationRow, NewDraft } from '../db/escalations.ts';
import { publisherOf } from '../db/publishers.ts';
import type { RequestRow } from '../db/requests.ts';
import type { EscalationPackage } from '../domain/escalation/package.ts';
import type { CompletionBody, DraftBody } from './escalationBodies.ts';
import { missingErrors } from './missingParts.ts';
import { type FieldError, validationFailed } from './problems.ts';

/** A product that can be escalated: its contract with a publisher. */
interface Escalatable {
  readonly product: string;
  /** The publisher's priority, by the request's. */
  readonly priorities: { readonly [priority: string]: string };
  readonly contract: ContractRow;
  readonly publisher: string;
}

/** A product's terms as far as they map priorities. */
interface Mapped {
  readonly publisherPriorities?: { readonly [priority: string]: string };
}

/** What a draft is written with. */
export type JudgedDraft = Omit<NewDraft, 'request' | 'draftedBy'>;

/** @throws Problem `validation-failed` naming every wrong field; Unavailable while the request is being opened */
export async function judgeDraft(pool: Pool, request: RequestRow, body: DraftBody): Promise<JudgedDraft> {
  if (!request.view) throw new Unavailable('worker');
  const found = await escalatable(pool, request, body.product);
  const files = partsErrors(body.parts, []);
  if ('error' in found) throw validationFailed([found.error, ...files]);
  const { product, priorities, contract, publisher } = found;
  const priority = body.priority ?? priorities[request.view.priority];
  const referent = await judgeReferent(pool, contract.reference, body.referent);
  const errors = [...files, ...priorityErrors(contract.terms, priority), ...referent.errors];
  if (errors.length > 0 || priority === undefined) throw validationFailed(errors);
  return {
    product,
    contract: contract.reference,
    termsVersion: contract.version,
    publisher,
    parts: partsOf(body.parts),
    priority,
    referent: referent.id,
  };
}

/** What is wrong with what completes a draft. @throws Problem `validation-failed` naming every wrong field */
export async function judgeCompletion(
  pool: Pool,
  row: EscalationRow,
  body: z.output<typeof CompletionBody>,
): Promise<void> {
  const contract = await readContract(pool, row.contract);
  const errors = [
    ...partsErrors(body.parts, await listAttachments(pool, row.id)),
    ...(body.priority === undefined || !contract ? [] : priorityErrors(contract.terms, body.priority)),
    ...(body.referent === undefined ? [] : (await judgeReferent(pool, row.contract, body.referent)).errors),
  ];
  if (errors.length > 0) throw validationFailed(errors);
}

/**
 * What a complete draft is sent with: the terms in force, and who sends it.
 *
 * @throws Problem `validation-failed`: every part that is missing, with a sentence each, and whatever else is not right any more
 */
export async function judgeSending(
  pool: Pool,
  row: EscalationRow,
): Promise<{ readonly termsVersion: number; readonly referent: string }> {
  const contract = await readContract(pool, row.contract);
  const referent = await judgeReferent(pool, row.contract, row.referent ?? undefined);
  const errors = [
    ...missingErrors(row.parts),
    ...(contract ? priorityErrors(contract.terms, row.priority) : [notInForce(row.contract)]),
    ...referent.errors,
    ...(referent.id === null && referent.errors.length === 0 ? [noReferent(row.contract)] : []),
  ];
  if (errors.length > 0 || !contract || referent.id === null) throw validationFailed(errors);
  return { termsVersion: contract.version, referent: referent.id };
}

/** The parts as they are stored: those that were left out are left out. */
export function partsOf(parts: DraftBody['parts']): EscalationPackage {
  // Each schema has seen to it that exactly one of its fields is there.
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as EscalationPackage;
}

async function escalatable(
  pool: Pool,
  request: RequestRow,
  asked: string | undefined,
): Promise<Escalatable | { readonly error: FieldError }> {
  const terms = await readTerms(pool, request.contract, request.state?.termsVersion ?? request.termsVersion);
  const products = terms?.products?.list ?? {};
  const known = Object.keys(products).filter((name) => products[name]?.publisherContract !== undefined);
  const wrong = (message: string) => ({ error: { path: 'product', message } });
  if (known.length === 0) {
    return wrong('The terms name no contract with a publisher for any product: amend them first.');
  }
  const product = asked ?? request.details.product ?? (known.length === 1 ? known[0] : undefined);
  if (product === undefined) return wrong(`The request names no product: say which one, of ${known.join(', ')}.`);
  const named = Object.hasOwn(products, product) ? products[product] : undefined;
  if (!named) return wrong(`The terms know no such product; with a publisher are: ${known.join(', ')}.`);
  const { publisherContract } = named;
  if (publisherContract === undefined) {
    return wrong(`The terms name no contract with the publisher of this product; they do for: ${known.join(', ')}.`);
  }
  const contract = await readContract(pool, publisherContract);
  if (contract?.family !== 'C') return wrong(notInForce(publisherContract).message);
  const publisher = await publisherOf(pool, publisherContract);
  if (publisher === undefined) {
    return wrong(`No publisher is entered for the contract ${publisherContract}: enter it by POST /v1/publishers.`);
  }
  const ofProduct: object = named;
  const { publisherPriorities = {} } = ofProduct as Mapped;
  return { product, priorities: publisherPriorities, contract, publisher };
}

function notInForce(contract: string): FieldError {
  const message = `There is no contract ${contract} with a publisher (family C) in force: store it first.`;
  return { path: 'product', message };
}

function priorityErrors({ priorities }: ContractTerms, priority: string | undefined): FieldError[] {
  const known = Object.keys(priorities).join(', ');
  if (priority === undefined) {
    const message = `This is required, because the terms map the request’s priority to none of the publisher’s: ${known}.`;
    return [{ path: 'priority', message }];
  }
  if (Object.hasOwn(priorities, priority)) return [];
  return [{ path: 'priority', message: `The publisher’s contract has no such priority; it knows: ${known}.` }];
}

/** Who sends it (C §4.3.2): the referent of the publisher's contract, active and trained; null when there is none. */
async function judgeReferent(
  pool: Pool,
  contract: string,
  id: string | undefined,
): Promise<{ readonly id: string | null; readonly errors: FieldError[] }> {
  const contacts = await listContacts(pool, contract);
  if (id === undefined) {
    const referent = contacts.find((one) => one.referent && one.active && one.trained);
    return { id: referent?.id ?? null, errors: [] };
  }
  const contact = contacts.find((one) => one.id === id && one.active);
  const wrong = (message: string) => ({ id, errors: [{ path: 'referent', message }] });
  if (!contact) return wrong('The publisher’s contract has no such active contact.');
  if (!contact.trained) return wrong('This contact is not trained, so cannot send an escalation.');
  if (!contact.referent)
    return wrong('Only the referent sends escalations: leave this out, or make this contact it first.');
  return { id, errors: [] };
}

function noReferent(contract: string): FieldError {
  const message = `The contract ${contract} has no active, trained referent: make one by POST /v1/contracts/${contract}/contacts/{contact}/makeReferent.`;
  return { path: 'referent', message };
}

function partsErrors(parts: DraftBody['parts'] | undefined, files: readonly Attachment[]): FieldError[] {
  const part = parts?.exampleFile;
  const named = part && 'files' in part ? (part.files ?? []) : [];
  return named.every((id) => files.some((file) => file.id === id))
    ? []
    : [{ path: 'parts.exampleFile.files', message: 'Some of these files were not uploaded for this escalation.' }];
}
