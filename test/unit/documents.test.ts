/** What the documents name is there: routes, commands, variables, files. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AppDependencies, allRoutes } from '../../api/app.ts';
import { knownVariables } from '../../config/environment.ts';
import { createFigures } from '../../metrics/metrics.ts';
import { ROOT } from '../../scripts/stack/places.ts';

const DOCUMENTS = [
  'README.md',
  ...['architecture', 'contracts', 'examples', 'operations', 'time'].map((name) => `docs/${name}.md`),
] as const;

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const texts = DOCUMENTS.map((document) => ({ document, text: read(document) }));
const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts);

/** Nothing of it is called: routes only say what they are. */
const routes = allRoutes({ pool: {} } as AppDependencies);

/** Whether a path, with values or `{names}` in it, is that of a route or leads to some. */
function isServed(path: string, method?: string): boolean {
  const wanted = path.split('/').filter(Boolean);
  return routes.some((route) => {
    const own = route.path.split('/').filter(Boolean);
    const isLongEnough = method === undefined ? own.length >= wanted.length : own.length === wanted.length;
    const fits = wanted.every((part, at) => part === own[at] || own[at]?.startsWith('{') || part.startsWith('{'));
    return isLongEnough && fits && (method === undefined || route.method === method);
  });
}

/** Every match of a pattern's first group, with the document that has it. */
function named(pattern: RegExp): { document: string; name: string }[] {
  return texts.flatMap(({ document, text }) =>
    [...text.matchAll(pattern)].map(([, name]) => ({ document, name: name ?? '' })),
  );
}

describe('the documents', () => {
  it('name routes that are there', () => {
    const paths = named(/(\/v1\/[\w/{}.-]*\w}?)/g).filter(({ name }) => name !== '/v1/traces');
    expect(paths.length).toBeGreaterThan(40);
    expect(paths.filter(({ name }) => !isServed(name))).toEqual([]);
  });

  it('show calls of routes that are there', () => {
    const calls = texts.flatMap(({ text }) => [...text.matchAll(/\b(get|post) \$\w+ ["']?([^\s"'?]+)/g)]);
    expect(calls.length).toBeGreaterThan(20);
    const unknown = calls.filter(([, method, path]) => !isServed(`/v1/${path}`, method));
    expect(unknown.map(([call]) => call)).toEqual([]);
  });

  it('name the commands of package.json, and every one of them', () => {
    const commands = named(/npm run (?:-\S+ )*([\w:-]+)/g);
    expect(commands.filter(({ name }) => !scripts.includes(name))).toEqual([]);
    const all = [...commands.map(({ name }) => name), 'start', 'test'];
    expect(scripts.filter((name) => !all.includes(name))).toEqual([]);
  });

  it('have every variable of the product, and whether it may be given as a file', () => {
    const table = read('README.md').split('## Configuration')[1]?.split('\n\n')[2] ?? '';
    const rows = table.split('\n').slice(2);
    const listed = rows.flatMap((row) => {
      const [, names = ''] = row.split('|');
      const variables = [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? '');
      return names.includes('*') ? variables.flatMap((name) => [name, `${name}_FILE`]) : variables;
    });
    expect(listed.sort()).toEqual(knownVariables().sort());
  });

  it('have every figure that Prometheus reads', async () => {
    const db = { query: () => Promise.reject(new Error('there is none')) };
    const log = { info: () => undefined, warn: () => undefined };
    const shown = await createFigures({ process: 'test', db, log }).metrics();
    const figures = [...shown.matchAll(/^# TYPE relance_(\w+) /gm)].map(([, name]) => name);
    const table = read('docs/operations.md').split('| figure `relance_…` |')[1]?.split('\n\n')[0] ?? '';
    const listed = table.split('\n').flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)]);
    expect(listed.map(([, name]) => name).sort()).toEqual(figures.sort());
  });

  it('lead to files that are there', () => {
    const links = named(/\]\(([^)#:]+)(?:#[^)]*)?\)/g).map(({ document, name }) => join(dirname(document), name));
    const files = named(/`([\w-]+\/[\w/.-]*\.(?:ts|js|yml))`/g)
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('dist/'));
    const paths = [...links, ...files].map(normalize);
    expect(paths.length).toBeGreaterThan(50);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
