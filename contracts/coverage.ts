/** What a contract covers: the kinds of requests, the products, and what it excludes. */
import { z } from 'zod';
import { CONTRACT_TYPES, REQUEST_FIELDS } from '../domain/coverage.ts';
import { Clause, Name, Sentence, Words } from './fields.ts';

/** What the caller has to declare about an anomaly for it to be taken. */
const DECLARATIONS = ['reproducible', 'attributableToProduct'] as const;
/** Something that whoever opens a request declares. */
export type Declaration = (typeof DECLARATIONS)[number];

/** Why a request may be refused, and the clause that says so. */
export const ExclusionSchema = z.strictObject({
  words: Words.meta({ description: 'as the customer reads it' }),
  clause: Clause.meta({ description: 'the clause that says so' }),
});

/** One kind of request, and which contracts cover it. */
const RequestKindTerms = z.strictObject({
  label: Words.meta({ description: 'as people read it' }),
  isProblem: z.boolean().default(true).meta({ description: 'a question has no steps to reproduce' }),
  coveredBy: z
    .array(z.enum(CONTRACT_TYPES))
    .min(1)
    .meta({ description: 'every contract type that covers it: a row of the routing table (A)' }),
});

/** Which kinds of requests there are, and what the contract itself is. */
export const CoverageTerms = z.strictObject({
  as: z.enum(CONTRACT_TYPES).meta({ description: 'what this contract is in `coveredBy`' }),
  kinds: z
    .record(Name, RequestKindTerms)
    .refine((kinds) => Object.keys(kinds).length > 0, {
      error: 'There must be at least one kind of request.',
    })
    .meta({ description: 'the kinds of requests, by name' }),
  defaultKind: Name.meta({ description: 'of a request that says none, such as one by mail' }),
  analysisMayBeBilled: z
    .boolean()
    .default(false)
    .meta({ description: 'time spent on a cause that turns out not to be the product (B §7)' }),
});

/** What a request must say. */
export const RequestFieldsTerms = z.strictObject({
  required: z.array(z.enum(REQUEST_FIELDS)).min(1).meta({ description: 'of every request' }),
  requiredOfProblems: z
    .array(z.enum(REQUEST_FIELDS))
    .default([])
    .meta({ description: 'of requests that are problems' }),
  declared: z
    .partialRecord(z.enum(DECLARATIONS), Name)
    .default({})
    .meta({ description: 'to be declared; with "no" the request is refused with the exclusion named here' }),
});

/** A product under the contract. */
const ProductTerms = z.strictObject({
  name: Sentence.meta({ description: 'its name' }),
  environment: z.enum(['production', 'nonProduction']).meta({ description: 'of this instance' }),
  updates: z
    .enum(['automatic', 'piloted'])
    .optional()
    .meta({ description: 'who decides when a new version is installed' }),
  version: z.int().min(0).optional().meta({ description: 'major version in use' }),
  current: z
    .strictObject({
      version: z.int().min(0).meta({ description: 'number of that version' }),
      releasedOn: z.iso.date().meta({ description: 'local date' }),
    })
    .optional()
    .meta({ description: 'the latest major version (n), and when it came out' }),
  publisher: Sentence.optional().meta({ description: 'of a third-party product: its terms prevail' }),
  publisherContract: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'reference of the contract with that publisher: requests may be escalated under it' }),
  publisherPriorities: z.record(Name, Name).optional().meta({
    description: 'for each priority of these terms, that of the contract with the publisher, by name (C §4.4.2)',
  }),
  overrides: z
    .strictObject({
      clause: Clause.meta({ description: 'the annex that says so' }),
      supportsPreviousForMonths: z.int().min(0).max(120).optional().meta({ description: 'calendar months' }),
      nonProductionIsCovered: z
        .boolean()
        .optional()
        .meta({ description: 'whether this instance is covered all the same' }),
    })
    .optional()
    .meta({ description: 'annex terms that prevail for this product' }),
});

/** The products, and how long and where they are supported. */
export const ProductsTerms = z.strictObject({
  list: z.record(Name, ProductTerms).meta({ description: 'the products, by name' }),
  supportsPreviousForMonths: z
    .int()
    .min(0)
    .max(120)
    .meta({ description: 'calendar months after version n came out in which n−1 is supported too (B §2)' }),
  outdated: Name.meta({ description: 'exclusion code of an older version' }),
  nonProduction: Name.optional().meta({ description: 'exclusion code of another environment than production' }),
});
