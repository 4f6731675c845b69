/** Credit units: what one pays for, what it costs, how long it lasts, how it is renewed. */
import { z } from 'zod';
import { Name, Words } from '../fields.ts';
import { type Finding, field, isGiven, itemsOf, membersOf, numberOf, unknownName } from '../inspection.ts';
import { Days, Minutes, Period, Share, Units } from './fields.ts';
import { Money } from './money.ts';

/** Units sold together. */
const Pack = z.strictObject({
  units: Units.meta({ description: 'Units in the pack.' }),
  price: Money.meta({ description: 'Price of the whole pack, excluding VAT (A order form).' }),
});

const Validity = z.discriminatedUnion(
  'lasts',
  [
    z.strictObject({
      lasts: z.literal('period').meta({ description: 'A length of time of its own.' }),
      period: Period.meta({ description: 'How long units are valid. A art. 2: 1 year.' }),
      from: z.enum(['customerSignature']).meta({
        description: "What the period starts from: the customer's signature of the order form (A art. 2).",
      }),
      lastDay: z.enum(['sameDate', 'dayBefore']).default('sameDate').meta({
        description:
          'Last valid day, to its end. Our reading: the same date when the period is over (29 February becomes 28 February) (A art. 2).',
      }),
      ownForEachOrder: z.boolean().default(true).meta({
        description: 'Whether each order form has a period of its own (A art. 2).',
      }),
    }),
    z.strictObject({
      lasts: z.literal('contract').meta({ description: 'As long as the contract (E CP 7).' }),
    }),
  ],
  {
    error: ({ input }) =>
      input === undefined ? undefined : 'Units last a period ("period") or as long as the contract ("contract").',
  },
);

/** When the customer and staff are told of their credit. Contracts say nothing of it. */
const Alerts = z.strictObject({
  lowShare: Share.default(2_000).meta({
    description:
      'Share of the units last bought at or below which the balance is low, in basis points, rounded up to a whole unit; 0: nobody is told. Our reading: 2000, so of 10 tickets the last 2.',
  }),
  expiryDays: z.array(Days.positive()).max(10).default([60, 30, 7]).meta({
    description: 'Days before the last valid day on which its end is announced. Our reading: 60, 30 and 7 (A art. 2).',
  }),
  nothingLeft: z.boolean().default(true).meta({
    description: 'Whether it is told that nothing is left, or that the base has renewed (A art. 2, E CP 7).',
  }),
  to: z.enum(['mainContact', 'designatedContacts']).default('mainContact').meta({
    description: "Who is told on the customer's side; staff always are. Our reading: the main contact.",
  }),
});

/** A credit unit of the contract. */
const CreditUnit = z.strictObject({
  label: Words.meta({ description: 'Name of one unit.' }),
  active: z.boolean().default(true).meta({ description: 'Whether the contract has this unit (E special terms).' }),
  minutes: Minutes.meta({
    description: 'Minutes of work that one unit pays at most. A: 60; E CP 7: 15, and 180 for a floating half-day.',
  }),
  rounding: z.enum(['startedUnit']).default('startedUnit').meta({
    description:
      'A unit begun is a unit used. Our reading for E: also for work that is not by the hotline (E CP 6, CP 7).',
  }),
  roundedPer: z.enum(['intervention', 'call', 'incident', 'workLog']).default('intervention').meta({
    description: 'What is added up before it is rounded. Our reading: an intervention, not each work log (A p. 1).',
  }),
  restIn: Name.optional().meta({
    description:
      'Credit unit that counts what goes beyond one of these. Our reading: a half-day beyond 3 hours goes on in time units (E special terms).',
  }),
  travel: z
    .discriminatedUnion(
      'counted',
      [
        z.strictObject({
          counted: z.literal('returnTrip').meta({ description: 'Each return trip costs units.' }),
          units: Units.meta({ description: 'Units for a return trip. E special terms: 4.' }),
        }),
        z.strictObject({
          counted: z.literal('included').meta({ description: 'Travel is part of the time of the unit.' }),
        }),
        z.strictObject({
          counted: z.literal('expenses').meta({ description: 'Travel comes on top, see `interventions`.' }),
        }),
      ],
      { error: wayOfCounting },
    )
    .meta({ description: 'How travel is paid. E: a return trip 4 units, in a half-day included; A art. 4a: on top.' }),
  packs: z.array(Pack).min(1).optional().meta({
    description: 'Packs on sale, the smallest first. A order form: 4, 10, 20 and 40 tickets.',
  }),
  unitPrice: Money.optional().meta({
    description: 'Price of one unit where units are sold singly, excluding VAT. E: 25.00 €, a half-day 360.00 €.',
  }),
  minimumUnits: Units.meta({ description: 'Least units that are bought or billed. A p. 1: 4; E CP 7: the base, 16.' }),
  base: Units.optional().meta({ description: 'Units billed at the start and at each renewal. E special terms: 16.' }),
  renewal: z.enum(['none', 'automaticAtZero']).default('none').meta({
    description:
      'What happens when the balance reaches zero: nothing, or the base is billed again by itself (E 21.2, CP 7).',
  }),
  debitMaySpanRenewal: z.boolean().default(false).meta({
    description: 'Whether one debit may use up a base and go on in the next (E CP 7).',
  }),
  validity: Validity.meta({ description: 'How long units may be used (A art. 2, E CP 7).' }),
  carriedOver: z.boolean().default(false).meta({
    description: 'Whether unused units go on into a next period. A art. 2: no.',
  }),
  refunded: z.boolean().default(false).meta({
    description: 'Whether unused units are paid back at the end. A art. 2: no; E 21.5: they stay with the provider.',
  }),
  alsoPaidInUnits: z
    .array(z.enum(['simplifiedReport']))
    .default([])
    .meta({
      description: 'Extra work that costs units on top. A catalogue: the simplified report.',
    }),
  alerts: Alerts.prefault({}).meta({ description: 'When somebody is told of the balance and its end (A art. 2).' }),
});

/** The credit units of a contract, by name. */
export const CreditUnits = z.record(Name, CreditUnit);

/** Work against credits: from which share of the estimate the customer is warned, and who agrees to more. */
export const Overrun = z.strictObject({
  warnAt: Share.default(8_000).meta({
    description:
      'Share of the approved units at which the customer is warned, in basis points. Our reading: 8000 (A catalogue).',
  }),
  whenBalanceSuffices: z.enum(['moreUnitsIfAgreed']).default('moreUnitsIfAgreed').meta({
    description: 'What follows while the balance suffices: more units, only if the customer agrees (A catalogue).',
  }),
  otherwise: z.enum(['newOrderIfAgreed']).default('newOrderIfAgreed').meta({
    description: 'What follows when it does not: a new order, only if the customer agrees (A catalogue).',
  }),
});

/** Names of the credit units in terms that may be wrong. */
function creditUnitNames(terms: unknown): string[] {
  return membersOf(field(terms, 'credits')).map(([name]) => name);
}

/** What contradicts itself in the credit units. */
export function creditContradictions(terms: unknown): Finding[] {
  const names = creditUnitNames(terms);
  return membersOf(field(terms, 'credits')).flatMap(([name, unit]) => {
    const path = `credits.${name}`;
    const restIn = field(unit, 'restIn');
    const found = unknownName(`${path}.restIn`, restIn, names, 'credit unit');
    if (restIn === name) found.push({ path: `${path}.restIn`, message: 'A unit cannot go on in itself.' });
    if (field(unit, 'carriedOver') === true && field(unit, 'validity', 'lasts') === 'contract') {
      const message = 'Units that last as long as the contract have nothing to be carried over into.';
      found.push({ path: `${path}.carriedOver`, message });
    }
    return [...found, ...inPacks(path, unit), ...inBase(path, unit)];
  });
}

function inPacks(path: string, unit: unknown): Finding[] {
  const packs = itemsOf(field(unit, 'packs'));
  const minimum = numberOf(field(unit, 'minimumUnits'));
  const found: Finding[] = [];
  if (isGiven(unit) && !isGiven(field(unit, 'packs')) && !isGiven(field(unit, 'unitPrice'))) {
    found.push({ path, message: 'This unit has no price: give packs or a unit price.' });
  }
  packs.forEach((pack, index) => {
    const units = numberOf(field(pack, 'units'));
    const before = numberOf(field(packs[index - 1], 'units'));
    const at = `${path}.packs.${index}.units`;
    if (units !== undefined && minimum !== undefined && units < minimum) {
      found.push({ path: at, message: `This pack is smaller than the minimum of ${minimum} units.` });
    }
    if (units !== undefined && before !== undefined && units <= before) {
      found.push({ path: at, message: 'This pack is not larger than the one before.' });
    }
  });
  return found;
}

function inBase(path: string, unit: unknown): Finding[] {
  const base = numberOf(field(unit, 'base'));
  const minimum = numberOf(field(unit, 'minimumUnits'));
  const renews = field(unit, 'renewal') === 'automaticAtZero';
  const found: Finding[] = [];
  if (renews && !isGiven(field(unit, 'base'))) {
    found.push({ path: `${path}.base`, message: 'An automatic renewal needs a base: how many units it buys.' });
  }
  if (base !== undefined && !isGiven(field(unit, 'unitPrice'))) {
    found.push({ path: `${path}.unitPrice`, message: 'A base is billed by the unit: give the unit price.' });
  }
  if (base !== undefined && minimum !== undefined && base < minimum) {
    found.push({ path: `${path}.base`, message: `The base is less than the minimum of ${minimum} units.` });
  }
  if (field(unit, 'debitMaySpanRenewal') === true && !renews) {
    found.push({
      path: `${path}.debitMaySpanRenewal`,
      message: 'No debit can span a renewal: nothing renews by itself.',
    });
  }
  return found;
}

/** What is legal but odd in the credit units and in the warning before an overrun. */
export function creditWarnings(terms: unknown): Finding[] {
  const units = membersOf(field(terms, 'credits')).flatMap(([name, unit]) => {
    const path = `credits.${name}`;
    const base = numberOf(field(unit, 'base'));
    const minimum = numberOf(field(unit, 'minimumUnits'));
    const found = dearerPacks(`${path}.packs`, itemsOf(field(unit, 'packs')));
    if (base !== undefined && minimum !== undefined && base > minimum) {
      found.push({ path: `${path}.base`, message: `Each renewal buys more than the minimum of ${minimum} units.` });
    }
    return found;
  });
  if (field(terms, 'interventions', 'overrun', 'warnAt') !== 10_000) return units;
  const message = 'The customer is warned only when the whole estimate is used up.';
  return [...units, { path: 'interventions.overrun.warnAt', message }];
}

function dearerPacks(path: string, packs: readonly unknown[]): Finding[] {
  return packs.flatMap((pack, index) => {
    const price = pricedUnits(pack);
    const smaller = packs.slice(0, index).map(pricedUnits);
    // Compared crosswise, so that no cent is divided.
    const isDearer = smaller.some(
      (one) => one && price && one.units < price.units && price.cents * one.units > one.cents * price.units,
    );
    if (!isDearer) return [];
    return [{ path: `${path}.${index}.price`, message: 'A unit of this pack is dearer than one of a smaller pack.' }];
  });
}

function pricedUnits(pack: unknown): { readonly units: number; readonly cents: number } | undefined {
  const units = numberOf(field(pack, 'units'));
  const cents = numberOf(field(pack, 'price', 'cents'));
  return units === undefined || cents === undefined ? undefined : { units, cents };
}

function wayOfCounting({ input }: { readonly input?: unknown }): string | undefined {
  return input === undefined ? undefined : 'Travel is counted by "returnTrip", "included" or as "expenses".';
}
