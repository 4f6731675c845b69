import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeTerms, withFields } from '../../scripts/terms/describe.ts';

const page = readFileSync('docs/contracts.md', 'utf8');

it('docs/contracts.md has every field of the terms as the schema has it: npm run terms:describe', () => {
  expect(withFields(page, describeTerms())).toBe(page);
});

it('every field says what it means', () => {
  const silent = describeTerms()
    .split('\n')
    .filter((line) => line.startsWith('| `') && line.endsWith('|  |'));
  expect(silent).toEqual([]);
});

it('every reading names a test that is there', () => {
  const readings = page.slice(page.indexOf('## Readings'), page.indexOf('## Fields'));
  const tests = [...readings.matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path ?? '');
  expect(tests.length).toBeGreaterThan(15);
  expect(tests.filter((path) => !existsSync(path))).toEqual([]);
});
