import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CommercialTerms } from '../../contracts/commercial/shape.ts';
import { at, type Family, FIGURES, parsed, withValue } from '../support/commercialTerms.ts';

/** Fields of the schema by dotted path (`*` for a name or a place in a list), each with its description. */
function fieldsOf(schema: unknown, path = ''): [string, string | undefined][] {
  const { properties = {}, additionalProperties, items, anyOf = [], oneOf = [] } = Object(schema);
  const own = Object.entries(Object(properties)).flatMap(([name, field]): [string, string | undefined][] => {
    const where = path === '' ? name : `${path}.${name}`;
    return [[where, Object(field).description], ...fieldsOf(field, where)];
  });
  const named = Object.keys(Object(properties)).map((name) => (path === '' ? name : `${path}.${name}`));
  const open = typeof additionalProperties === 'object' ? fieldsOf(additionalProperties, `${path}.*`) : [];
  const inLists = items ? fieldsOf(items, `${path}.*`) : [];
  const variants = [...anyOf, ...oneOf].flatMap((variant) => fieldsOf(variant, path));
  expect(new Set(named).size).toBe(named.length);
  return [...own, ...open, ...inLists, ...variants];
}

const FIELDS = fieldsOf(z.toJSONSchema(CommercialTerms, { io: 'input' }));

describe('the schema as a document', () => {
  it('describes each field in a sentence', () => {
    expect(FIELDS.length).toBeGreaterThan(200);
    expect(FIELDS.filter(([, description]) => !description?.endsWith('.'))).toEqual([]);
  });

  it('names the clause of each top-level field', () => {
    const top = FIELDS.filter(([path]) => !path.includes('.'));
    expect(top.map(([path]) => path)).toEqual(Object.keys(CommercialTerms.shape));
    expect(top.filter(([, description]) => !/\((A|B|C|D|E)\b.*\)\.$/.test(description ?? ''))).toEqual([]);
  });
});

describe('our readings', () => {
  it.each<[Family, path: string, reading: unknown]>([
    ['A', 'credits.ticket.roundedPer', 'intervention'],
    ['A', 'credits.ticket.validity.lastDay', 'sameDate'],
    ['A', 'credits.ticket.packs.0.price.vatBasisPoints', 2_000],
    ['A', 'interventions.overrun.warnAt', 8_000],
    ['A', 'interventions.cancellation.lost', 'plannedNotYetPerformed'],
    ['A', 'interventions.cancellation.dateChangeCounts', true],
    ['B', 'availability.commitment.penalties.fee', 'yearlyFeeOverTwelve'],
    ['B', 'maintenance.outsideWindows.counts', true],
    ['C', 'availability.countedRequests.from', 'due'],
    ['E', 'credits.timeUnit.rounding', 'startedUnit'],
    ['E', 'credits.timeUnit.roundedPer', 'intervention'],
    ['E', 'invoicing.flatRates.periodsFrom', 'contractStart'],
    ['E', 'invoicing.flatRates.beforeFirstPeriod', 'proRata'],
    ['E', 'recoveryPenalties.perInterruption.keptAtLimit', true],
  ])('%s: %s is %j where the terms are silent', (family, path, reading) => {
    expect(at(parsed(withValue(FIGURES[family], path, undefined)), path)).toEqual(reading);
    expect(descriptionsAt(path).join(' ')).toContain('Our reading');
  });

  it.each<[Family, path: string, reading: unknown]>([
    ['A', 'interventions.cancellation.freeUntil.businessDays', 5],
    ['B', 'availability.commitment.target', 9_950],
    ['B', 'availability.commitment.penalties.consecutivePeriods', 2],
    ['B', 'availability.commitment.penalties.bands.0.upTo', 150],
    ['B', 'availability.commitment.penalties.claim.within.businessDays', 10],
    ['B', 'maintenance.windows.nights.begins', ['mon', 'tue', 'wed', 'thu', 'fri', 'sat']],
    ['C', 'reporting.reviewMeetings.everyMonths', 3],
    ['E', 'credits.halfDay.restIn', 'timeUnit'],
  ])('%s: how %s of %j is read is said with the field', (family, path, figure) => {
    expect(at(parsed(FIGURES[family]), path)).toEqual(figure);
    const parent = path.split('.').slice(0, -1).join('.');
    expect([...descriptionsAt(path), ...descriptionsAt(parent)].join(' ')).toContain('Our reading');
  });

  it.each<[path: string, value: unknown]>([
    ['credits.ticket.roundedPer', 'workLog'],
    ['credits.ticket.validity.lastDay', 'dayBefore'],
    ['interventions.cancellation.lost', 'wholeIntervention'],
    ['interventions.overrun.warnAt', 5_000],
  ])('may be chosen otherwise: %s of %j', (path, value) => {
    expect(at(parsed(withValue(FIGURES.A, path, value)), path)).toEqual(value);
  });
});

/** Descriptions of the fields that a path of terms stands for: a name may be a key of a record. */
function descriptionsAt(path: string): string[] {
  const keys = path.split('.');
  return FIELDS.filter(([field]) => {
    const pattern = field.split('.');
    return pattern.length === keys.length && pattern.every((key, index) => key === '*' || key === keys[index]);
  }).map(([, description]) => description ?? '');
}
