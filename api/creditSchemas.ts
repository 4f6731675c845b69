/** What the API takes and gives out of prepaid credit. */
import { z } from 'zod';
import { ENTRY_KINDS } from '../domain/ledger/entries.ts';
import { LocalDay, RequestNumber, ShortName, Subject } from './inputs.ts';
import { Instant } from './schemas.ts';

const LocalDate = z.string().meta({ description: 'local date in the contract’s zone, YYYY-MM-DD' });
const Unit = z.string().meta({ description: 'name of the credit unit in the terms' });
const Units = z.int().positive().max(100_000);
const Key = ShortName.max(300);

/** So many of a unit. */
export const AmountOut = z.object({ unit: Unit, units: z.int() });

/** An order to enter. */
export const OrderBody = z.strictObject({
  unit: ShortName.optional().meta({ description: 'credit unit; not needed where the contract has one only' }),
  pack: Units.meta({ description: 'units ordered: the size of a pack, or of units sold singly the minimum or more' }),
  signedOn: LocalDay.meta({ description: 'date of the customer’s signature, from which the units’ own period runs' }),
  orderForm: Subject.meta({ description: 'reference of the signed order form' }),
});

/** Work to spend units for. */
export const DebitBody = z
  .strictObject({
    unit: ShortName.optional().meta({ description: 'credit unit; not needed where the contract has one only' }),
    units: Units.optional().meta({ description: 'units to spend; or say seconds' }),
    seconds: z.int().positive().max(31_536_000).optional().meta({
      description: 'time worked, rounded up once to started units; what goes beyond whole half-days in time units',
    }),
    returnTrips: z.int().positive().max(100).optional().meta({ description: 'trips that the terms count in units' }),
    on: LocalDay.meta({ description: 'date of the work: only units valid on it pay' }),
    request: RequestNumber.optional(),
    intervention: ShortName.optional().meta({ description: 'as in the statement: intervention:<request>:<n>' }),
    why: Subject,
  })
  .refine((body) => (body.units === undefined) !== (body.seconds === undefined), {
    error: 'Say either units or seconds.',
    path: ['units'],
  });

/** What an operation ought to have been. */
export const CorrectionBody = z.strictObject({
  corrects: Key.meta({
    description: '`operation` of a line of the statement; of one that was corrected, the correction',
  }),
  right: z
    .array(z.strictObject({ unit: ShortName, units: z.int().nonnegative().max(100_000) }))
    .min(1)
    .max(10)
    .refine((right) => new Set(right.map(({ unit }) => unit)).size === right.length, {
      error: 'Say once what it ought to have had of each unit.',
    })
    .meta({ description: 'the units that it ought to have had; of units that are not named nothing changes' }),
  reason: Subject,
});

/** A pack on sale. */
export const OnSaleList = z
  .object({
    items: z.array(
      z.object({
        unit: Unit,
        label: z.object({ fr: z.string(), en: z.string() }),
        units: z.int(),
        price: z.object({ cents: z.int(), vatBasisPoints: z.int() }).meta({ description: 'of all of it, without VAT' }),
        isLeast: z.boolean().meta({ description: 'more may be ordered at the same price a unit' }),
      }),
    ),
  })
  .meta({ id: 'OnSaleList' });

/** An order that was entered, or a base that renewed: each is to be invoiced. */
export const CreditOrderOut = z
  .object({
    key: z.string().meta({ description: 'operation that brought its units' }),
    kind: z.enum(['order', 'renewal']),
    unit: Unit,
    units: z.int(),
    price: z.object({ cents: z.int(), vatBasisPoints: z.int() }),
    signedOn: LocalDate,
    orderForm: z.string().optional(),
    termsVersion: z.int(),
    who: z.string(),
    at: Instant,
    lot: z.int(),
    validFrom: LocalDate.optional(),
    lastDay: LocalDate.optional().meta({ description: 'valid to its end; missing: as long as the contract' }),
    correctedTo: z.int().optional().meta({
      description:
        'units that it counts as after its corrections, none if it was wrong altogether; missing: not corrected',
    }),
  })
  .meta({ id: 'CreditOrder' });
/** Orders of a contract. */
export const CreditOrderList = z.object({ items: z.array(CreditOrderOut) }).meta({ id: 'CreditOrderList' });

const LotOut = z.object({
  lot: z.int(),
  bought: z.int(),
  available: z.int(),
  pending: z.int(),
  validFrom: LocalDate.optional(),
  lastDay: LocalDate.optional(),
  orderForm: z.string().optional(),
  order: z.string(),
});
/** What a contract has, unit by unit, in the order in which lots are spent. */
export const BalanceOut = z
  .object({
    on: LocalDate,
    items: z.array(
      z.object({
        unit: Unit,
        label: z.object({ fr: z.string(), en: z.string() }),
        available: z.int().meta({ description: 'free to be spent today' }),
        pending: z.int().meta({ description: 'reserved for work that was approved' }),
        lots: z.array(LotOut),
      }),
    ),
  })
  .meta({ id: 'CreditBalance' });

/** A line of a statement. */
export const StatementLineOut = z
  .object({
    entry: z.string(),
    at: Instant,
    unit: Unit,
    lot: z.int(),
    kind: z.enum(ENTRY_KINDS),
    available: z.int().meta({ description: 'what it did to the units available' }),
    pending: z.int().meta({ description: 'what it did to the units reserved' }),
    availableAfter: z.int(),
    pendingAfter: z.int(),
    on: LocalDate,
    operation: z.string(),
    reservation: z.string().optional(),
    corrects: z.string().optional(),
    orderForm: z.string().optional(),
    request: z.string().optional(),
    intervention: z.string().optional(),
    who: z.string(),
    why: z.string(),
  })
  .meta({ id: 'StatementLine' });
/** A page of a statement. */
export const StatementOut = z
  .object({
    items: z.array(StatementLineOut),
    next: z.string().optional().meta({ description: '`after` of the next page' }),
  })
  .meta({ id: 'Statement' });

/** Reservations, unit by unit. */
export const ReservationList = z
  .object({
    items: z.array(
      z.object({
        reservation: z.string(),
        unit: Unit,
        reserved: z.int(),
        pending: z.int(),
        posted: z.int(),
        forfeited: z.int(),
        released: z.int(),
        on: LocalDate,
        request: z.string().optional(),
        intervention: z.string().optional(),
        who: z.string(),
        why: z.string(),
        at: Instant,
      }),
    ),
  })
  .meta({ id: 'ReservationList' });

/** What an operation has entered. */
export const OperationOut = z
  .object({
    operation: z.string(),
    entries: z.array(
      z.object({ lot: z.int(), unit: Unit, kind: z.enum(ENTRY_KINDS), available: z.int(), pending: z.int() }),
    ),
  })
  .meta({ id: 'CreditOperation' });

/** What a debit would take. */
export const QuoteOut = z
  .object({
    amounts: z.array(AmountOut).meta({ description: 'what the work costs' }),
    takings: z.array(z.object({ lot: z.int(), units: z.int() })).meta({ description: 'out of which lots' }),
    missing: z.array(AmountOut).meta({ description: 'what is not there: the debit would be refused' }),
    renewals: z.array(AmountOut).meta({ description: 'how many bases would renew, each an order' }),
  })
  .meta({ id: 'CreditQuote' });

/** Services that units buy. */
export const CatalogueOut = z
  .object({ items: z.array(z.object({ code: z.string() }).catchall(z.unknown())) })
  .meta({ id: 'Catalogue' });
