/** The time-skipping server: started at a path, made ready for the product, its clock moved. */
import { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { SEARCH_ATTRIBUTES } from '../../workflows/messages.ts';

/** The SDK waits five seconds for the server, which a machine that does much else may need for Java alone. */
const ATTEMPTS = 6;

/** A server of its own, found by `findTestServer`; tried again where it started too slowly. */
export async function startTimeSkipping(path: string): Promise<TestWorkflowEnvironment> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await TestWorkflowEnvironment.createTimeSkipping({
        server: { executable: { type: 'existing-path', path } },
      });
    } catch (error) {
      const isSlow = error instanceof Error && error.message.includes('did not start within');
      if (!isSlow || attempt === ATTEMPTS) throw error;
    }
  }
}

/** `IndexedValueType` of Temporal's API. */
const INDEXED = { Keyword: 2, Bool: 5, Datetime: 6 } as const;

/** Registers the product's search attributes. The client is not the environment's own: that skips years while it waits for a result. */
export async function connectTo(env: TestWorkflowEnvironment): Promise<Client> {
  const namespace = env.namespace ?? 'default';
  const attributes = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, INDEXED[type]]);
  await env.connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(attributes),
  });
  return new Client({ connection: env.connection, namespace });
}

/** Moves the server's clock forward to an ISO instant with offset. @throws RangeError: it is past */
export async function goTo(env: TestWorkflowEnvironment, instant: string): Promise<void> {
  const ms = Date.parse(instant) - (await env.currentTimeMs());
  if (ms < 0) throw new RangeError(`${instant} is past`);
  await env.sleep(ms);
  // The server moves its clock only when no task is left: what was due at the instant is done by then.
  await env.sleep(1);
}
