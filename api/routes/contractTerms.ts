/** Versions of contracts' terms: read, checked, and put in force from a date on. */
import type { Pool } from 'pg';
import { z } from 'zod';
import type { Finding } from '../../contracts/inspection.ts';
import { ContractTerms, type ParsedTerms, parseTerms } from '../../contracts/terms.ts';
import { localDate } from '../../contracts/zone.ts';
import { addTerms, listTerms, readContract, storeContract, type TermsVersion } from '../../db/contracts.ts';
import { inTransaction } from '../../db/pool.ts';
import { CHANGE_REASONS, type ChangeReason, earliestEffect } from '../../domain/changes.ts';
import { CheckedTerms, TermsSchemaOut, TermsVersionList, TermsVersionOut } from '../contractSchemas.ts';
import { ShortName, Text } from '../inputs.ts';
import { iso, present } from '../present.ts';
import { type FieldError, notFound, Problem, validationFailed } from '../problems.ts';
import { publisherContractFindings } from '../publisherContracts.ts';
import { EVERYBODY_ON_REQUESTS, STAFF, sees, whoOf } from '../rights.ts';
import { changing, param, type Route, reading } from '../route.ts';

const LocalDate = z.iso.date({ error: 'A date is written YYYY-MM-DD.' });
const Terms = z.record(z.string(), z.unknown()).meta({ description: 'see GET /v1/terms/schema' });
const Reference = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/, {
  error: 'A reference has letters, digits, dots and dashes, at most 60.',
});

const NewContractBody = z.strictObject({
  reference: Reference,
  effectiveFrom: LocalDate.meta({ description: 'local date in the contract’s zone' }),
  terms: Terms,
});

const NewVersionBody = z.strictObject({
  effectiveFrom: LocalDate.meta({ description: 'local date in the contract’s zone' }),
  change: z.enum(CHANGE_REASONS).default('ordinary').meta({ description: 'security and law may need no notice' }),
  reason: Text.max(2_000).meta({ description: 'why the terms change' }),
  writing: ShortName.optional().meta({ description: 'where both sides sign: reference of the signed amendment' }),
  override: Text.max(2_000)
    .optional()
    .meta({ description: 'why it takes effect without the notice, or the signature, that the contract asks for' }),
  terms: Terms,
});
type NewVersionBody = z.output<typeof NewVersionBody>;

/** The routes under `/v1/contracts` that write terms, and those that read their versions. */
export function contractTermsRoutes({ pool }: { readonly pool: Pool }): Route[] {
  return [
    reading({
      path: '/v1/terms/schema',
      tag: 'contracts',
      summary: 'The JSON Schema of a contract’s terms',
      roles: EVERYBODY_ON_REQUESTS,
      query: z.strictObject({}),
      answer: { status: 200, description: 'JSON Schema, draft 2020-12', schema: TermsSchemaOut },
      handle: async () => ({ content: z.toJSONSchema(ContractTerms, { io: 'input' }) }),
    }),
    changing({
      path: '/v1/contracts',
      tag: 'contracts',
      summary: 'Enter a contract with its first terms',
      roles: ['supervisor'],
      body: NewContractBody,
      answer: { status: 201, description: 'The first version of its terms', schema: TermsVersionOut },
      dryRun: {
        description: 'the terms with their defaults, and what is odd in them',
        schema: CheckedTerms,
        show: async ({ body }) => ({ content: await soundTerms(pool, body.terms) }),
      },
      async handle({ caller, body }) {
        const { reference, effectiveFrom } = body;
        const { terms, warnings } = await soundTerms(pool, body.terms);
        const isNew = await inTransaction(pool, async (client) => {
          await storeContract(client, { reference, terms });
          const version = { effectiveFrom, reason: null, noticeOverride: null, storedBy: whoOf(caller), terms };
          return await addTerms(client, reference, 0, version);
        });
        if (!isNew) throw validationFailed([{ path: 'reference', message: 'There is a contract of this reference.' }]);
        return { content: { ...(await versionOf(pool, reference, 1)), warnings } };
      },
    }),
    changing({
      path: '/v1/contracts/{reference}/terms',
      tag: 'contracts',
      summary: 'Change the terms from a date on; open requests keep theirs until they are amended',
      roles: ['supervisor'],
      body: NewVersionBody,
      answer: { status: 201, description: 'The new version', schema: TermsVersionOut },
      dryRun: {
        description: 'the terms with their defaults, and what is odd in them',
        schema: CheckedTerms,
        async show({ params, body }) {
          const { terms, warnings } = await requireChange(pool, param(params, 'reference'), body);
          return { content: { terms, warnings } };
        },
      },
      async handle({ caller, params, body }) {
        const reference = param(params, 'reference');
        const { terms, warnings, newest } = await requireChange(pool, reference, body);
        const { effectiveFrom, reason, override = null, writing } = body;
        const because = writing === undefined ? reason : `${reason} (${writing})`;
        const version = { effectiveFrom, reason: because, noticeOverride: override, storedBy: whoOf(caller), terms };
        const isAdded = await inTransaction(pool, (client) => addTerms(client, reference, newest.version, version));
        if (!isAdded) {
          throw new Problem(
            'conflict',
            'Somebody else has just changed these terms. Read them, then change them again.',
          );
        }
        return { content: { ...(await versionOf(pool, reference, newest.version + 1)), warnings } };
      },
    }),
    reading({
      path: '/v1/contracts/{reference}/terms',
      tag: 'contracts',
      summary: 'List the versions of a contract’s terms, the newest first',
      roles: STAFF,
      query: z.strictObject({}),
      answer: { status: 200, description: 'The versions', schema: TermsVersionList },
      async handle({ params }) {
        const versions = await listTerms(pool, param(params, 'reference'));
        if (versions.length === 0) throw notFound('contract');
        return { content: { items: versions.map(({ terms: _, ...version }) => shown(version)) } };
      },
    }),
    reading({
      path: '/v1/contracts/{reference}/terms/{version}',
      tag: 'contracts',
      summary: 'Read one version of a contract’s terms',
      roles: EVERYBODY_ON_REQUESTS,
      query: z.strictObject({}),
      answer: { status: 200, description: 'The version', schema: TermsVersionOut },
      async handle({ caller, params }) {
        const reference = param(params, 'reference');
        const version = /^[1-9]\d{0,5}$/.test(param(params, 'version')) ? Number(param(params, 'version')) : 0;
        if (!sees(caller, reference)) throw notFound('contract');
        return { content: await versionOf(pool, reference, version) };
      },
    }),
  ];
}

type SoundTerms = Extract<ParsedTerms, { terms: unknown }>;

/** Terms that hold, with their oddities. @throws Problem `validation-failed` naming every wrong field under `terms` */
async function soundTerms(pool: Pool, input: unknown): Promise<SoundTerms> {
  const parsed = await judgedTerms(pool, input);
  if ('errors' in parsed) throw validationFailed(parsed.errors.map(underTerms));
  return parsed;
}

/** Terms judged by themselves, and by the contracts with publishers that they name. */
async function judgedTerms(pool: Pool, input: unknown): Promise<ParsedTerms> {
  const parsed = parseTerms(input);
  const found = await publisherContractFindings(pool, input);
  if (found.length === 0) return parsed;
  return { errors: [...('errors' in parsed ? parsed.errors : []), ...found] };
}

function underTerms({ path, message }: Finding): FieldError {
  return { path: path === '' ? 'terms' : `terms.${path}`, message };
}

/** @throws Problem naming all that is wrong with a change: its terms, its date, its notice or signature */
async function requireChange(
  pool: Pool,
  reference: string,
  body: NewVersionBody,
): Promise<SoundTerms & { newest: TermsVersion }> {
  const contract = await readContract(pool, reference);
  const [newest] = await listTerms(pool, reference);
  if (!newest) throw notFound('contract');
  const today = localDate(newest.terms.zone, Date.now());
  const parsed = await judgedTerms(pool, body.terms);
  const errors = [
    ...('errors' in parsed ? parsed.errors.map(underTerms) : []),
    ...identityErrors(body.terms, newest.terms),
    ...dateErrors(body, newest, contract?.terms ?? newest.terms, today),
  ];
  if ('errors' in parsed || errors.length > 0) throw validationFailed(errors);
  return { ...parsed, newest };
}

/** A version goes on with the same contract. */
function identityErrors(input: { readonly [name: string]: unknown }, { family, zone }: ContractTerms): FieldError[] {
  return Object.entries({ family, zone }).flatMap(([name, value]) =>
    input[name] === undefined || input[name] === value
      ? []
      : [{ path: `terms.${name}`, message: `The contract has ${value}: enter another contract instead.` }],
  );
}

function dateErrors(
  { effectiveFrom, change, writing, override }: NewVersionBody,
  newest: TermsVersion,
  inForce: ContractTerms,
  today: string,
): FieldError[] {
  const path = 'effectiveFrom';
  if (effectiveFrom < newest.effectiveFrom) {
    return [
      {
        path,
        message: `Version ${newest.version} takes effect on ${newest.effectiveFrom}: this one cannot before it.`,
      },
    ];
  }
  if (override !== undefined) return [];
  const { changes } = inForce;
  const earliest = earliestEffect(today, change satisfies ChangeReason, changes);
  const wayOut = 'Or say in `override` why not.';
  return [
    ...(effectiveFrom < earliest
      ? [
          {
            path,
            message: `With the notice that the contract asks for, this is ${earliest} at the earliest. ${wayOut}`,
          },
        ]
      : []),
    ...(changes?.by === 'signedAmendment' && writing === undefined
      ? [{ path: 'writing', message: `The contract changes by an amendment that both sides sign: name it. ${wayOut}` }]
      : []),
  ];
}

async function versionOf(pool: Pool, reference: string, version: number) {
  const found = (await listTerms(pool, reference)).find((one) => one.version === version);
  if (!found) throw notFound('version of the terms');
  return { ...shown(found), terms: found.terms };
}

function shown({ version, effectiveFrom, reason, noticeOverride, storedBy, createdAt }: Omit<TermsVersion, 'terms'>) {
  return { version, effectiveFrom, ...present({ reason, noticeOverride, storedBy }), createdAt: iso(createdAt) };
}
