/** What the API gives out of contracts: their terms, their people, and the portal. */
import { z } from 'zod';
import { LANGUAGES } from '../domain/languages.ts';
import { Instant } from './schemas.ts';

/** A person who speaks for a side of a contract. */
export const ContactOut = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    language: z.enum(LANGUAGES),
    trained: z.boolean(),
    active: z.boolean(),
    main: z.boolean().meta({ description: 'the main contact' }),
    referent: z.boolean().meta({ description: 'who alone calls the publisher' }),
    reach: z
      .record(z.string(), z.array(z.object({ by: z.enum(['phone', 'sms', 'mail']), to: z.string() })))
      .meta({ description: 'other means of being reached, by priority' }),
  })
  .meta({ id: 'Contact' });
/** The contacts of a contract. */
export const ContactListOut = z.object({ items: z.array(ContactOut) }).meta({ id: 'ContactList' });

/** A contract in a list. */
export const ContractSummary = z
  .object({
    ...{ reference: z.string(), family: z.string(), customer: z.string(), zone: z.string(), termsVersion: z.int() },
    endsOn: z.iso.date().optional().meta({ description: 'last local day in its zone; missing while no end is known' }),
  })
  .meta({ id: 'ContractSummary' });
/** The contracts that a caller may see. */
export const ContractList = z.object({ items: z.array(ContractSummary) }).meta({ id: 'ContractList' });

/** A contract with its terms; with its contacts for staff. */
export const Contract = z
  .object({
    ...ContractSummary.shape,
    terms: z.record(z.string(), z.unknown()).meta({ description: 'the terms in force, as data' }),
    contacts: z.array(ContactOut).optional().meta({ description: 'for staff' }),
  })
  .meta({ id: 'Contract' });

/** Whether the portal is down. */
export const PortalOut = z.object({ isDown: z.boolean(), since: Instant.optional() }).meta({ id: 'Portal' });

const TermsWarning = z.object({ path: z.string(), message: z.string() });
const TermsHead = z.object({
  version: z.int(),
  effectiveFrom: z.string().meta({ description: 'local date in the contract’s zone' }),
  reason: z.string().optional(),
  noticeOverride: z.string().optional(),
  storedBy: z.string().optional(),
  createdAt: Instant,
});

/** One version of a contract's terms. */
export const TermsVersionOut = TermsHead.extend({
  terms: z.record(z.string(), z.unknown()),
  warnings: z.array(TermsWarning).optional().meta({ description: 'legal, but odd' }),
}).meta({ id: 'TermsVersion' });
/** The versions of a contract's terms. */
export const TermsVersionList = z.object({ items: z.array(TermsHead) }).meta({ id: 'TermsVersionList' });
/** Terms that hold. */
export const CheckedTerms = z
  .object({ terms: z.record(z.string(), z.unknown()), warnings: z.array(TermsWarning) })
  .meta({ id: 'CheckedTerms' });
/** A JSON Schema. */
export const TermsSchemaOut = z.record(z.string(), z.unknown()).meta({ id: 'TermsSchema' });
