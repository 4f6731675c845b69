/** The people who speak for a side of a contract: entered and changed by supervisors. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { ContractTerms } from '../../contracts/terms.ts';
import { listContacts, readContract } from '../../db/contracts.ts';
import { addContact, makeMainContact, makeReferent, retireContact } from '../../db/designatedContacts.ts';
import { isUniqueViolation } from '../../db/pool.ts';
import { LANGUAGES } from '../../domain/languages.ts';
import { ContactListOut } from '../contractSchemas.ts';
import { LocalDay, ShortName, Subject } from '../inputs.ts';
import { type FieldError, notFound, validationFailed } from '../problems.ts';
import { whoOf } from '../rights.ts';
import { type Answer, changing, param, type Route } from '../route.ts';

const ContactBody = z.strictObject({
  name: Subject,
  email: z.email({ error: 'This must be an e-mail address.' }).max(254),
  language: z.enum(LANGUAGES).default('fr'),
  trained: z.boolean().meta({ description: 'trained on the product, or in administering it' }),
  reach: z
    .record(ShortName, z.array(z.strictObject({ by: z.enum(['phone', 'sms', 'mail']), to: Subject })).max(5))
    .default({})
    .meta({ description: 'other means of being reached, by priority' }),
});

const MainContactBody = z.strictObject({
  writing: z
    .strictObject({ signedBy: Subject, signedOn: LocalDay, reference: Subject })
    .optional()
    .meta({ description: 'the signed writing; needed where the contract says so' }),
});

const PATH = '/v1/contracts/{reference}/contacts';

/** The routes under `/v1/contracts/{reference}/contacts`. */
export function contactRoutes({ pool }: { readonly pool: Pool }): Route[] {
  const shared = { tag: 'contracts', roles: ['supervisor'] } as const;
  const answer = { status: 200, description: 'The contacts of the contract', schema: ContactListOut } as const;
  return [
    changing({
      ...shared,
      path: PATH,
      summary: 'Add a contact; the first one is the main contact, and the referent where there is one',
      body: ContactBody,
      answer: { ...answer, status: 201 },
      async handle({ params, body, call }) {
        const { reference, terms } = await requireContract(pool, param(params, 'reference'));
        const errors = reachErrors(terms, Object.keys(body.reach));
        if (errors.length > 0) throw validationFailed(errors);
        try {
          // A repeated call whose answer was lost finds its contact there.
          const id = call.updateId || randomUUID();
          const known = (await listContacts(pool, reference)).some((contact) => contact.id === id);
          if (!known) await addContact(pool, reference, terms.contacts, { ...body, id });
        } catch (error) {
          if (!isUniqueViolation(error, 'contacts_address')) throw error;
          throw validationFailed([{ path: 'email', message: 'Another contact of the contract has this address.' }]);
        }
        return await contactsAnswer(pool, reference);
      },
    }),
    changing({
      ...shared,
      path: `${PATH}/{contact}/retire`,
      summary: 'Retire a contact, who may ask for nothing from now on',
      body: z.strictObject({}),
      answer,
      async handle({ params }) {
        const { reference, terms } = await requireContract(pool, param(params, 'reference'));
        await retireContact(pool, reference, terms.contacts, param(params, 'contact'));
        return await contactsAnswer(pool, reference);
      },
    }),
    changing({
      ...shared,
      path: `${PATH}/{contact}/makeReferent`,
      summary: 'Make a trained contact the one referent',
      body: z.strictObject({}),
      answer,
      async handle({ params }) {
        const { reference, terms } = await requireContract(pool, param(params, 'reference'));
        await makeReferent(pool, reference, terms.contacts, param(params, 'contact'));
        return await contactsAnswer(pool, reference);
      },
    }),
    changing({
      ...shared,
      path: `${PATH}/{contact}/makeMain`,
      summary: 'Replace the main contact; the writing that says so is recorded',
      body: MainContactBody,
      answer,
      async handle({ caller, params, body }) {
        const { reference, terms } = await requireContract(pool, param(params, 'reference'));
        const change = { writing: body.writing, enteredBy: whoOf(caller) };
        await makeMainContact(pool, reference, terms.contacts, param(params, 'contact'), change);
        return await contactsAnswer(pool, reference);
      },
    }),
  ];
}

async function requireContract(pool: Pool, reference: string) {
  const contract = await readContract(pool, reference);
  if (!contract) throw notFound('contract');
  return contract;
}

function reachErrors({ contacts, priorities }: ContractTerms, named: readonly string[]): FieldError[] {
  if (named.length === 0) return [];
  if (!contacts.reachedBySeverity) {
    return [{ path: 'reach', message: 'The contract has one means of reaching each contact: leave this out.' }];
  }
  const known = Object.keys(priorities);
  return named
    .filter((priority) => !known.includes(priority))
    .map((priority) => ({ path: `reach.${priority}`, message: `Priorities are: ${known.join(', ')}.` }));
}

async function contactsAnswer(pool: Pool, reference: string): Promise<Answer> {
  const contacts = await listContacts(pool, reference);
  return { content: { items: contacts.map(({ contract: _, ...contact }) => contact) } };
}
