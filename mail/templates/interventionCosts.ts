/** What an intervention costs, as its mails say it. */
import { isNone } from '../../domain/intervention/amounts.ts';
import type { CancellationCost } from '../../domain/intervention/cancellation.ts';
import type { UnitAmounts } from '../../domain/intervention/terms.ts';
import type { Language } from '../../domain/languages.ts';
import { sayEuros } from './euros.ts';
import type { InterventionWords } from './interventionWords.ts';

/** In what costs are said. */
interface Paid {
  readonly language: Language;
  /** Labels of credit units, in the reader's language. */
  readonly units: { readonly [unit: string]: string };
  /** The work is out of hours: no units pay for it. */
  readonly onCall?: boolean;
}

/** Amounts as a reader says them: `3 × prepaid ticket`. */
export function sayAmounts(amounts: UnitAmounts, units: Paid['units'], none: string): string {
  const said = Object.entries(amounts).map(([unit, count]) => `${count} × ${units[unit] ?? unit}`);
  return said.length === 0 ? none : said.join(', ');
}

/** What work has taken, and what it gave back: of what is billed apart no units. */
export function spentFacts(
  { used, returned }: Pick<CancellationCost, 'used' | 'returned'>,
  { onCall, units }: Paid,
  words: InterventionWords,
): readonly (readonly [string, string])[] {
  if (onCall) return [[words.onCall, words.onCallCost]];
  const amounts = (given: UnitAmounts) => sayAmounts(given, units, words.none);
  return [[words.used, amounts(used)], ...(isNone(returned) ? [] : [[words.returned, amounts(returned)] as const])];
}

/** What a cancelled intervention costs: beside units, expenses that stay due. */
export function costFacts(
  cost: CancellationCost,
  facts: Paid,
  words: InterventionWords,
): readonly (readonly [string, string])[] {
  const { units, onCall } = facts;
  return [
    ...spentFacts(cost, facts, words),
    ...(onCall ? [] : [[words.lost, sayAmounts(cost.lost, units, words.none)] as const]),
    ...expenseFacts(cost.expensesDue, facts, words),
  ];
}

/** Expenses that are due on top of units, if there are any; euro cents without VAT. */
export function expenseFacts(
  cents: number | undefined,
  { language }: Pick<Paid, 'language'>,
  words: InterventionWords,
): readonly (readonly [string, string])[] {
  return cents ? [[words.expenses, sayEuros(cents, language)]] : [];
}
