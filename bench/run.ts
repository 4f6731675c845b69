/** `npm run bench [-- <name>… --count N --runs N]`: all benches, or those named. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { type Bench, publish } from './report.ts';

const BENCHES: { readonly [name: string]: () => Promise<Bench> } = {
  'opening-hours': async () => (await import('./openingHours.ts')).openingHours,
  lifecycle: async () => (await import('./lifecycle.ts')).lifecycle,
  memory: async () => (await import('./memory.ts')).memory,
  open: async () => (await import('./open.ts')).open,
  closure: async () => (await import('./closure.ts')).closure,
  escalation: async () => (await import('./escalation.ts')).escalation,
  herd: async () => (await import('./herd.ts')).herd,
  ledger: async () => (await import('./ledger.ts')).ledger,
  'worker-start': async () => (await import('./workerStart.ts')).workerStart,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string' }, runs: { type: 'string', default: '5' } },
});
const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
const options = { count: values.count === undefined ? undefined : Number(values.count), runs: Number(values.runs) };
const isWrong = (value: number | undefined) => value !== undefined && !(Number.isSafeInteger(value) && value > 0);
if (names.some((name) => !(name in BENCHES)) || isWrong(options.count) || isWrong(options.runs)) {
  console.error(`Usage: npm run bench [-- <name>… --count N --runs N]; names: ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}
for (const name of names) {
  const bench = await BENCHES[name]?.();
  if (bench) publish(name, options, await bench(options, (message) => console.log(`  ${name}: ${message}`)));
}
// Connections of clients are left open.
process.exit();
