/** Publishers and their people: entered and retired by supervisors. */
import type { Pool } from 'pg';
import { z } from 'zod';
import { listContracts } from '../../db/contracts.ts';
import { inTransaction, isUniqueViolation } from '../../db/pool.ts';
import {
  listPublisherPeople,
  listPublishers,
  nameContractPublisher,
  publisherOf,
  readPublisher,
  retirePublisherPerson,
  storePublisher,
  storePublisherPerson,
} from '../../db/publishers.ts';
import { LANGUAGES } from '../../domain/languages.ts';
import { PublisherList, PublisherOut } from '../escalationSchemas.ts';
import { ShortName, Subject } from '../inputs.ts';
import { type FieldError, notFound, validationFailed } from '../problems.ts';
import { STAFF } from '../rights.ts';
import { type Answer, changing, param, type Route, reading } from '../route.ts';

const person = {
  name: Subject,
  email: z.email({ error: 'This must be an e-mail address.' }).max(254),
  language: z.enum(LANGUAGES).default('fr'),
};

const PublisherBody = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,49}$/, { error: 'An id has small letters, digits and hyphens.' }),
  ...person,
  email: person.email.meta({ description: 'where escalations are sent' }),
  contracts: z
    .array(ShortName)
    .max(50)
    .default([])
    .meta({ description: 'references of the contracts of family C with it' }),
  temporal: z
    .strictObject({
      namespace: ShortName.meta({ description: 'where its escalations live' }),
      endpoint: ShortName.meta({ description: 'the Nexus endpoint that leads there' }),
      requestsEndpoint: ShortName.meta({ description: 'the one that leads back to the requests' }),
    })
    .optional()
    .meta({ description: 'a Temporal namespace of its own; without it escalations live beside their requests' }),
});

const PATH = '/v1/publishers';

/** The routes under `/v1/publishers`. */
export function publisherRoutes({ pool }: { readonly pool: Pool }): Route[] {
  const shared = { tag: 'publishers', roles: ['supervisor'] } as const;
  const answer = { status: 200, description: 'The publisher', schema: PublisherOut } as const;
  return [
    changing({
      ...shared,
      path: PATH,
      summary: 'Enter a publisher, and say which contracts are with it',
      body: PublisherBody,
      answer: { ...answer, status: 201 },
      async handle({ body }) {
        const { contracts, ...publisher } = body;
        const errors = [...(await contractErrors(pool, publisher.id, contracts)), ...(await idErrors(pool, publisher))];
        if (errors.length > 0) throw validationFailed(errors);
        await inTransaction(pool, async (client) => {
          await storePublisher(client, { ...publisher, temporal: publisher.temporal ?? null });
          for (const reference of contracts) await nameContractPublisher(client, reference, publisher.id);
        });
        return await publisherAnswer(pool, publisher.id);
      },
    }),
    reading({
      ...shared,
      roles: STAFF,
      path: PATH,
      summary: 'List publishers, with their contracts and people',
      query: z.strictObject({}),
      answer: { status: 200, description: 'All publishers', schema: PublisherList },
      handle: async () => ({ content: { items: await publishersOut(pool) } }),
    }),
    changing({
      ...shared,
      path: `${PATH}/{id}/people`,
      summary: 'Enter a person of a publisher',
      body: z.strictObject(person),
      answer: { ...answer, status: 201 },
      async handle({ params, body, call }) {
        const publisher = param(params, 'id');
        if (!(await readPublisher(pool, publisher))) throw notFound('publisher');
        try {
          // A repeated call whose answer was lost finds its person there.
          await storePublisherPerson(pool, { id: call.updateId, publisher, ...body });
        } catch (error) {
          if (!isUniqueViolation(error, 'publisher_people_address')) throw error;
          throw validationFailed([{ path: 'email', message: 'Another person of the publisher has this address.' }]);
        }
        return await publisherAnswer(pool, publisher);
      },
    }),
    changing({
      ...shared,
      path: `${PATH}/{id}/people/{person}/retire`,
      summary: 'Retire a person of a publisher, whose tokens open nothing from now on',
      body: z.strictObject({}),
      answer,
      async handle({ params }) {
        const publisher = param(params, 'id');
        if (!(await retirePublisherPerson(pool, publisher, param(params, 'person')))) throw notFound('person');
        return await publisherAnswer(pool, publisher);
      },
    }),
  ];
}

/** Contracts that are not with a publisher, or with another one. */
async function contractErrors(pool: Pool, publisher: string, references: readonly string[]): Promise<FieldError[]> {
  if (references.length === 0) return [];
  const known = await listContracts(pool);
  const errors: FieldError[] = [];
  for (const [index, reference] of references.entries()) {
    const path = `contracts.${index}`;
    const other = await publisherOf(pool, reference);
    if (known.find((one) => one.reference === reference)?.family !== 'C') {
      errors.push({ path, message: `There is no contract ${reference} with a publisher (family C) in force.` });
    } else if (other !== undefined && other !== publisher) {
      errors.push({ path, message: `The contract ${reference} is with another publisher.` });
    }
  }
  return errors;
}

/** The same publisher may be entered again, with more contracts. */
async function idErrors(
  pool: Pool,
  { id, name, email, language, temporal }: Omit<z.output<typeof PublisherBody>, 'contracts'>,
): Promise<FieldError[]> {
  const known = await readPublisher(pool, id);
  if (!known) return [];
  const { namespace, endpoint, requestsEndpoint } = known.temporal ?? {};
  const isSame = known.name === name && known.email === email && known.language === language;
  const isThere = namespace === temporal?.namespace && endpoint === temporal?.endpoint;
  if (isSame && isThere && requestsEndpoint === temporal?.requestsEndpoint) return [];
  return [{ path: 'id', message: 'Another publisher has this id: choose another one.' }];
}

async function publisherAnswer(pool: Pool, id: string): Promise<Answer> {
  const publisher = (await publishersOut(pool)).find((one) => one.id === id);
  if (!publisher) throw notFound('publisher');
  return { content: publisher };
}

async function publishersOut(pool: Pool): Promise<z.input<typeof PublisherOut>[]> {
  const publishers = [];
  for (const publisher of await listPublishers(pool)) {
    const people = await listPublisherPeople(pool, publisher.id);
    const { temporal, ...shown } = publisher;
    publishers.push({
      ...shown,
      ...(temporal ? { temporal } : {}),
      people: people.map(({ publisher: _, ...one }) => one),
    });
  }
  return publishers;
}
