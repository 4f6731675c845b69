/** What the demonstration compares: each figure against the terms, each mail against the step that ordered it. */
import { Client, Connection } from '@temporalio/client';
import type { Stack } from './stack.ts';

/** Collects what differs; the demonstration fails when anything does. */
export interface Checks {
  /** `tolerance` in milliseconds, for instants that a machine needs time to reach; none where a rule gives them exactly. */
  instant(what: string, seen: number, expected: number, tolerance?: number): void;
  same(what: string, seen: unknown, expected: unknown): void;
  readonly passed: number;
  readonly failed: readonly string[];
}

/** Checks that are told as they are made. */
export function createChecks(say: (line: string) => void): Checks {
  const failed: string[] = [];
  let passed = 0;
  const settle = (what: string, ok: boolean, detail: string) => {
    if (ok) passed++;
    else failed.push(`${what}: ${detail}`);
    say(`      ${ok ? '✓' : '✗'} ${what}${ok ? '' : `: ${detail}`}`);
  };
  return {
    instant(what, seen, expected, tolerance = 0) {
      const late = seen - expected;
      settle(what, late >= 0 && late <= tolerance, `${late} ms off, ${tolerance} ms allowed`);
    },
    same(what, seen, expected) {
      const [a, b] = [JSON.stringify(seen), JSON.stringify(expected)];
      settle(what, a === b, `${a} instead of ${b}`);
    },
    get passed() {
      return passed;
    },
    failed,
  };
}

/** Everything that a run's history holds as text: payloads are decoded, so that nothing hides in base64. */
export async function historyText(stack: Stack, workflowId: string): Promise<{ text: string; events: number }> {
  const connection = await Connection.connect({ address: stack.temporalAddress });
  try {
    const client = new Client({ connection, namespace: stack.temporalNamespace });
    const history = await client.workflow.getHandle(workflowId).fetchHistory();
    const events = history.events ?? [];
    const text = JSON.stringify(events, (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : asText(value),
    );
    return { text, events: events.length };
  } finally {
    await connection.close();
  }
}

/** Buffers reach a JSON replacer already turned into their own JSON form. */
function asText(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('data' in value)) return value;
  return value.type === 'Buffer' && Array.isArray(value.data)
    ? Buffer.from(value.data as number[]).toString('utf8')
    : value;
}
