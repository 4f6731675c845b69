/** How fast the API answers while thousands of requests are open, most of them out of the worker's memory. */
import { startApi, timed } from './api.ts';
import { startWorker } from './lives.ts';
import type { BenchOptions, Figure } from './report.ts';
import { quantile } from './report.ts';
import { startServers } from './servers.ts';

const REQUESTS = 3_000;
const CALLS = 300;
const AT_ONCE = 4;
const CACHED = 600;

/** Acknowledges every n-th request, so that kept and forgotten ones take part; lists with three filters. */
export async function open({ count = REQUESTS }: BenchOptions, report: (message: string) => void): Promise<Figure[]> {
  const servers = await startServers(report);
  const { client, stop } = await startWorker(servers, 'bench-open', 'real', CACHED);
  const api = await startApi(servers, client);
  try {
    const numbers: string[] = [];
    const begun = performance.now();
    await timed(count, 16, async () => {
      numbers.push(await api.open());
      if (numbers.length % 500 === 0) report(`${numbers.length} open`);
    });
    const perSecond = (count * 1_000) / (performance.now() - begun);
    const calls = Math.min(CALLS, count);
    const every = Math.floor(count / calls);
    const acknowledged = await timed(calls, AT_ONCE, (index) =>
      api.post(`/v1/requests/${numbers[index * every]}/acknowledge`, {}),
    );
    const dueBefore = encodeURIComponent(new Date(Date.now() + 86_400_000).toISOString());
    const lists = [
      '/v1/requests?limit=50',
      '/v1/requests?limit=50&status=registered&priority=blocking',
      `/v1/requests?limit=50&breached=false&dueBefore=${dueBefore}`,
    ];
    const listed = await timed(CALLS, AT_ONCE, (index) => api.get(lists[index % lists.length] ?? ''));
    return [
      { what: `${count} requests opened through the API`, value: perSecond, unit: 'per s' },
      ...latencies(`acknowledge, ${AT_ONCE} at a time`, acknowledged),
      ...latencies(`list with filters, ${AT_ONCE} at a time`, listed),
    ];
  } finally {
    api.close();
    await stop();
    await servers.stop();
  }
}

/** The two that are read: the usual one, and the one in a hundred. */
function latencies(what: string, took: readonly number[]): Figure[] {
  return [
    { what: `${what}: p50`, value: quantile(took, 0.5), unit: 'ms' },
    { what: `${what}: p99`, value: quantile(took, 0.99), unit: 'ms' },
  ];
}
