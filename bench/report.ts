/** What a bench finds, as a table for people and as a file for comparisons. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One figure. `aim` in words; `isMet` is missing where nothing was aimed at. */
export interface Figure {
  readonly what: string;
  readonly value: number | string;
  readonly unit: string;
  readonly aim?: string;
  readonly isMet?: boolean;
}

/** Options of the command line that make a run shorter or longer. */
export interface BenchOptions {
  /** Requests, or lives, of one measurement; each bench has its own number without it. */
  readonly count: number | undefined;
  /** Interleaved repetitions, of which the median counts. */
  readonly runs: number;
}

/** A bench: takes its time, and returns its figures. */
export type Bench = (options: BenchOptions, report: (message: string) => void) => Promise<Figure[]>;

const FOLDER = fileURLToPath(new URL('../.data/bench/', import.meta.url));

/** Prints the table and writes `.data/bench/<name>.json`. */
export function publish(name: string, options: BenchOptions, figures: readonly Figure[]): void {
  const cores = cpus().length;
  console.log(`\n${name}, on ${cores} cores, Node ${process.versions.node}`);
  const rows = figures.map(({ what, value, unit, aim, isMet }) => [
    what,
    `${typeof value === 'number' ? shown(value) : value} ${unit}`.trim(),
    aim === undefined ? '' : `${isMet ? 'met' : 'MISSED'}: ${aim}`,
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const [what = '', value = '', aim = ''] of rows) {
    console.log(`  ${what.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${aim}`.trimEnd());
  }
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `${name}.json`);
  const facts = { name, measuredAt: new Date().toISOString(), node: process.versions.node, cores, options, figures };
  writeFileSync(file, `${JSON.stringify(facts, null, 2)}\n`);
  console.log(`  ${file}`);
}

function shown(value: number): string {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

/** The value below which `share` of the values are; `values` need not be in order. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The middle one. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
