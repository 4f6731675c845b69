/** A mail server that defers, hangs up, is away, and refuses one address for good. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { storeContact } from '../../db/contracts.ts';
import { until } from '../../test/support/until.ts';
import type { FaultStack } from './faultStack.ts';
import type { SinkMode } from './mailSink.ts';
import { callUntilAnswered, type Journal, openingOf } from './traffic.ts';

interface Outcome {
  readonly wrong: readonly string[];
  readonly figures: readonly string[];
}

/** Of the demonstration: the reconciler looks at lives that nothing refuses. */
const OTHER_CONTRACT = 'DEMO-SECONDS';
const TROUBLES: readonly { readonly mode: SinkMode; readonly ms: number }[] = [
  { mode: 'deferring', ms: 120_000 },
  { mode: 'cutting', ms: 30_000 },
  { mode: 'away', ms: 60_000 },
];
const SHORT_MS = 2_000;

/** One trouble after the other, then a refusal for good. */
export async function troubleMailServer(stack: FaultStack, journal: Journal, isShort: boolean): Promise<Outcome> {
  const figures: string[] = [];
  for (const { mode, ms } of TROUBLES) {
    const before = stack.sink.troubled();
    await stack.sink.play(mode);
    await sleep(isShort ? SHORT_MS : ms);
    figures.push(`${mode} ${mode === 'away' ? '' : `${stack.sink.troubled() - before} times`}`.trim());
  }
  await stack.sink.play('taking');
  return { wrong: await refuseForGood(stack, journal), figures: [...figures, 'one address refused'] };
}

/** A refused address becomes a task that the API shows; once it is right, mail goes there. */
async function refuseForGood(stack: FaultStack, journal: Journal): Promise<string[]> {
  const contact = `refused-${randomUUID()}`;
  await storeContact(stack.pool, {
    id: contact,
    contract: OTHER_CONTRACT,
    name: 'Lou Fictive',
    email: `${contact}@customer.example`,
    language: 'en',
    trained: true,
  });
  const body = { ...openingOf('Refused'), contract: OTHER_CONTRACT, contact };
  const opened = await callUntilAnswered(stack, journal, '/v1/requests', body);
  const { number } = JSON.parse(opened?.text ?? '{}') as { number: string };
  const path = `/v1/requests/${number}`;
  await callUntilAnswered(stack, journal, `${path}/ask`, { text: 'Which version is it?' });
  const isVisible = await met(async () => {
    const response = await fetch(`${stack.api}${path}`, { headers: { authorization: `Bearer ${stack.token}` } });
    const { tasks } = (await response.json()) as { tasks: { kind: string }[] };
    return tasks.some(({ kind }) => kind === 'correctAddress');
  });
  if (!isVisible) return [`${number}: its address was refused, and no task says so`];
  await callUntilAnswered(stack, journal, `${path}/correctAddress`, { email: `right-${contact}@customer.example` });
  const isSent = await met(async () => {
    const { rowCount } = await stack.pool.query(
      "SELECT FROM outbound_mails WHERE number = $1 AND address LIKE 'right-%' AND status = 'accepted'",
      [number],
    );
    return rowCount !== 0;
  });
  return isSent ? [] : [`${number}: its address was corrected, and no mail went there`];
}

async function met(condition: () => Promise<boolean>): Promise<boolean> {
  return await until(condition, { timeoutMs: 30_000, everyMs: 200 }).then(
    () => true,
    () => false,
  );
}
