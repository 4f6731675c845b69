/** `/healthz`: this process runs. `/readyz`: what it needs answers too. */
import type { Express } from 'express';
import type { Logger } from 'pino';

/** Something the API cannot do without; `check` throws when it is away. */
export interface Need {
  readonly name: 'postgres' | 'temporal';
  check(): Promise<unknown>;
}

/** Longest wait for each, milliseconds. */
const PATIENCE = 2_000;

/** Serves both, for whoever asks: they tell nothing but states. */
export function serveHealth(app: Express, needs: readonly Need[], log: Logger): void {
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.get('/readyz', async (_request, response) => {
    const states = await Promise.all(needs.map(async (need) => [need.name, await stateOf(need, log)] as const));
    const isReady = states.every(([, state]) => state === 'ok');
    if (!isReady) response.set('retry-after', '2');
    response.status(isReady ? 200 : 503).json({ status: isReady ? 'ok' : 'away', ...Object.fromEntries(states) });
  });
}

async function stateOf(need: Need, log: Logger): Promise<'ok' | 'away'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), PATIENCE);
  });
  try {
    await Promise.race([need.check(), late]);
    return 'ok';
  } catch (error) {
    log.warn({ need: need.name, error: error instanceof Error ? error.name : undefined }, 'a need is away');
    return 'away';
  } finally {
    clearTimeout(timer);
  }
}
