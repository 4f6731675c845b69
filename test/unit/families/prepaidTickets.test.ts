import { describe, expect, it } from 'vitest';
import { admits, openWays } from '../../../contracts/openingRules.ts';
import { prepaidTickets } from '../../../contracts/templates/prepaidTickets.ts';
import { parseTerms } from '../../../contracts/terms.ts';
import { type ContractType, coverageOf } from '../../../domain/coverage.ts';
import { openedBetween } from '../../../domain/openingHours.ts';
import { local } from '../../support/businessTime.ts';
import { openLife } from '../../support/life.ts';
import { rulesOfTerms } from '../../support/rules.ts';

const PARTIES = { customer: 'Customer', provider: 'Provider' };
const parsed = parseTerms(prepaidTickets(PARTIES));
if (!('terms' in parsed)) throw new Error('the template of family A is invalid');
const { terms, warnings } = parsed;

const COLUMNS: ContractType[] = ['maintenance', 'prepaid', 'applicationMaintenance', 'specificServices', 'training'];

// The 11 × 5 routing table, as the contract draws it.
const TABLE: [string, string][] = [
  ['updateDelivery', '✓----'],
  ['installationHelp', '✓✓✓--'],
  ['installation', '-✓✓✓-'],
  ['updateHelp', '✓✓✓--'],
  ['update', '-✓✓✓-'],
  ['everydayUse', '✓✓✓--'],
  ['softwareError', '✓-✓--'],
  ['usageAdvice', '✓✓✓✓-'],
  ['specificDevelopment', '-✓✓✓-'],
  ['dataRestoration', '-✓✓✓-'],
  ['training', '----✓'],
];

describe('prepaid tickets (A)', () => {
  it('have nothing odd', () => {
    expect(warnings).toEqual([]);
  });

  it('route every kind of request', () => {
    expect(Object.keys(terms.coverage.kinds)).toEqual(TABLE.map(([kind]) => kind));
  });

  describe.each(TABLE)('%s', (kind, row) => {
    const coveredBy = terms.coverage.kinds[kind]?.coveredBy ?? [];

    it.each(COLUMNS.map((type, column) => [type, row[column] === '✓'] as const))('under %s: %s', (type, isCovered) => {
      expect(coverageOf(type, coveredBy).decision === 'covered').toBe(isCovered);
    });

    it('says where it belongs', () => {
      const { decision } = coverageOf('prepaid', coveredBy);
      const expected =
        row[1] === '✓' ? 'covered' : row === '----✓' ? 'training' : row === '---✓-' ? 'quote' : 'otherContract';
      expect(decision).toBe(expected);
    });
  });

  it('are asked for on the portal, by mail only while it is down (art. 1)', () => {
    expect(openWays(terms, false)).toEqual(['portal']);
    expect(openWays(terms, true)).toEqual(['portal', 'mail']);
    expect(admits(terms, 'phone', true)).toBe(false);
  });

  it('keep 8:00–12:00 and 13:00–17:00 and admit closures (art. 1)', () => {
    const rules = rulesOfTerms(prepaidTickets(PARTIES));
    const opened = openedBetween(rules.openings('support'), local('2026-11-16 00:00'), local('2026-11-17 00:00'));
    expect(opened).toEqual({ ms: 8 * 3_600_000 });
    expect(terms.calendars.support?.closuresAdmitted).toBe(true);
  });

  it('promise no delay, and remind of nothing', () => {
    const life = openLife('standard', '2026-11-16 10:00', rulesOfTerms(prepaidTickets(PARTIES)))
      .on('2026-11-16 10:30', 'ask', { text: 't' })
      .until('2027-03-01 10:00');
    expect(life.view.clocks).toEqual([]);
    expect(life.mailed).toEqual(['Mon 2026-11-16 10:00 receipt', 'Mon 2026-11-16 10:30 question']);
  });
});
