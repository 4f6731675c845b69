/** The connection to Temporal: made at the first call, so that a process starts while Temporal is away. */
import { Client, Connection } from '@temporalio/client';
import { tracedCalls } from './tracedCalls.ts';

/** Where Temporal is. */
export interface TemporalOptions {
  /** host:port */
  readonly address: string;
  readonly namespace: string;
}

/**
 * gRPC's own pauses grow to two minutes: after an outage callers would wait for a server that is back. A connection whose
 * other end has vanished without a word is given up after 20 seconds, not 45; Temporal wants ten between two pings.
 * Milliseconds.
 */
const CHANNEL = {
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.keepalive_time_ms': 15_000,
  'grpc.keepalive_timeout_ms': 5_000,
};

/** A client that connects when it is first used; close `client.connection` at the end. */
export function createTemporalClient({ address, namespace }: TemporalOptions): Client & { connection: Connection } {
  const connection = Connection.lazy({ address, channelArgs: CHANNEL });
  return Object.assign(new Client({ connection, namespace, interceptors: { workflow: [tracedCalls] } }), {
    connection,
  });
}

/** Asks Temporal for the namespace. Throws when it does not answer within `milliseconds`. */
export async function checkTemporal(client: Client, milliseconds = 2_000): Promise<void> {
  await client.withDeadline(Date.now() + milliseconds, () =>
    client.workflowService.describeNamespace({ namespace: client.options.namespace }),
  );
}
