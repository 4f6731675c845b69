/** What people enter into the ledger by hand: orders, debits, corrections. Each once for its Idempotency-Key. */
import type { Pool } from 'pg';
import type { z } from 'zod';
import { readInterventionRow } from '../../db/interventions.ts';
import { correct } from '../../db/ledger/corrections.ts';
import type { Entered } from '../../db/ledger/operations.ts';
import { listOrders, placeOrder } from '../../db/ledger/orders.ts';
import { debit, quote } from '../../db/ledger/spending.ts';
import type { CreditContract } from '../../db/ledger/under.ts';
import { readRequestRow } from '../../db/requests.ts';
import type { Amount } from '../../domain/ledger/terms.ts';
import { added, requireUnit, unitsOfTrips, unitsOfWork } from '../../domain/ledger/units.ts';
import { isOver, validDays } from '../../domain/ledger/validity.ts';
import { CorrectionBody, CreditOrderOut, DebitBody, OperationOut, OrderBody, QuoteOut } from '../creditSchemas.ts';
import { validationFailed } from '../problems.ts';
import { ACCOUNTS, whoOf } from '../rights.ts';
import { changing, param, type Route } from '../route.ts';
import { orderOut, visibleContract } from './credits.ts';

const PATH = '/v1/contracts/{reference}';

/** The routes that enter orders, debits and corrections. */
export function creditOperationRoutes({ pool }: { readonly pool: Pool }): Route[] {
  const entered = { status: 201, description: 'What was entered', schema: OperationOut } as const;
  return [
    changing({
      path: `${PATH}/orders`,
      tag: 'credits',
      summary: 'Enter a signed order form; its units are there at once, and it is to be invoiced',
      roles: ACCOUNTS,
      body: OrderBody,
      answer: { status: 201, description: 'The order', schema: CreditOrderOut },
      async handle({ caller, params, body, call }) {
        const contract = param(params, 'reference');
        const under = await visibleContract(pool, caller, contract);
        notAfterToday('signedOn', body.signedOn, under);
        const unit = unitOf(body, under);
        notOverYet(unit, body.signedOn, under);
        const key = `order:${call.updateId}`;
        const operation = { key, contract, on: body.signedOn, who: whoOf(caller), why: `order form ${body.orderForm}` };
        const form = { unit, units: body.pack, orderForm: body.orderForm };
        await placeOrder(pool, operation, form, under);
        const [order] = await listOrders(pool, contract, key);
        if (!order) throw new Error('the order that was entered is not there');
        return { content: orderOut(order, caller) };
      },
    }),
    changing({
      path: `${PATH}/debits`,
      tag: 'credits',
      summary: 'Spend units for work that was done',
      roles: ACCOUNTS,
      body: DebitBody,
      answer: entered,
      dryRun: {
        description: 'What it would take, and what is missing',
        schema: QuoteOut,
        async show({ caller, params, body }) {
          const contract = param(params, 'reference');
          const under = await visibleContract(pool, caller, contract);
          await requireSound(pool, contract, body, under);
          const amounts = amountsOf(body, under);
          return { content: { amounts, ...(await quote(pool, contract, amounts, { on: body.on, under })) } };
        },
      },
      async handle({ caller, params, body, call }) {
        const contract = param(params, 'reference');
        const under = await visibleContract(pool, caller, contract);
        await requireSound(pool, contract, body, under);
        const { on, why, request, intervention } = body;
        const operation = {
          key: `debit:${call.updateId}`,
          contract,
          on,
          who: whoOf(caller),
          why,
          request,
          intervention,
        };
        return { content: operationOut(await debit(pool, operation, amountsOf(body, under), under)) };
      },
    }),
    changing({
      path: `${PATH}/corrections`,
      tag: 'credits',
      summary: 'Correct an operation: new entries that name it, with a reason',
      roles: ['supervisor'],
      body: CorrectionBody,
      answer: entered,
      async handle({ caller, params, body, call }) {
        const contract = param(params, 'reference');
        const under = await visibleContract(pool, caller, contract);
        const operation = { key: `correction:${call.updateId}`, contract, who: whoOf(caller), why: body.reason };
        return { content: operationOut(await correct(pool, operation, body, under)) };
      },
    }),
  ];
}

function operationOut({ key, entries }: Entered) {
  return { operation: key, entries };
}

function amountsOf(body: z.output<typeof DebitBody>, under: CreditContract): Amount[] {
  const unit = unitOf(body, under);
  if (body.returnTrips !== undefined && requireUnit(under.credits, unit).travel.counted !== 'returnTrip') {
    throw validationFailed([{ path: 'returnTrips', message: 'The terms of this unit count no trips: leave it out.' }]);
  }
  const work =
    body.seconds === undefined ? [{ unit, units: body.units ?? 0 }] : unitsOfWork(under.credits, unit, body.seconds);
  return added([...work, ...unitsOfTrips(under.credits, unit, body.returnTrips ?? 0)]);
}

/** The unit that is named, or the only one. @throws Problem `validation-failed`: the contract has no such unit */
function unitOf({ unit }: { readonly unit?: string | undefined }, under: CreditContract): string {
  if (unit === undefined) return onlyUnit(under);
  const active = activeUnits(under);
  if (active.includes(unit)) return unit;
  const there = active.length > 0 ? `it has ${active.join(', ')}` : 'it has none';
  throw validationFailed([{ path: 'unit', message: `The contract has no such credit unit: ${there}.` }]);
}

/** The one unit of a contract. @throws Problem `validation-failed` when there are several, or none */
function onlyUnit(under: CreditContract): string {
  const [only, ...others] = activeUnits(under);
  if (only !== undefined && others.length === 0) return only;
  const message =
    only === undefined ? 'The contract has no credit units.' : `Say which: ${[only, ...others].join(', ')}.`;
  throw validationFailed([{ path: 'unit', message }]);
}

function activeUnits({ credits }: CreditContract): string[] {
  return Object.keys(credits).filter((name) => credits[name]?.active);
}

function notAfterToday(path: string, date: string, { today }: CreditContract): void {
  if (date > today) throw validationFailed([{ path, message: 'This must not be in the future.' }]);
}

/** Units that end as they are bought are a slip of the pen: nobody could have used them. */
function notOverYet(unit: string, signedOn: string, { credits, today }: CreditContract): void {
  const days = validDays(signedOn, requireUnit(credits, unit).validity);
  if (!isOver(days, today)) return;
  const message = `Its units would have ended on ${days.lastDay}: check the date of the signature.`;
  throw validationFailed([{ path: 'signedOn', message }]);
}

/** What a debit names is there, and of this contract. @throws Problem `validation-failed` */
async function requireSound(
  pool: Pool,
  contract: string,
  { on, request, intervention }: z.output<typeof DebitBody>,
  under: CreditContract,
): Promise<void> {
  notAfterToday('on', on, under);
  if (request !== undefined && (await readRequestRow(pool, request))?.contract !== contract) {
    throw validationFailed([{ path: 'request', message: 'The contract has no such request.' }]);
  }
  if (intervention === undefined) return;
  const row = await readInterventionRow(pool, intervention);
  if (row?.contract !== contract || (request !== undefined && row.request !== request)) {
    const message = 'There is no such intervention here. It is named as in the statement: intervention:<request>:<n>.';
    throw validationFailed([{ path: 'intervention', message }]);
  }
}
