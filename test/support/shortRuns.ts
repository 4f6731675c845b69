import { rmSync } from 'node:fs';
import { freePorts } from '../../scripts/stack/ports.ts';
import { createProcesses } from '../../scripts/stack/processes.ts';
import { startTemporal } from '../../scripts/stack/temporalServer.ts';
import { createTestDirectory } from './directory.ts';

/** A Temporal server of one's own, in real time. */
export interface ShortRunsServer {
  /** host:port. */
  readonly address: string;
  /** Ends it, and removes its data. */
  stop(): Promise<void>;
}

/** Starts a server on which a run is asked to continue as new after this many events, instead of thousands. */
export async function startShortRuns(events: number): Promise<ShortRunsServer> {
  const directory = createTestDirectory('short-runs');
  const processes = createProcesses(directory, () => {});
  const [port = 0] = await freePorts(1);
  const dynamicConfig = { 'limit.historyCount.suggestContinueAsNew': String(events) };
  const { address } = await startTemporal(processes, { directory, port, dynamicConfig, report: () => {} });
  return {
    address,
    async stop() {
      await processes.stopAll();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
