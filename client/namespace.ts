/** What the product needs in Temporal: a namespace, and its search attributes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { SEARCH_ATTRIBUTES } from '../workflows/messages.ts';

const RETENTION = '30 days';
const USABLE_WITHIN_MS = 30_000;

/** Registers what is missing of the product's search attributes, and waits until they may be used. */
export async function registerSearchAttributes(address: string, namespace: string): Promise<void> {
  await withConnection(address, async ({ operatorService }) => {
    const missing = async () => {
      const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
      return Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => !(name in customAttributes));
    };
    const types = Object.fromEntries((await missing()).map(([name, type]) => [name, INDEXED_VALUE_TYPES[type]]));
    if (Object.keys(types).length === 0) return;
    await operatorService.addSearchAttributes({ namespace, searchAttributes: types });
    await untilUsable(async () => (await missing()).length === 0, `The search attributes of ${namespace}`);
  });
}

/** Numbers of `temporal.api.enums.v1.IndexedValueType`. */
const INDEXED_VALUE_TYPES = { Keyword: 2, Bool: 5, Datetime: 6 } as const;

/** Makes a namespace with the product's search attributes; returns when both may be used. */
export async function createNamespace(address: string, namespace: string): Promise<void> {
  await withConnection(address, async ({ workflowService }) => {
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs(RETENTION) });
    await untilUsable(() => hasNamespace(address, namespace), `The namespace ${namespace}`);
  });
  await registerSearchAttributes(address, namespace);
}

/** Whether the server answers, and knows the namespace. */
export async function hasNamespace(address: string, namespace: string): Promise<boolean> {
  return await withConnection(address, async ({ workflowService }) => {
    // Asked as a worker or a client would: this goes through the cache of namespaces, unlike describing one.
    await workflowService.listWorkflowExecutions({ namespace, pageSize: 1 });
    return true;
  });
}

async function withConnection<T>(address: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address, connectTimeout: '5 seconds' });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

async function untilUsable(isUsable: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + USABLE_WITHIN_MS;
  while (!(await isUsable().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`${what} cannot be used after ${USABLE_WITHIN_MS / 1_000} seconds.`);
    await sleep(100);
  }
}
