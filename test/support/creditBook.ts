/** A ledger in memory, for tests of what uses one: lots with a last day, reservations, entries that can be added up. */
import { isNone, minus, NONE, plus, unitsIn } from '../../domain/intervention/amounts.ts';
import type { UnitAmounts } from '../../domain/intervention/terms.ts';
import type { Reserved, ReserveUnits, SettleUnits } from '../../workflows/interventionMessages.ts';

interface Lot {
  readonly unit: string;
  readonly lastDay?: string;
  readonly firstDay?: string;
  readonly bought: number;
  available: number;
}

interface Held {
  readonly lot: Lot;
  units: number;
}

type Reserve = Pick<ReserveUnits, 'key' | 'amounts' | 'validOn' | 'instead'>;
type Settle = Pick<SettleUnits, 'key' | 'reservation' | 'post' | 'forfeit' | 'on'>;

/** Reserves and settles as the ledger does, each key once. */
export class CreditBook {
  readonly lots: Lot[] = [];
  posted: UnitAmounts = NONE;
  forfeited: UnitAmounts = NONE;
  readonly #held = new Map<string, Held[]>();
  readonly #answers = new Map<string, Reserved>();
  readonly #settled = new Set<string>();

  /** Valid from `firstDay` to `lastDay`, where they are given. */
  buy(unit: string, units: number, lastDay?: string, firstDay?: string): this {
    const days = { ...(lastDay === undefined ? {} : { lastDay }), ...(firstDay === undefined ? {} : { firstDay }) };
    this.lots.push({ unit, bought: units, available: units, ...days });
    return this;
  }

  available(unit: string): number {
    return this.lots.reduce((sum, lot) => sum + (lot.unit === unit ? lot.available : 0), 0);
  }

  pending(unit: string): number {
    const held = [...this.#held.values()].flat();
    return held.reduce((sum, { lot, units }) => sum + (lot.unit === unit ? units : 0), 0);
  }

  /** Bought, and where it went: equal whatever happened. */
  sums(unit: string): { bought: number; accounted: number } {
    const bought = this.lots.reduce((sum, lot) => sum + (lot.unit === unit ? lot.bought : 0), 0);
    const gone = unitsIn(this.posted, unit) + unitsIn(this.forfeited, unit);
    return { bought, accounted: this.available(unit) + this.pending(unit) + gone };
  }

  reserve(operation: Reserve): Reserved {
    const before = this.#answers.get(operation.key);
    if (before) return before;
    const answer = this.#reserve(operation);
    if (answer.result === 'done') this.#answers.set(operation.key, answer);
    return answer;
  }

  settle({ key, reservation, post, forfeit, on }: Settle): void {
    if (this.#settled.has(key)) return;
    this.#settled.add(key);
    const held = this.#held.get(reservation);
    if (!held) throw new Error(`nothing is reserved under ${reservation}`);
    const sum = plus(...held.map(({ lot, units }) => ({ [lot.unit]: units })));
    if (!isNone(minus(plus(post, forfeit), sum))) throw new Error('more is settled than reserved');
    const valid = held.filter(({ lot }) => isValid(lot, on));
    if (!isNone(minus(post, plus(...valid.map(({ lot, units }) => ({ [lot.unit]: units })))))) {
      throw new Error(`what is debited was not valid on ${on}`);
    }
    this.#held.delete(reservation);
    this.posted = plus(this.posted, post);
    this.forfeited = plus(this.forfeited, forfeit);
    let gone = plus(post, forfeit);
    for (const { lot, units } of held) {
      const some = Math.min(units, unitsIn(gone, lot.unit));
      gone = minus(gone, { [lot.unit]: some });
      lot.available += units - some;
    }
  }

  #reserve({ key, amounts, validOn, instead }: Reserve): Reserved {
    const back = instead.flatMap((old) => this.#held.get(old) ?? []);
    for (const { lot, units } of back) lot.available += units;
    const takings: Held[] = [];
    let missing = amounts;
    for (const lot of [...this.lots].sort((a, b) => ((a.lastDay ?? '9999') < (b.lastDay ?? '9999') ? -1 : 1))) {
      if (!isValid(lot, validOn)) continue;
      const some = Math.min(lot.available, unitsIn(missing, lot.unit));
      if (some === 0) continue;
      takings.push({ lot, units: some });
      missing = minus(missing, { [lot.unit]: some });
    }
    if (!isNone(missing)) {
      for (const { lot, units } of back) lot.available -= units;
      return { result: 'insufficient', missing };
    }
    for (const old of instead) this.#held.delete(old);
    for (const { lot, units } of takings) lot.available -= units;
    this.#held.set(key, takings);
    const days = takings.flatMap(({ lot }) => lot.lastDay ?? []).sort();
    return days[0] === undefined ? { result: 'done' } : { result: 'done', validUntil: days[0] };
  }
}

function isValid({ firstDay = '', lastDay = '9999' }: Lot, day: string): boolean {
  return firstDay <= day && day <= lastDay;
}
