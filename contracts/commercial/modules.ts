/** Flat-rate modules, and the flat rate that pays for them. */
import { z } from 'zod';
import { DELIVERABLES } from '../../domain/visits.ts';
import { Name, Words } from '../fields.ts';
import { type Finding, field, isGiven, itemsOf, membersOf, namesIn, unknownName } from '../inspection.ts';
import { Minutes } from './fields.ts';
import { Money } from './money.ts';

/** The flat-rate modules by what they are: letters would be ambiguous, since J and K each stand for two (E). */
export const MODULE_NAMES = [
  'subscription',
  'supervision',
  'plannedMaintenance',
  'preventiveHalfDay',
  'continuityDay',
  'coordinationDay',
  'hotline',
  'serversAndNetwork',
  'workstations',
  'hosting',
  'recoveryGuarantee',
  'maximumInterruption',
] as const;
/** One of the flat-rate modules. */
export type ModuleName = (typeof MODULE_NAMES)[number];

const Module = z.strictObject({
  label: Words.meta({ description: 'Name of the module (E list of modules).' }),
  active: z.boolean().meta({ description: 'Whether the contract has it (E list of modules).' }),
  price: Money.optional().meta({
    description: 'Own price for a month, excluding VAT; none: included in the flat rate (E list of modules).',
  }),
  visit: z
    .strictObject({
      minutes: Minutes.meta({
        description: 'Length of one visit. E: 60 for planned maintenance, 180 for a half-day, 360 for a day.',
      }),
      every: z.enum(['month', 'year']).meta({ description: 'How often. E: monthly maintenance, yearly days.' }),
      delivers: z.array(z.enum(DELIVERABLES)).default([]).meta({
        description: 'What the customer gets (E list of modules, CP 4, CP 5).',
      }),
    })
    .optional()
    .meta({ description: 'Planned visits of the module (E list of modules).' }),
  interventions: z.enum(['curative', 'preventiveAndCurative', 'urgentCurative']).optional().meta({
    description:
      'Kind of interventions that are unlimited within the technical perimeter (E modules servers, workstations; CP 8).',
  }),
});

const FlatRate = z.strictObject({
  hosting: Money.meta({
    description: 'Hosting, a month, excluding VAT: basis of penalties and of the liability cap (E 3.1, 4.2).',
  }),
  equipment: Money.meta({ description: 'Equipment, a month, excluding VAT (E breakdown).' }),
  services: Money.meta({ description: 'Services, a month, excluding VAT (E breakdown).' }),
  users: z
    .int()
    .positive()
    .max(1_000_000)
    .optional()
    .meta({ description: 'Users that the flat rate is for (E flat rate).' }),
});

/** Modules of the contract, their flat rate, and what a change of perimeter does. */
export const Modules = z.strictObject({
  list: z.partialRecord(z.enum(MODULE_NAMES), Module).meta({ description: 'The modules by name (E list of modules).' }),
  visits: z
    .strictObject({
      kind: Name.meta({ description: 'Kind of request, in `coverage.kinds`.' }),
      priority: Name.meta({
        description: 'Priority, in `priorities`: one without clocks, since nobody has called (E module A).',
      }),
    })
    .optional()
    .meta({
      description: 'Requests that the program opens for planned visits; without it default kind and priority.',
    }),
  flatRate: FlatRate.meta({ description: 'The flat rate by its parts: the least that is billed (E 21.1).' }),
  perimeterShrinks: z
    .enum(['priceStays', 'repriced'])
    .meta({ description: 'What follows when the technical perimeter shrinks (E 21.1).' }),
  perimeterGrows: z.enum(['repricedAndInitialTermAnew', 'repriced']).meta({
    description: 'What follows when it grows: a new price per user, and the initial term runs anew (E 21.1).',
  }),
});

/** A contract that has modules without any that is active, or visits whose requests would fit no part of the terms. */
export function moduleContradictions(terms: unknown): Finding[] {
  const modules = field(terms, 'modules');
  const list = membersOf(field(modules, 'list'));
  const isIdle = isGiven(modules) && list.length > 0 && !list.some(([, module]) => field(module, 'active') === true);
  return [
    ...(isIdle ? [{ path: 'modules.list', message: 'No module is active: leave out modules, or activate one.' }] : []),
    ...visitContradictions(terms),
  ];
}

/** A planned visit is part of the contract, and of a kind and a priority that it has. */
function visitContradictions(terms: unknown): Finding[] {
  const kind = field(terms, 'modules', 'visits', 'kind');
  const priority = field(terms, 'modules', 'visits', 'priority');
  const coverage = field(terms, 'coverage');
  const kinds = namesIn(coverage, 'kinds');
  const coveredBy = typeof kind === 'string' ? field(coverage, 'kinds', kind, 'coveredBy') : undefined;
  const isElsewhere = coveredBy !== undefined && !itemsOf(coveredBy).includes(field(coverage, 'as'));
  return [
    ...unknownName('modules.visits.kind', kind, kinds, 'kind of request'),
    ...(isElsewhere
      ? [{ path: 'modules.visits.kind', message: 'The contract does not cover this kind of request.' }]
      : []),
    ...unknownName('modules.visits.priority', priority, namesIn(terms, 'priorities'), 'priority'),
  ];
}

/** A price of a module that is not active. */
export function moduleWarnings(terms: unknown): Finding[] {
  return membersOf(field(terms, 'modules', 'list')).flatMap(([name, module]) => {
    if (field(module, 'active') !== false || !isGiven(field(module, 'price'))) return [];
    return [{ path: `modules.list.${name}.price`, message: 'This module has a price and is not active.' }];
  });
}
