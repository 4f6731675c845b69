import { describe, expect, it } from 'vitest';
import { productExclusion, requiredFields } from '../../../contracts/openingRules.ts';
import { saasSupport } from '../../../contracts/templates/saasSupport.ts';
import { parseTerms } from '../../../contracts/terms.ts';
import { Refusal } from '../../../domain/failures.ts';
import { priorityOf } from '../../../domain/transitions.ts';
import { local } from '../../support/businessTime.ts';
import { openLife } from '../../support/life.ts';
import { rulesOfTerms } from '../../support/rules.ts';

const PARTIES = { customer: 'Customer', provider: 'Provider' };
const OPTIONS = { yearlyFeeCents: 1_200_000 };
const RULES = rulesOfTerms(saasSupport(PARTIES, OPTIONS));

const terms = (products = {}) => {
  const result = parseTerms(saasSupport(PARTIES, { ...OPTIONS, products }));
  return 'terms' in result ? result.terms : expect.unreachable();
};

describe('SaaS support (B)', () => {
  it('has nothing odd', () => {
    expect(parseTerms(saasSupport(PARTIES, OPTIONS))).toMatchObject({ warnings: [] });
  });

  it.each([
    ['critical', 'high', 'p1High'],
    ['critical', 'medium', 'p1High'],
    ['critical', 'low', 'p2Medium'],
    ['major', 'high', 'p1High'],
    ['major', 'medium', 'p2Medium'],
    ['major', 'low', 'p3Normal'],
    ['normal', 'high', 'p2Medium'],
    ['normal', 'medium', 'p3Normal'],
    ['normal', 'low', 'p3Normal'],
  ])('an urgency %s with an impact %s is %s (§7)', (urgency, impact, priority) => {
    expect(priorityOf(RULES, { urgency, impact })).toBe(priority);
    const life = openLife('p3Normal', '2026-11-16 10:00', RULES);
    life.on('2026-11-16 10:10', 'requalify', { urgency, impact, text: 't' });
    expect(life.state.priority).toBe(priority);
    expect(life.entries.at(-1)?.facts).toStrictEqual({ priority, urgency, impact });
    expect(life.mailed.at(-1)).toBe('Mon 2026-11-16 10:10 requalified');
  });

  it.each<[object, string]>([
    [{ priority: 'p1High' }, 'urgency'],
    [{ priority: 'p1High', urgency: 'major', impact: 'low' }, 'priority'],
    [{ urgency: 'major' }, 'impact'],
    [{ urgency: 'constructor', impact: 'low' }, 'urgency'],
    [{ urgency: 'major', impact: 'toString' }, 'impact'],
  ])('support re-qualifies only to what the matrix yields: not by %j', (qualification, path) => {
    const life = openLife('p3Normal', '2026-11-16 10:00', RULES);
    const before = life.state;
    try {
      life.on('2026-11-16 10:10', 'requalify', { ...qualification, text: 't' });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal);
      expect((error as Refusal).details.fields?.map((field) => field.path)).toEqual([path]);
    }
    expect(life.state).toBe(before);
  });

  it('acknowledges P1 within 8 business hours of its own calendar, firmly (§7)', () => {
    const life = openLife('p1High', '2026-11-16 10:00', RULES);
    // 2 h 30 to 12:30, 3 h 30 to 17:00, 2 h from 8:30 on.
    expect(life.due('acknowledgement')).toBe('Tue 2026-11-17 10:30');
    expect(life.clock('acknowledgement')?.commitment).toBe('firm');
  });

  it.each(['p2Medium', 'p3Normal'])('acknowledges %s within 2 business days, best effort (§7)', (priority) => {
    const life = openLife(priority, '2026-11-19 16:00', RULES);
    expect(life.due('acknowledgement')).toBe('Mon 2026-11-23 16:00');
    expect(life.clock('acknowledgement')?.commitment).toBe('bestEffort');
    expect(life.view.clocks).toHaveLength(1);
  });

  it('does not count the telephone’s hours, which end at noon', () => {
    expect(openLife('p1High', '2026-11-16 12:10', RULES).due('acknowledgement')).toBe('Tue 2026-11-17 13:40');
  });

  it('sends no reminders and closes nothing by silence: waiting has no end', () => {
    const life = openLife('p1High', '2026-11-16 10:00', RULES)
      .on('2026-11-16 10:10', 'ask', { text: 't' })
      .until('2027-01-29 10:00');
    expect(life.state.status).toBe('waiting');
    expect(life.mailed.filter((mail) => mail.includes('reminder'))).toEqual([]);
  });

  it('requires what §7 names: expected behaviour and steps of problems only (our reading)', () => {
    expect(requiredFields(terms(), 'problem')).toEqual([
      'subject',
      'description',
      'observedBehaviour',
      'expectedBehaviour',
      'stepsToReproduce',
    ]);
    expect(requiredFields(terms(), 'question')).toEqual(['subject', 'description', 'observedBehaviour']);
  });

  const product = (more: object) => ({ app: { name: 'Application', environment: 'production', ...more } });
  const current = { version: 5, releasedOn: '2025-11-20' };
  it.each<[string, object, string, string | undefined]>([
    ['production', {}, '2026-11-20 12:00', undefined],
    ['another environment', { environment: 'nonProduction' }, '2026-11-20 12:00', 'nonProduction'],
    [
      'another environment that an annex covers',
      { environment: 'nonProduction', overrides: { clause: 'B annex 1', nonProductionIsCovered: true } },
      '2026-11-20 12:00',
      undefined,
    ],
    ['version n', { version: 5, current }, '2026-11-21 12:00', undefined],
    ['version n−1 on the last day of 12 months', { version: 4, current }, '2026-11-20 23:59', undefined],
    ['version n−1 the day after', { version: 4, current }, '2026-11-21 00:00', 'outdatedVersion'],
    ['version n−2', { version: 3, current }, '2025-11-21 12:00', 'outdatedVersion'],
    [
      'version n−1 that an annex supports for longer',
      { version: 4, current, overrides: { clause: 'B annex 2', supportsPreviousForMonths: 24 } },
      '2027-11-20 12:00',
      undefined,
    ],
  ])('covers a product by its environment and version (§2, §7): %s', (_, more, now, exclusion) => {
    expect(productExclusion(terms(product(more)), 'app', local(now))).toBe(exclusion);
  });

  it('is asked by trained contacts, by the portal alone; the main contact changes by a signed writing (§7, §9)', () => {
    const { contacts, channels } = terms();
    expect(contacts).toMatchObject({ whoMayAsk: 'trainedContacts', atLeast: 1, mainContactChange: 'bySignedWriting' });
    expect(channels).toEqual({
      portal: { opens: 'always' },
      phone: { opens: 'never', hours: 'phone' },
      mail: { opens: 'never' },
    });
  });
});
