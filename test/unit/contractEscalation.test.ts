import { describe, expect, it } from 'vitest';
import { publisherOf } from '../../contracts/publisherOf.ts';
import { escalationTerms, requestTerms, requestWindows } from '../../contracts/requestTerms.ts';
import { anomalySupport } from '../../contracts/templates/anomalySupport.ts';
import { publisherSupport } from '../../contracts/templates/publisherSupport.ts';
import { saasSupport } from '../../contracts/templates/saasSupport.ts';
import { type ContractTerms, type ContractTermsInput, parseTerms } from '../../contracts/terms.ts';
import { dueAfter } from '../../domain/delays.ts';
import { rulesOf } from '../../domain/rules.ts';
import { shortTerms, wholeTerms } from '../../domain/shortTerms.ts';
import { local, said } from '../support/businessTime.ts';

const PARTIES = { customer: 'Distributor', provider: 'Publisher' };

function terms(input: unknown): ContractTerms {
  const parsed = parseTerms(input);
  if (!('terms' in parsed)) throw new Error(JSON.stringify(parsed.errors));
  return parsed.terms;
}

function errors(input: unknown): string[] {
  const parsed = parseTerms(input);
  return 'errors' in parsed ? parsed.errors.map(({ path, message }) => `${path}: ${message}`) : [];
}

const MAPPED = { p1: 'p1', p2: 'p2', p3: 'p3', p4: 'p4' };

/** Family B with one third-party product. */
function saas(product: Partial<NonNullable<ContractTermsInput['products']>['list'][string]>): ContractTermsInput {
  const archive = { name: 'Archive', environment: 'production' as const, publisher: 'Publisher', ...product };
  return saasSupport({ customer: 'Customer', provider: 'Distributor' }, { yearlyFeeCents: 100, products: { archive } });
}

const B_PRIORITIES = Object.keys(terms(saas({})).priorities);
const mapping = Object.fromEntries(B_PRIORITIES.map((name, index) => [name, `p${Math.min(index + 1, 4)}`]));

describe('a contract with a publisher', () => {
  it('chases after 2, 4 and 8 hours of the publisher’s calendar (our reading)', () => {
    const taken = escalationTerms('C1', 1, terms(publisherSupport(PARTIES)));
    // A Friday: the publisher closes at 17:00, and opens again on Monday at 9:00.
    const sent = local('2026-11-20 16:00');
    const windows = requestWindows(terms(publisherSupport(PARTIES)), { from: sent, now: sent });
    const { openings } = rulesOf({ terms: taken, windows });
    const chased = taken.chasers?.after.map((delay) => said(dueAfter(delay, sent, openings)));
    expect(chased).toStrictEqual(['Mon 2026-11-23 10:00', 'Mon 2026-11-23 12:00', 'Mon 2026-11-23 16:00']);
  });

  it('counts P1 and P2 in the platform’s availability (C §4.4.3)', () => {
    expect(escalationTerms('C1', 1, terms(publisherSupport(PARTIES))).countedInAvailability).toStrictEqual([
      'p1',
      'p2',
    ]);
  });

  it('may leave chasing out', () => {
    const { escalation: _, ...silent } = publisherSupport(PARTIES);
    expect(escalationTerms('C1', 1, terms(silent))).not.toHaveProperty('chasers');
  });

  it.each([
    [[{ businessHours: 4 }, { businessHours: 4 }], 'escalation.chasers.after.1: Chasers are of one kind'],
    [[{ businessHours: 4 }, { businessHours: 2 }], 'escalation.chasers.after.1: Chasers are of one kind'],
    [[{ businessHours: 4 }, { businessDays: 2 }], 'escalation.chasers.after.1: Chasers are of one kind'],
    [[{ businessHours: 4, calendar: 'moon' }], 'escalation.chasers.after.0.calendar: There is no calendar'],
    [[], 'escalation.chasers.after'],
  ])('refuses chasers %j', (after, message) => {
    const delays = after.map((delay) => ({ calendar: 'publisher', ...delay }));
    const [found] = errors({ ...publisherSupport(PARTIES), escalation: { chasers: { after: delays } } });
    expect(found).toContain(message);
  });
});

describe('a product with a publisher', () => {
  it('may be escalated under the contract that it names, with the priority that its own means', () => {
    const named = terms(saas({ publisherContract: 'C1', publisherPriorities: mapping }));
    expect(requestTerms('B1', 1, named).publisherContracts).toStrictEqual(['C1']);
    const [first = ''] = B_PRIORITIES;
    expect(publisherOf(named, 'archive', first)).toStrictEqual({ contract: 'C1', priority: 'p1' });
    expect(publisherOf(named, 'other', first)).toBeUndefined();
    const taken = requestTerms('B1', 1, named);
    expect(wholeTerms(shortTerms(taken))).toStrictEqual(taken);
  });

  it('whose terms name no contract adds nothing to what a request takes along', () => {
    for (const input of [saas({}), anomalySupport(PARTIES)]) {
      expect(requestTerms('X1', 1, terms(input))).not.toHaveProperty('publisherContracts');
    }
  });

  it('says which priority of the publisher each of its own means', () => {
    const [first = '', ...others] = B_PRIORITIES;
    expect(errors(saas({ publisherContract: 'C1', publisherPriorities: { [first]: 'p1' } }))).toStrictEqual(
      others.map(
        (name) =>
          `products.list.archive.publisherPriorities.${name}: Say which priority of the publisher this one means.`,
      ),
    );
    expect(errors(saas({ publisherContract: 'C1' }))).toHaveLength(B_PRIORITIES.length);
    expect(errors(saas({ publisherContract: 'C1', publisherPriorities: { ...mapping, nothing: 'p1' } }))[0]).toContain(
      'There is no priority of this name',
    );
    expect(errors(saas({ publisherPriorities: MAPPED }))[0]).toContain('no publisherContract');
  });
});
