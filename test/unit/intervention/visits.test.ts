/** Planned visits of modules: their time by the period, and what they deliver. */
import { describe, expect, it } from 'vitest';
import type { InterventionPayloads } from '../../../domain/intervention/events.ts';
import type { InterventionRules } from '../../../domain/intervention/rules.ts';
import { local } from '../../support/businessTime.ts';
import { CreditBook } from '../../support/creditBook.ts';
import { HOSTING, type InterventionLife, openInterventionLife } from '../../support/interventionLife.ts';
import { refusalIn } from '../../support/refusals.ts';

/** A visit of the module on which an hour was worked. */
function worked(module: string, rules: InterventionRules = HOSTING): InterventionLife {
  return openInterventionLife('2026-11-02 10:00', rules, new CreditBook(), module)
    .on('2026-11-02 11:00', 'schedule', { from: local('2026-11-16 09:00'), to: local('2026-11-16 12:00') })
    .on('2026-11-16 10:00', 'logWork', { minutes: 60 });
}

type Completion = InterventionPayloads['complete'];
const DONE = '2026-11-16 10:30';

describe('the end of a visit', () => {
  it.each<[module: string, Completion, wrong: string[]]>([
    ['coordinationDay', { text: 'r' }, ['actionPlan']],
    ['coordinationDay', { text: 'r', qualityIndex: 80 }, ['actionPlan', 'qualityIndex']],
    ['coordinationDay', { text: 'r', actionPlan: 'p', qualityIndex: 80 }, ['qualityIndex']],
    ['preventiveHalfDay', { text: 'r' }, ['qualityIndex']],
    ['preventiveHalfDay', { text: 'r', actionPlan: 'p' }, ['actionPlan', 'qualityIndex']],
    ['preventiveHalfDay', { text: 'r', qualityIndex: 101 }, ['qualityIndex']],
    ['preventiveHalfDay', { text: 'r', qualityIndex: -1 }, ['qualityIndex']],
    ['preventiveHalfDay', { text: 'r', qualityIndex: 79.5 }, ['qualityIndex']],
    ['plannedMaintenance', { text: 'r', actionPlan: 'p', qualityIndex: 1 }, ['actionPlan', 'qualityIndex']],
  ])('of %s with %j is refused: %j', (module, completion, wrong) => {
    const life = worked(module);
    const before = life.state;
    const refusal = refusalIn(() => life.on(DONE, 'complete', completion));
    expect(refusal.type).toBe('ValidationFailed');
    expect(refusal.details.fields?.map(({ path }) => path)).toEqual(wrong);
    for (const path of wrong) expect(refusal.message).toContain(path);
    expect(life.state).toBe(before);
  });

  it('names all that is missing', () => {
    const deliverables = ['report', 'actionPlan', 'qualityIndex'] as const;
    const { terms } = HOSTING;
    const both = { ...terms.allowances.coordinationDay, deliverables } as (typeof terms.allowances)[string];
    const rules = { ...HOSTING, terms: { ...terms, allowances: { coordinationDay: both } } };
    const refusal = refusalIn(() => worked('coordinationDay', rules).on(DONE, 'complete', { text: 'r' }));
    expect(refusal.details.fields?.map(({ path }) => path)).toEqual(['actionPlan', 'qualityIndex']);
  });

  it.each<[module: string, Completion]>([
    ['coordinationDay', { text: 'r', actionPlan: 'p' }],
    ['preventiveHalfDay', { text: 'r', qualityIndex: 0 }],
    ['preventiveHalfDay', { text: 'r', qualityIndex: 100 }],
    ['plannedMaintenance', { text: 'r' }],
  ])('of %s with %j goes to the customer, and is there to be read', (module, completion) => {
    const life = worked(module).on(DONE, 'complete', completion);
    const { text: report, ...more } = completion;
    expect(life.view).toMatchObject({ status: 'done', delivered: { report, ...more } });
    expect(life.mails.at(-1)?.order).toMatchObject({ kind: 'report', ...completion, seconds: 3_600, included: 3_600 });
    const said = life.entries.filter(({ type }) => type === 'completed' || type === 'actionPlanDelivered');
    expect(said.map(({ text }) => text)).toEqual('actionPlan' in more ? ['r', 'p'] : ['r']);
  });

  it('of an intervention that is no visit delivers the report only', () => {
    const approved = openInterventionLife('2026-11-02 10:00', HOSTING, new CreditBook().buy('timeUnit', 16));
    approved
      .on('2026-11-02 10:00', 'sendEstimate', { estimate: 'e', unit: 'timeUnit', units: 4 })
      .on('2026-11-02 10:10', 'approve', { estimate: 'e' })
      .on('2026-11-02 11:00', 'schedule', { from: local('2026-11-16 09:00'), to: local('2026-11-16 10:00') })
      .on('2026-11-16 10:00', 'logWork', { minutes: 20 });
    const refusal = refusalIn(() => approved.on(DONE, 'complete', { text: 'r', actionPlan: 'p' }));
    expect(refusal.details.fields?.map(({ path }) => path)).toEqual(['actionPlan']);
    approved.on(DONE, 'complete', { text: 'r' });
    expect(approved.view.delivered).toEqual({ report: 'r' });
    expect(approved.mails.at(-1)?.order).not.toHaveProperty('included');
  });

  it('of one that an earlier release opened is as it was then', () => {
    const { deliverables: _, ...earlier } = HOSTING.terms.allowances.coordinationDay ?? expect.unreachable();
    const rules = { ...HOSTING, terms: { ...HOSTING.terms, allowances: { coordinationDay: earlier } } };
    expect(worked('coordinationDay', rules).on(DONE, 'complete', { text: 'r' }).view.status).toBe('done');
    const life = worked('coordinationDay', rules).on(DONE, 'complete', { text: 'r', actionPlan: 'p' });
    expect(life.view.delivered).toEqual({ report: 'r', actionPlan: 'p' });
  });
});

describe('time of a module', () => {
  const periodOf = (time: string, module: string, period?: string) =>
    openInterventionLife(time, HOSTING, new CreditBook(), module, period).state.allowance?.period;

  it.each([
    ['2027-02-28 23:59', 'plannedMaintenance', '2027-02'],
    ['2027-03-01 00:00', 'plannedMaintenance', '2027-03'],
    ['2028-02-29 23:59', 'plannedMaintenance', '2028-02'],
    ['2028-03-01 00:00', 'plannedMaintenance', '2028-03'],
    ['2027-12-31 23:59', 'coordinationDay', '2027'],
    ['2028-01-01 00:00', 'coordinationDay', '2028'],
    // The hour that comes twice, and the one that is left out.
    ['2026-10-25 02:30', 'plannedMaintenance', '2026-10'],
    ['2027-03-28 03:30', 'plannedMaintenance', '2027-03'],
  ])('is that of the local period: %s of %s is %s', (time, module, period) => {
    expect(periodOf(time, module)).toBe(period);
  });

  it('is that of the period for which it was opened, however late that was', () => {
    expect(periodOf('2027-03-05 10:00', 'plannedMaintenance', '2027-02')).toBe('2027-02');
  });

  it('goes back to the period from which it came, and into no later one', () => {
    const life = openInterventionLife('2026-11-30 10:00', HOSTING, new CreditBook(), 'plannedMaintenance');
    life.on('2026-11-30 11:00', 'schedule', { from: local('2026-12-02 09:00'), to: local('2026-12-02 10:00') });
    life.on('2026-12-02 09:30', 'logWork', { minutes: 20 }).on('2026-12-02 10:00', 'complete', { text: 'r' });
    expect([...life.allowances]).toEqual([['2026-11', 2_400]]);
  });
});
