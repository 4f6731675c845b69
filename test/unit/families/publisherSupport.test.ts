import { describe, expect, it } from 'vitest';
import { publisherSupport } from '../../../contracts/templates/publisherSupport.ts';
import { parseTerms } from '../../../contracts/terms.ts';
import { openLife } from '../../support/life.ts';
import { rulesOfTerms } from '../../support/rules.ts';

const PARTIES = { customer: 'Distributor', provider: 'Publisher' };
const RULES = rulesOfTerms(publisherSupport(PARTIES));

describe('distributor and publisher (C)', () => {
  it('has nothing odd', () => {
    expect(parseTerms(publisherSupport(PARTIES))).toMatchObject({ warnings: [] });
  });

  it.each([
    // Our reading: 72 calendar hours, through the weekend.
    ['p1', 'Mon 2026-11-23 16:00'],
    ['p2', 'Thu 2026-11-26 16:00'],
    ['p3', 'Fri 2026-11-27 16:00'],
    ['p4', 'Fri 2026-12-04 16:00'],
  ])('%s is resolved by %s, from the publisher’s acknowledgement (§4.4.3)', (priority, due) => {
    const life = openLife(priority, '2026-11-19 10:00', RULES).until('2026-11-20 15:59');
    expect(life.view.clocks).toEqual([]);
    life.on('2026-11-20 16:00', 'acknowledge', {});
    expect(life.due('resolution')).toBe(due);
    expect(life.clock('resolution')?.commitment).toBe('bestEffort');
    life.until('2026-12-24 10:00');
    expect(life.told).toContain(`${due} clockBreached resolution`);
  });

  it('keeps the publisher’s hours: to 17:30, on Fridays to 17:00 (§4.3.2)', () => {
    const life = openLife('p2', '2026-11-19 17:20', RULES).on('2026-11-19 17:20', 'acknowledge', {});
    // Four business days later the publisher closes at 17:30.
    expect(life.due('resolution')).toBe('Wed 2026-11-25 17:20');
    const friday = openLife('p2', '2026-11-16 17:20', RULES).on('2026-11-16 17:20', 'acknowledge', {});
    expect(friday.due('resolution')).toBe('Fri 2026-11-20 17:00');
  });

  it('a workaround within the delay meets the clock (§4.4.3)', () => {
    const life = openLife('p3', '2026-11-16 10:00', RULES)
      .on('2026-11-16 10:00', 'acknowledge', {})
      .on('2026-11-17 10:00', 'proposeWorkaround', { text: 't' })
      .on('2026-11-18 10:00', 'confirm', {});
    expect(life.clock('resolution')).toMatchObject({ status: 'met' });
    expect(life.state.status).toBe('inProgress');
  });

  it('pauses while the publisher waits for the distributor; P1’s calendar hours by plain time', () => {
    const life = openLife('p1', '2026-11-16 10:00', RULES)
      .on('2026-11-16 10:00', 'acknowledge', {})
      .on('2026-11-16 12:00', 'ask', { text: 't' })
      .on('2026-11-17 12:00', 'answer', {});
    expect(life.due('resolution')).toBe('Fri 2026-11-20 10:00');
  });

  it('is asked by at most four trained people, of whom exactly one is the referent (§4.1.2)', () => {
    const result = parseTerms(publisherSupport(PARTIES));
    expect(result).toMatchObject({ terms: { contacts: { whoMayAsk: 'trainedContacts', atMost: 4, referent: true } } });
    if (!('terms' in result)) return expect.unreachable();
    const clauses = Object.values(result.terms.exclusions).map(({ clause }) => clause);
    expect(clauses.filter((clause) => clause.startsWith('C §4.4.3'))).toHaveLength(12);
    expect(result.terms.priorityScheme).toEqual({ by: 'agreement' });
  });
});
