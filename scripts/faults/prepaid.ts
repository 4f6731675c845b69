/** Prepaid work for the fault tests: contracts that never close, their people, and callers who change from one API to the other. */
import type { Pool } from 'pg';
import { managedHosting } from '../../contracts/templates/managedHosting.ts';
import { prepaidTickets } from '../../contracts/templates/prepaidTickets.ts';
import { type ContractTermsInput, parseTerms } from '../../contracts/terms.ts';
import { storeContact, storeContract, storeTerms } from '../../db/contracts.ts';
import { DAY_AND_NIGHT } from '../../test/support/dayAndNight.ts';
import type { FaultStack, Part } from './faultStack.ts';
import { type Caller, callUntilAnswered, type Journal } from './traffic.ts';

/** `tickets`: family A. `hotline`: family E, whose hotline is paid from the first minute and whose units do not renew. */
export type PrepaidKind = 'tickets' | 'hotline';

/** The unit that a contract of the kind sells. */
export const UNIT: { readonly [kind in PrepaidKind]: string } = { tickets: 'ticket', hotline: 'timeUnit' };

/** Two APIs, and who calls them. */
export interface PrepaidCallers {
  readonly apis: readonly Part[];
  /** Addresses in turn: who was not answered by one asks the other. */
  api(): string;
  /** Whoever has the token. */
  as(token: string): Caller;
  readonly agent: Caller;
  readonly supervisor: Caller;
  readonly billing: Caller;
}

const PARTIES = { customer: 'Prépayé (fictif)', provider: 'Support (fictif)' };

/** Stores a contract of the kind, with one contact, `<contract>-contact`. */
export async function loadPrepaidContract(pool: Pool, contract: string, kind: PrepaidKind): Promise<void> {
  const parsed = parseTerms(kind === 'tickets' ? alwaysOpen(prepaidTickets(PARTIES)) : hotlineTerms());
  if ('errors' in parsed) throw new Error(`terms of ${contract}: ${JSON.stringify(parsed.errors)}`);
  await storeContract(pool, { reference: contract, terms: parsed.terms });
  await storeTerms(pool, contract, 1, '2026-01-01', parsed.terms);
  const email = `${contract.toLowerCase()}@customer.example`;
  const person = { id: contactOf(contract), contract, name: 'Ida Fictive', email };
  await storeContact(pool, { ...person, language: 'en', trained: true });
}

/** Id of the contract's contact. */
export function contactOf(contract: string): string {
  return `${contract}-contact`;
}

/** Today in the contracts' zone, YYYY-MM-DD. */
export function today(): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(Date.now());
}

/** Starts the second API where it does not run yet. */
export async function prepaidCallers(stack: FaultStack): Promise<PrepaidCallers> {
  const second = await stack.secondApi();
  const urls = [stack.api, second.url];
  let asked = 0;
  const api = () => urls[asked++ % urls.length] ?? stack.api;
  const as = (token: string): Caller => ({
    get api() {
      return api();
    },
    token,
  });
  const { agent, supervisor, billing } = stack.tokens;
  return {
    ...{ apis: [stack.parts.api, second.part], api, as },
    ...{ agent: as(agent), supervisor: as(supervisor), billing: as(billing) },
  };
}

/** Calls until it is answered with what is there then. @throws Error when that is a refusal, or nothing for two minutes */
export async function done<T>(
  caller: Caller,
  journal: Journal,
  path: string,
  body: object = {},
  key?: string,
): Promise<T> {
  const answer = await callUntilAnswered(caller, journal, path, body, key);
  if (!answer || answer.status >= 300) throw new Error(`${path}: ${answer?.status} ${answer?.text}`);
  return JSON.parse(answer.text) as T;
}

/** Orders units: of tickets so many packs, of time units so many at once. */
export async function order(
  { billing }: PrepaidCallers,
  journal: Journal,
  contract: string,
  packs: readonly number[],
): Promise<void> {
  for (const [index, pack] of packs.entries()) {
    const body = { pack, signedOn: today(), orderForm: `${contract}-${index}` };
    await done(billing, journal, `/v1/contracts/${contract}/orders`, body);
  }
}

/** Opens a request of the contract; its number. */
export async function openRequest({ agent }: PrepaidCallers, journal: Journal, contract: string): Promise<string> {
  const body = { contract, contact: contactOf(contract), subject: 'Prepaid work', description: 'Please do it.' };
  const opened = await done<{ number: string }>(agent, journal, '/v1/requests', { ...body, channel: 'phone' });
  return opened.number;
}

function alwaysOpen(terms: ContractTermsInput): ContractTermsInput {
  const calendars = Object.fromEntries(Object.keys(terms.calendars).map((name) => [name, DAY_AND_NIGHT]));
  const channels = { ...terms.channels, phone: { opens: 'always', hours: terms.supportCalendar } } as const;
  return { ...terms, calendars, channels };
}

function hotlineTerms(): ContractTermsInput {
  const choices = { activeModules: ['hosting'], monthlyCents: { hosting: 1, equipment: 1, services: 1 } } as const;
  const terms = alwaysOpen(managedHosting(PARTIES, choices));
  const { base: _base, renewal: _renewal, debitMaySpanRenewal: _span, ...timeUnit } = terms.credits?.timeUnit ?? {};
  return { ...terms, credits: { timeUnit } } as ContractTermsInput;
}
