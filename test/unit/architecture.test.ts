import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What the files of a folder may import: folders, files, packages (a trailing / takes all below); `node:` is Node's own. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  domain: ['domain/'],
  workflows: ['workflows/', 'domain/', '@temporalio/workflow', '@temporalio/common', 'nexus-rpc'],
  contracts: ['contracts/', 'domain/', 'luxon', 'date-holidays', 'zod', 'node:'],
  mail: ['mail/', 'tracing/spans.ts', 'domain/', 'packages', 'node:'],
  db: ['db/', 'tracing/spans.ts', 'contracts/', 'domain/', 'packages', 'node:'],
  config: ['config/', 'packages', 'node:'],
  client: [
    ...['client/', 'tracing/spans.ts', 'workflows/messages.ts', 'workflows/escalationMessages.ts'],
    ...['workflows/interventionMessages.ts', 'workflows/hotlineMessages.ts', 'workflows/escalationStart.ts'],
    ...['contracts/', 'mail/', 'db/', 'domain/', 'packages', 'node:'],
  ],
  activities: [
    ...['activities/', 'client/escalationInput.ts', 'workflows/messages.ts', 'workflows/escalationMessages.ts'],
    ...['workflows/interventionMessages.ts', 'workflows/hotlineMessages.ts'],
    ...['contracts/', 'mail/', 'db/', 'domain/', 'packages', 'node:'],
  ],
  worker: [
    'worker/',
    'activities/',
    'config/',
    'metrics/',
    'tracing/',
    'workflows/escalationMessages.ts',
    'workflows/escalationStart.ts',
    'workflows/messages.ts',
    'workflows/nexusBoundary.ts',
    'workflows/interventionMessages.ts',
    'workflows/hotlineMessages.ts',
    'workflows/traces.ts',
    'mail/',
    'db/',
    'domain/',
    'packages',
    'node:',
  ],
  relay: [
    ...['relay/', 'client/', 'config/', 'metrics/', 'tracing/', 'workflows/messages.ts'],
    'workflows/escalationMessages.ts',
    ...['contracts/', 'mail/', 'db/', 'domain/', 'packages', 'node:'],
  ],
  api: [
    ...[
      'api/',
      'client/',
      'config/',
      'metrics/',
      'tracing/',
      'workflows/messages.ts',
      'workflows/escalationMessages.ts',
      'workflows/interventionMessages.ts',
    ],
    ...['contracts/', 'mail/', 'db/', 'domain/', 'packages', 'node:'],
  ],
  metrics: ['metrics/', 'db/', 'packages', 'node:'],
  tracing: ['tracing/', 'workflows/messages.ts', 'packages', 'node:'],
  operations: [
    ...['operations/', 'client/', 'config/', 'workflows/messages.ts', 'workflows/escalationMessages.ts', 'worker/'],
    ...['workflows/interventionMessages.ts', 'workflows/hotlineMessages.ts'],
    ...['contracts/', 'db/', 'domain/', 'packages', 'node:'],
  ],
};

const LONGEST_FILE = 350;

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const IMPORTS =
  /(?:^|[;\n])\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** What a file imports: paths from the checkout on, or the names of packages. */
function importsOf({ path, text }: SourceFile): string[] {
  return [...text.matchAll(IMPORTS)].map(([, name, dynamic]) => {
    const specifier = name ?? dynamic ?? '';
    return specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : specifier;
  });
}

function isAllowed(target: string, allowed: readonly string[]): boolean {
  const isPackage = !target.startsWith('node:') && !OUR_FOLDERS.test(target);
  return allowed.some((one) => {
    if (one === 'packages') return isPackage;
    if (one === 'node:' || one.endsWith('/')) return target.startsWith(one);
    return target === one || target.startsWith(`${one}/`);
  });
}

const FOLDERS = Object.keys(MAY_IMPORT);
const OUR_FOLDERS = new RegExp(`^(${[...FOLDERS, 'test', 'scripts', 'bench', '\\.\\.'].join('|')})/`);
const SKIPPED = new Set(['node_modules', '.git', '.data', 'dist']);

function sources(directory: string): SourceFile[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter(({ name }) => !SKIPPED.has(name))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return sources(path);
      if (!/\.(ts|mjs|sql)$/.test(entry.name)) return [];
      return [{ path: relative(ROOT, path), text: readFileSync(path, 'utf8') }];
    });
}

const FILES = sources(ROOT);
const code = FILES.filter(({ path }) => !path.endsWith('.sql'));
const filesOf = (folder: string) => code.filter(({ path }) => path.startsWith(`${folder}/`));

describe('dependencies point one way', () => {
  it.each(FOLDERS)('%s', (folder) => {
    const files = filesOf(folder);
    expect(files, `${folder}/ has no files`).not.toEqual([]);
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => !isAllowed(target, MAY_IMPORT[folder] ?? []))
        .map((target) => `${file.path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('the product imports nothing of tests and scripts', () => {
    const wrong = FOLDERS.flatMap(filesOf).flatMap((file) =>
      importsOf(file)
        .filter((target) => /^(test|scripts|bench)\//.test(target))
        .map((target) => `${file.path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('connections', () => {
  it('to Temporal are made in one place, where they are told how to outlive an outage', () => {
    const made = FOLDERS.flatMap(filesOf).filter(({ text }) => /\bConnection\.lazy\(/.test(text));
    expect(made.map(({ path }) => path)).toEqual(['client/connection.ts']);
  });
});

describe('files', () => {
  it(`have ${LONGEST_FILE} lines at most`, () => {
    const long = FILES.map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length })).filter(
      ({ lines }) => lines > LONGEST_FILE,
    );
    expect(long).toEqual([]);
  });

  it('pass on nothing of others, but for the workflow functions that a worker loads', () => {
    const barrels = code.filter(({ text }) => /^export (?:type )?(?:\*|\{[^}]*\}) .*from /m.test(text));
    expect(barrels.map(({ path }) => path)).toEqual(['workflows/index.ts']);
  });

  it('are not named after nothing', () => {
    const empty = FILES.filter(({ path }) => /(^|\/)(utils?|helpers?|manager|common|misc)(\.|\/)/i.test(path));
    expect(empty.map(({ path }) => path)).toEqual([]);
  });
});

describe('the rule itself', () => {
  it('sees every way of importing', () => {
    const text = [
      "import 'a';",
      "import b from 'b';",
      'import {\n  c,\n  type C,\n} from "c";',
      "import type { D } from './d.ts';",
      "export { e } from '../e/e.ts';",
      "const f = await import('f');",
    ].join('\n');
    expect(importsOf({ path: 'domain/x.ts', text })).toEqual([...['a', 'b', 'c', 'domain/d.ts', 'e/e.ts', 'f']]);
  });

  it('takes a folder for a folder and a package for a package', () => {
    expect(isAllowed('domain/terms.ts', ['domain/'])).toBe(true);
    expect(isAllowed('luxon', ['domain/'])).toBe(false);
    expect(isAllowed('node:fs', ['packages'])).toBe(false);
    expect(isAllowed('api/app.ts', ['packages'])).toBe(false);
    expect(isAllowed('@temporalio/workflow', ['@temporalio/workflow'])).toBe(true);
    expect(isAllowed('workflows/supportRequest.ts', ['workflows/messages.ts'])).toBe(false);
  });
});
