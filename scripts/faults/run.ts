/** `npm run faults`: faults on real processes, each row on a stack of its own. `-- 1 3 --short`: those rows, briefly. */
import { startFaultStack } from './faultStack.ts';
import { needsStack, type Outcome, ROWS, seconds } from './rows.ts';
import { type RowResult, runRow, startRun } from './runRow.ts';

/** More are told one by one. */
const FIGURES_OF_A_LINE = 8;

const given = process.argv.slice(2);
const isShort = given.includes('--short');
const numbers = given.filter((argument) => argument !== '--short').map(Number);
const unknown = numbers.filter((number) => !ROWS.some((row) => row.number === number));
if (unknown.length > 0) {
  console.error(`There is no row ${unknown.join(', ')}. Rows: ${ROWS.map(({ number }) => number).join(', ')}`);
  process.exit(1);
}

for (const row of ROWS.filter(({ number }) => numbers.length === 0 || numbers.includes(number))) {
  console.log(`Row ${row.number}: ${row.title}`);
  if (!needsStack(row)) {
    const outcome = await row.runAlone(isShort);
    console.log(`  ${outcome.figures.join(', ')}`);
    judge(outcome);
    continue;
  }
  row.prepare?.((message) => console.log(`  ${message}`));
  const stack = await startFaultStack(() => undefined);
  const interrupted = () => void stack.stop().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupted);
  try {
    const run = await startRun(stack, isShort);
    console.log(`  fault-free: ${run.livesPerSecond.toFixed(2)} lives/s`);
    show(await runRow(row, run));
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupted);
    await stack.stop();
  }
}
// Connections to a Temporal that was killed are left open: they must not keep this process.
process.exit();

function show({ findings, figures, wrong, late, answers, recoverySeconds }: RowResult): void {
  const { lives, mails, lost, double, different, copies } = findings;
  const isMuch = figures.length > FIGURES_OF_A_LINE || figures.some((one) => one.includes(', '));
  for (const line of isMuch ? figures : [figures.join(', ')]) console.log(`  ${line}`);
  console.log(`  answers ${answers}`);
  console.log(
    `  ${lives} lives, ${mails} mails: lost ${lost.length}, double ${double.length}, different ${different.length}, ` +
      `copies ${copies}, recovered in ${seconds(recoverySeconds * 1_000)}`,
  );
  judge({ wrong, late });
}

function judge({ wrong, late = [] }: Pick<Outcome, 'wrong' | 'late'>): void {
  for (const one of [...wrong.slice(0, 20), ...late.map((one) => `late: ${one}`)]) console.log(`  ✗ ${one}`);
  if (wrong.length + late.length > 0) process.exitCode = 1;
  else console.log('  ✓ as it is to be');
}
