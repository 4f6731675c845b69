/** Escalating to a publisher: what the contract with it says, and what the distributor's terms say of their products. */
import { z } from 'zod';
import { delayBetween } from '../domain/delays.ts';
import type { Delay } from '../domain/terms.ts';
import { DelayTerms } from './fields.ts';
import { type Finding, field, itemsOf, membersOf, namesIn, unknownName } from './inspection.ts';

/** Most chasers: whoever does not answer ten does not answer the eleventh. */
const MOST_CHASERS = 10;

/** Of a contract with a publisher. */
export const EscalationSection = z.strictObject({
  chasers: z
    .strictObject({
      after: z.array(DelayTerms).min(1).max(MOST_CHASERS).meta({
        description:
          'delays from the sending, each later than the one before; after the last, and its spacing once more, staff are told that nobody answers',
      }),
    })
    .optional()
    .meta({ description: 'mails to a publisher that does not acknowledge (C §4.4.3); without it nobody is chased' }),
});

/** Chasers out of order, calendars that are not there, and products whose priorities are not all those of the publisher. */
export function escalationContradictions(terms: unknown): Finding[] {
  const products = membersOf(field(terms, 'products', 'list'));
  return [
    ...inChasers(terms),
    ...products.flatMap(([name, product]) => inProduct(terms, `products.list.${name}.publisherPriorities`, product)),
  ];
}

function inChasers(terms: unknown): Finding[] {
  const path = 'escalation.chasers.after';
  const calendars = namesIn(terms, 'calendars');
  const steps = itemsOf(field(terms, 'escalation', 'chasers', 'after'));
  return steps.flatMap((step, index) => [
    ...unknownName(`${path}.${index}.calendar`, field(step, 'calendar'), calendars, 'calendar'),
    ...(index > 0 && !isLater(steps[index - 1], step)
      ? [
          {
            path: `${path}.${index}`,
            message: 'Chasers are of one kind and on one calendar, each later than the one before.',
          },
        ]
      : []),
  ]);
}

/** What is no delay is left to the schema. */
function isLater(one: unknown, other: unknown): boolean {
  if (![one, other].every((delay) => DelayTerms.safeParse(delay).success)) return true;
  try {
    return Object.values(delayBetween(one as Delay, other as Delay)).some((length) => Number(length) > 0);
  } catch {
    return false;
  }
}

function inProduct(terms: unknown, path: string, product: unknown): Finding[] {
  const contract = field(product, 'publisherContract');
  const mapped = namesIn(product, 'publisherPriorities');
  const priorities = namesIn(terms, 'priorities');
  if (contract === undefined) {
    if (field(product, 'publisherPriorities') === undefined) return [];
    return [{ path, message: 'There is no publisherContract to whose priorities this could lead.' }];
  }
  return [
    ...priorities
      .filter((priority) => !mapped.includes(priority))
      .map((priority) => ({
        path: `${path}.${priority}`,
        message: 'Say which priority of the publisher this one means.',
      })),
    ...mapped.flatMap((priority) => unknownName(`${path}.${priority}`, priority, priorities, 'priority')),
  ];
}
