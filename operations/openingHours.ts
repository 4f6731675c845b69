/** `npm run --silent opening-hours`: questions about opening hours on standard input, an answer to each on standard output. */
import process from 'node:process';
import { pipeline } from 'node:stream/promises';
import { linesOf } from './jsonLines.ts';
import { createAnswerer } from './openingQuestions.ts';

const LONGEST_LINE = 1_048_576;

const answer = createAnswerer();

async function* answers(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  for await (const lines of linesOf(input, LONGEST_LINE)) {
    const asked = lines.filter((line) => 'error' in line || line.text.trim() !== '');
    const told = asked.map((line) => ('error' in line ? JSON.stringify({ id: null, ...line }) : answer(line.text)));
    if (told.length > 0) yield `${told.join('\n')}\n`;
  }
}

try {
  await pipeline(process.stdin, answers, process.stdout);
} catch (error) {
  // Who reads the answers has heard enough.
  if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
}
