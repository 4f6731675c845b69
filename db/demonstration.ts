/** People, contracts and tokens to try the product with. Everybody in it is made up. */
import type { Pool } from 'pg';
import { anomalySupport } from '../contracts/templates/anomalySupport.ts';
import { demonstration } from '../contracts/templates/demonstration.ts';
import { managedHosting } from '../contracts/templates/managedHosting.ts';
import { prepaidTickets } from '../contracts/templates/prepaidTickets.ts';
import { publisherSupport } from '../contracts/templates/publisherSupport.ts';
import { type ContractTerms, type ContractTermsInput, parseTerms } from '../contracts/terms.ts';
import { findTokenHolder, issueToken, prolongToken, storeStaff } from './accessTokens.ts';
import { contentHash } from './contentHash.ts';
import { type ContactRow, readContract, storeContact, storeContract, storeTerms } from './contracts.ts';
import { makeReferent } from './designatedContacts.ts';
import { nameContractPublisher, storePublisher, storePublisherPerson } from './publishers.ts';

/** An access token a role. */
export interface DemonstrationTokens {
  readonly agent: string;
  readonly supervisor: string;
  /** Enters orders of prepaid credit. */
  readonly billing: string;
  /** Of the contact on `DEMO-PREPAID`. */
  readonly prepaidCustomer: string;
  /** Of the contact on the first contract. */
  readonly customer: string;
  /** Of a person of the publisher to whom the product `viewer` is escalated. */
  readonly publisher: string;
}

/** A contact of the demonstration, as scripts need them. */
export type DemonstrationContact = Pick<ContactRow, 'id' | 'contract' | 'name' | 'email' | 'language'>;

/** What was loaded, for whoever starts the stack. */
export interface Demonstration {
  /**
   * `DEMO-ANOMALY`, then `DEMO-SECONDS`, whose delays last seconds, then `DEMO-PREPAID`, which sells tickets, and `DEMO-HOSTING`,
   * which has a planned visit each month.
   */
  readonly contracts: readonly { readonly reference: string; readonly contact: DemonstrationContact }[];
  readonly tokens: DemonstrationTokens;
  /** The contact on `DEMO-ANOMALY`. */
  readonly contact: DemonstrationContact;
}

const AGENT = 'demo-agent';
const SUPERVISOR = 'demo-supervisor';
const BILLING = 'demo-billing';
const PARTIES = { customer: 'Atelier Exemple (fictif)', provider: 'Support Exemple (fictif)' };
/** The contract with the publisher, and who sends escalations to it. */
const PUBLISHER_CONTRACT = 'DEMO-PUBLISHER';
const PUBLISHER = {
  id: 'demo-publisher',
  name: 'Éditeur Exemple (fictif)',
  email: 'support@publisher.example',
  language: 'fr',
} as const;
/** Seconds that stand for an hour of a clock and for a business day of the reminders. */
const UNIT_SECONDS = 4;
const TOKEN_DAYS = 90;
const DAY_MS = 86_400_000;
const IN_FORCE_FROM = '2026-01-01';

const CLAIRE = {
  id: 'demo-claire',
  contract: 'DEMO-ANOMALY',
  name: 'Claire Fictive',
  email: 'claire@customer.example',
  language: 'fr',
  trained: true,
} as const;
const CAMILLE = {
  id: 'demo-camille',
  contract: 'DEMO-SECONDS',
  name: 'Camille Fictive',
  email: 'camille@customer.example',
  language: 'en',
  trained: true,
} as const;

const REFERENT = {
  id: 'demo-remi',
  contract: PUBLISHER_CONTRACT,
  name: 'Rémi Fictif',
  email: 'remi@support.example',
  language: 'fr',
  trained: true,
} as const;
const PAULE = {
  id: 'demo-paule',
  publisher: PUBLISHER.id,
  name: 'Paule Fictive',
  email: 'paule@publisher.example',
  language: 'fr',
} as const;
/** Of the contract that has tickets to try the ledger with. */
const THEA = {
  id: 'demo-thea',
  contract: 'DEMO-PREPAID',
  name: 'Théa Fictive',
  email: 'thea@customer.example',
  language: 'fr',
  trained: true,
} as const;

/** Of the contract whose planned visits are opened by themselves. */
const HUGO = {
  id: 'demo-hugo',
  contract: 'DEMO-HOSTING',
  name: 'Hugo Fictif',
  email: 'hugo@customer.example',
  language: 'fr',
  trained: true,
} as const;
const HOSTING = {
  activeModules: ['subscription', 'plannedMaintenance', 'hotline', 'hosting'],
  monthlyCents: { hosting: 80_000, equipment: 20_000, services: 30_000 },
} as const;

/**
 * Loads the demonstration, or finds it again: a second start keeps its data, and those of `earlierTokens` that still open
 * something. @throws Error in production.
 */
export async function loadDemonstration(
  pool: Pool,
  earlierTokens: Partial<DemonstrationTokens> = {},
): Promise<Demonstration> {
  if (process.env.NODE_ENV === 'production') {
    throw new Error('The demonstration has tokens that anybody may know: it is not loaded in production.');
  }
  await storePublisherSide(pool);
  await storeAll(pool, CLAIRE.contract, withViewer(anomalySupport(PARTIES)));
  await storeAll(pool, CAMILLE.contract, withViewer(demonstration(PARTIES, UNIT_SECONDS)));
  await storeAll(pool, THEA.contract, prepaidTickets(PARTIES));
  await storeAll(pool, HUGO.contract, managedHosting(PARTIES, HOSTING));
  await storeContact(pool, CLAIRE);
  await storeContact(pool, HUGO);
  await storeContact(pool, THEA);
  await storeContact(pool, CAMILLE);
  await storeStaff(pool, person(AGENT, 'Alix Fictive', 'agent'));
  await storeStaff(pool, person(SUPERVISOR, 'Sacha Fictif', 'supervisor'));
  await storeStaff(pool, person(BILLING, 'Billie Fictive', 'billing'));
  return {
    contracts: [CLAIRE, CAMILLE, THEA, HUGO].map((contact) => ({ reference: contact.contract, contact })),
    tokens: {
      agent: await tokenOf(pool, { staff: AGENT }, earlierTokens.agent),
      supervisor: await tokenOf(pool, { staff: SUPERVISOR }, earlierTokens.supervisor),
      billing: await tokenOf(pool, { staff: BILLING }, earlierTokens.billing),
      prepaidCustomer: await tokenOf(pool, { contact: THEA.id }, earlierTokens.prepaidCustomer),
      customer: await tokenOf(pool, { contact: CLAIRE.id }, earlierTokens.customer),
      publisher: await tokenOf(pool, { publisherPerson: PAULE.id }, earlierTokens.publisher),
    },
    contact: CLAIRE,
  };
}

/** The publisher, its contract with its referent, and a person of it. */
async function storePublisherSide(pool: Pool): Promise<void> {
  const terms = await storeAll(
    pool,
    PUBLISHER_CONTRACT,
    publisherSupport({ customer: PARTIES.provider, provider: PUBLISHER.name }),
  );
  await storePublisher(pool, PUBLISHER);
  await nameContractPublisher(pool, PUBLISHER_CONTRACT, PUBLISHER.id);
  await storeContact(pool, REFERENT);
  await makeReferent(pool, PUBLISHER_CONTRACT, terms.contacts, REFERENT.id);
  await storePublisherPerson(pool, PAULE);
}

/** The terms with a product of the publisher's under them. */
function withViewer(terms: ContractTermsInput): ContractTermsInput {
  const viewer = {
    name: 'Visionneuse Exemple',
    environment: 'production',
    publisher: PUBLISHER.name,
    publisherContract: PUBLISHER_CONTRACT,
    publisherPriorities: { blocking: 'p1', major: 'p2', minor: 'p3' },
  } as const;
  return { ...terms, products: { list: { viewer }, supportsPreviousForMonths: 12, outdated: 'notTheProduct' } };
}

async function storeAll(pool: Pool, reference: string, input: ContractTermsInput): Promise<ContractTerms> {
  const parsed = parseTerms(input);
  if ('errors' in parsed) throw new Error(`${reference}: ${parsed.errors.map(({ path }) => path).join(', ')}`);
  const { terms } = parsed;
  await storeContract(pool, { reference, terms });
  const inForce = await readContract(pool, reference);
  // Data of an older release: its requests keep their terms, new ones get these.
  if (inForce && contentHash(inForce.terms).equals(contentHash(terms))) return terms;
  await storeTerms(pool, reference, (inForce?.version ?? 0) + 1, IN_FORCE_FROM, terms);
  return terms;
}

function person(id: string, name: string, role: 'agent' | 'supervisor' | 'billing') {
  return { id, name, role, email: `${role}@support.example`, language: 'fr' } as const;
}

async function tokenOf(
  pool: Pool,
  whose: { readonly staff: string } | { readonly contact: string } | { readonly publisherPerson: string },
  earlier: string | undefined,
): Promise<string> {
  const expiresAt = new Date(Date.now() + TOKEN_DAYS * DAY_MS);
  if (earlier !== undefined) {
    const holder = await findTokenHolder(pool, earlier);
    const isTheirs = holder !== undefined && Object.values(whose).includes(holder.id);
    if (isTheirs && (await prolongToken(pool, earlier, expiresAt))) return earlier;
  }
  return await issueToken(pool, { ...whose, expiresAt });
}
