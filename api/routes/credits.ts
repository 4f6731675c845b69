/** Prepaid credit: what is on sale, what a contract has, and how it came to that. */
import type { Pool } from 'pg';
import { z } from 'zod';
import type { TokenHolder } from '../../db/accessTokens.ts';
import { listOrders, type OrderRow } from '../../db/ledger/orders.ts';
import { listLots, listReservations, readStatement } from '../../db/ledger/statement.ts';
import { type CreditContract, readCreditContract } from '../../db/ledger/under.ts';
import { LANGUAGES } from '../../domain/languages.ts';
import { onSale } from '../../domain/ledger/orders.ts';
import { isValidOn } from '../../domain/ledger/validity.ts';
import {
  BalanceOut,
  CatalogueOut,
  CreditOrderList,
  OnSaleList,
  ReservationList,
  StatementOut,
} from '../creditSchemas.ts';
import { LocalDay, ShortName } from '../inputs.ts';
import { iso, present } from '../present.ts';
import { notFound } from '../problems.ts';
import { CONTRACT_READERS, sees } from '../rights.ts';
import { param, type Route, reading } from '../route.ts';
import { statementCsv } from '../statementCsv.ts';
import { statementSheet } from '../statementSheet.ts';

const PATH = '/v1/contracts/{reference}';
/** Far above what a contract has in its life; a file is made whole. */
const MOST_LINES = 200_000;

const StatementQuery = z.strictObject({
  unit: ShortName.optional(),
  from: LocalDay.optional().meta({ description: 'entered on this local date or later' }),
  to: LocalDay.optional().meta({ description: 'entered on this local date or earlier' }),
  after: z
    .string()
    .regex(/^\d{1,18}$/, { error: 'This is `next` of the page before.' })
    .optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(200).meta({ description: 'of a page; CSV has every line' }),
  format: z.enum(['json', 'csv']).optional().meta({ description: 'as the Accept header without it' }),
  language: z
    .enum(LANGUAGES)
    .optional()
    .meta({ description: 'CSV for a spreadsheet: words, separator and local time as its reader has them' }),
});

/** The routes that read credit. */
export function creditRoutes({ pool }: { readonly pool: Pool }): Route[] {
  const shared = { tag: 'credits', roles: CONTRACT_READERS } as const;
  const nothing = z.strictObject({});
  return [
    reading({
      ...shared,
      path: `${PATH}/packs`,
      summary: 'List what is on sale: packs, and units sold singly from a minimum on',
      query: nothing,
      answer: { status: 200, description: 'What is on sale', schema: OnSaleList },
      async handle({ caller, params }) {
        const { credits, terms } = await visibleContract(pool, caller, param(params, 'reference'));
        const items = onSale(credits).map((one) => ({ ...one, label: terms.credits?.[one.unit]?.label }));
        return { content: { items } };
      },
    }),
    reading({
      ...shared,
      path: `${PATH}/orders`,
      summary: 'List orders and renewals, the newest first',
      query: nothing,
      answer: { status: 200, description: 'The orders', schema: CreditOrderList },
      async handle({ caller, params }) {
        const reference = param(params, 'reference');
        await visibleContract(pool, caller, reference);
        return { content: { items: (await listOrders(pool, reference)).map((order) => orderOut(order, caller)) } };
      },
    }),
    reading({
      ...shared,
      path: `${PATH}/balance`,
      summary: 'Read what is available and reserved, unit by unit and lot by lot',
      query: nothing,
      answer: { status: 200, description: 'The balance today', schema: BalanceOut },
      async handle({ caller, params }) {
        const reference = param(params, 'reference');
        return { content: await balance(pool, reference, await visibleContract(pool, caller, reference)) };
      },
    }),
    reading({
      ...shared,
      path: `${PATH}/statement`,
      summary: 'Read the entries that make the balance, line by line; as CSV with format=csv or Accept: text/csv',
      query: StatementQuery,
      answer: { status: 200, description: 'The lines, oldest first', schema: StatementOut, alsoAs: 'text/csv' },
      async handle({ caller, params, query, prefersCsv }) {
        const reference = param(params, 'reference');
        const { terms, zone } = await visibleContract(pool, caller, reference);
        const { format = prefersCsv ? 'csv' : 'json', limit, language, ...part } = query;
        if (format === 'csv') {
          const lines = await readStatement(pool, reference, { ...part, limit: MOST_LINES });
          const shown = lines.map((line) => ({ ...line, who: shownWho(line.who, caller) }));
          const name = `attachment; filename="statement.csv"`;
          const headers = { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': name };
          if (!language) return { headers, content: statementCsv(shown) };
          const labels = Object.entries(terms.credits ?? {}).map(
            ([unit, { label }]) => [unit, label[language]] as const,
          );
          const units = Object.fromEntries(labels);
          return { headers, content: statementSheet(shown, { language, zone, units }) };
        }
        const lines = await readStatement(pool, reference, { ...part, limit: limit + 1 });
        const items = lines
          .slice(0, limit)
          .map(({ at, who, ...line }) => present({ ...line, at: iso(at), who: shownWho(who, caller) }));
        return { content: present({ items, next: lines.length > limit ? lines[limit - 1]?.entry : undefined }) };
      },
    }),
    reading({
      ...shared,
      path: `${PATH}/reservations`,
      summary: 'List reservations, the newest first',
      query: z.strictObject({
        open: z.enum(['true', 'false']).default('true').meta({ description: 'only those that still hold units' }),
      }),
      answer: { status: 200, description: 'The reservations', schema: ReservationList },
      async handle({ caller, params, query }) {
        const reference = param(params, 'reference');
        await visibleContract(pool, caller, reference);
        const rows = await listReservations(pool, reference, query.open === 'true');
        const items = rows.map(({ at, who, ...row }) => present({ ...row, at: iso(at), who: shownWho(who, caller) }));
        return { content: { items } };
      },
    }),
    reading({
      ...shared,
      path: `${PATH}/catalogue`,
      summary: 'List the services that units buy: prerequisites, steps, limits, deliverables, recommended pack',
      query: nothing,
      answer: { status: 200, description: 'The services', schema: CatalogueOut },
      async handle({ caller, params }) {
        const { terms } = await visibleContract(pool, caller, param(params, 'reference'));
        const items = Object.entries(terms.catalogue ?? {}).map(([code, service]) => ({ code, ...service }));
        return { content: { items } };
      },
    }),
  ];
}

/** A contract that the caller may see. @throws Problem `not-found` */
export async function visibleContract(pool: Pool, caller: TokenHolder, reference: string): Promise<CreditContract> {
  const contract = sees(caller, reference) ? await readCreditContract(pool, reference) : undefined;
  if (!contract) throw notFound('contract');
  return contract;
}

/** An order for this caller. */
export function orderOut({ at, who, cents, vatBasisPoints, ...order }: OrderRow, caller: TokenHolder) {
  return present({ ...order, price: { cents, vatBasisPoints }, at: iso(at), who: shownWho(who, caller) });
}

async function balance(pool: Pool, reference: string, { today, terms }: CreditContract) {
  const lots = await listLots(pool, reference);
  const items = Object.entries(terms.credits ?? {}).flatMap(([unit, { active, label }]) => {
    const own = lots.filter((lot) => lot.unit === unit);
    if (!active && own.length === 0) return [];
    const valid = own.filter((lot) => isValidOn(lot, today));
    return [
      {
        ...{ unit, label },
        available: valid.reduce((sum, lot) => sum + lot.available, 0),
        pending: own.reduce((sum, lot) => sum + lot.pending, 0),
        lots: own.map(({ unit: _, ...lot }) => present(lot)),
      },
    ];
  });
  return { on: today, items };
}

/** Customers are not told who of the staff it was. */
function shownWho(who: string, caller: TokenHolder): string {
  return caller.role === 'customer' && who.startsWith('staff:') ? 'staff' : who;
}
