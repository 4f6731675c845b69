/** Lines of a stream of bytes, bounded: what is too long is dropped as it comes, never gathered. */
import { Buffer } from 'node:buffer';

const LINE_FEED = 0x0a;

/** A line, or why it is none. */
export type Line = { readonly text: string } | { readonly error: string };

/**
 * Splits UTF-8 at line feeds; a last line needs none. A byte order mark and a carriage return at the end are left out. Each
 * chunk yields its lines together, so that their answers can be written together.
 *
 * @param maxBytes Longest line.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<readonly Line[]> {
  let parts: Uint8Array[] = [];
  let length = 0;

  function add(part: Uint8Array): void {
    length += part.length;
    if (length <= maxBytes) parts.push(part);
    else parts = [];
  }

  function taken(): Line {
    const line = length > maxBytes ? { error: `The line is longer than ${maxBytes} bytes.` } : decoded(parts);
    parts = [];
    length = 0;
    return line;
  }

  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let begin = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, begin)) {
      add(chunk.subarray(begin, end));
      lines.push(taken());
      begin = end + 1;
    }
    add(chunk.subarray(begin));
    if (lines.length > 0) yield lines;
  }
  if (length > 0) yield [taken()];
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decoded(parts: readonly Uint8Array[]): Line {
  try {
    const text = utf8.decode(Buffer.concat(parts));
    return { text: text.endsWith('\r') ? text.slice(0, -1) : text };
  } catch {
    return { error: 'The line is not UTF-8.' };
  }
}
