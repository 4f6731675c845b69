import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Line, linesOf } from '../../operations/jsonLines.ts';

const MOST = 20;

async function read(chunks: readonly (string | Uint8Array)[]): Promise<Line[]> {
  async function* bytes() {
    for (const chunk of chunks) yield typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
  }
  const all: Line[] = [];
  for await (const lines of linesOf(bytes(), MOST)) all.push(...lines);
  return all;
}
const texts = (...all: string[]) => all.map((text) => ({ text }));

describe('lines of a stream', () => {
  it.each([
    ['whole lines', ['a\nb\n'], texts('a', 'b')],
    ['a last one without its end', ['a\nb'], texts('a', 'b')],
    ['lines cut anywhere', ['a', 'b\nc', '\n'], texts('ab', 'c')],
    ['empty ones', ['\n\na\n'], texts('', '', 'a')],
    ['carriage returns', ['a\r\nb\r\n'], texts('a', 'b')],
    ['a byte order mark', ['\uFEFFa\nb\n'], texts('a', 'b')],
    ['letters cut in two', [new Uint8Array([0xc3]), new Uint8Array([0xa9, 0x0a])], texts('é')],
    ['nothing', [], []],
    ['one as long as may be', [`${'a'.repeat(MOST)}\n`], texts('a'.repeat(MOST))],
  ])('%s', async (_, chunks, lines) => {
    expect(await read(chunks)).toEqual(lines);
  });

  it('says what is no line, and goes on', async () => {
    const long = Array.from({ length: 10 }, () => 'a'.repeat(7));
    expect(await read([...long, '\nb\n', new Uint8Array([0xff, 0x0a]), 'c\n', ...long])).toEqual([
      { error: 'The line is longer than 20 bytes.' },
      { text: 'b' },
      { error: 'The line is not UTF-8.' },
      { text: 'c' },
      { error: 'The line is longer than 20 bytes.' },
    ]);
  });
});

describe('npm run --silent opening-hours', () => {
  const command = ['--import', 'tsx', 'operations/openingHours.ts'];
  const start = () =>
    spawn(process.execPath, command, { cwd: fileURLToPath(new URL('../../', import.meta.url)), stdio: 'pipe' });
  const question = (id: number) =>
    JSON.stringify({
      id,
      op: 'isOpen',
      calendar: { timezone: 'Europe/Paris', weekly: { fri: [['09:00', '17:00']] } },
      at: '2026-11-20T10:00',
    });

  it('answers every line in order, also while it is being asked, and ends with its input', async () => {
    const child = start();
    const ended = once(child, 'close');
    child.stdout.setEncoding('utf8');
    let told = '';
    child.stdout.on('data', (text: string) => {
      told += text;
    });
    child.stdin.write(`${question(0)}\n`);
    await once(child.stdout, 'data');
    expect(told).toBe('{"id":0,"result":true}\n');
    const ids = Array.from({ length: 5_000 }, (_, index) => index + 1);
    child.stdin.end(`\n  \r\nnonsense\n${ids.map(question).join('\r\n')}`);
    expect(await ended).toEqual([0, null]);
    const answers = told.trimEnd().split('\n');
    expect(answers[1]).toBe('{"id":null,"error":"The line is no JSON."}');
    expect(answers.slice(2).map((line) => JSON.parse(line).id)).toEqual(ids);
  });

  it('ends quietly when nobody reads on', async () => {
    const child = start();
    const ended = once(child, 'close');
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    child.stdin.on('error', () => undefined);
    child.stdout.once('data', () => child.stdout.destroy());
    child.stdin.end(Array.from({ length: 20_000 }, (_, id) => question(id)).join('\n'));
    expect(await ended).toEqual([0, null]);
    expect(complaints).toBe('');
  });
});
