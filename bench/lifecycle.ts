/** Full lives per second beside a bare workflow of the same shape, and what a life leaves in its history. */
import { apiWay, bareWay, clientWay, type Way } from './lives.ts';
import type { BenchOptions, Figure } from './report.ts';
import { median } from './report.ts';
import { startServers } from './servers.ts';

const LIVES = 40;
const AT_ONCE = 40;
const AIMS: { readonly [name: string]: number } = {
  'request, saves and mails faked': 0.95,
  'request, PostgreSQL and SMTP': 0.8,
};
const MOST_EVENTS = 110;
const MOST_KB = 20;

/** Runs all ways in turn, as often as asked; ratios are those within one turn. */
export async function lifecycle(options: BenchOptions, report: (message: string) => void): Promise<Figure[]> {
  const lives = options.count ?? LIVES;
  const servers = await startServers(report);
  const ways: Way[] = [];
  try {
    ways.push(await bareWay(servers), await clientWay(servers, 'faked'), await clientWay(servers, 'real'));
    ways.push(await apiWay(servers));
    const measured = ways.map((way) => ({ way, rates: [] as number[], lived: [] as string[] }));
    for (const { way } of measured) {
      await way.prepare(lives * options.runs + 10);
      await rateOf(way, 10);
    }
    for (let run = 1; run <= options.runs; run++) {
      for (const one of measured) {
        const { perSecond, ids } = await rateOf(one.way, lives);
        one.rates.push(perSecond);
        one.lived = ids;
      }
      report(`run ${run}: ${measured.map(({ rates }) => rates.at(-1)?.toFixed(1)).join(' / ')} lives per s`);
    }
    const [bare] = measured;
    const figures: Figure[] = [];
    for (const { way, rates } of measured) figures.push({ what: way.name, value: median(rates), unit: 'lives per s' });
    for (const { way, rates } of measured.slice(1)) {
      const ratio = median(rates.map((rate, run) => rate / (bare?.rates[run] ?? Number.NaN)));
      const aim = AIMS[way.name];
      const judged = aim === undefined ? {} : { aim: `≥ ${aim}`, isMet: ratio >= aim };
      figures.push({ what: `${way.name}, beside bare`, value: ratio, unit: '', ...judged });
    }
    for (const { way, lived } of measured) figures.push(...(await historyOf(way, lived)));
    return figures;
  } finally {
    for (const way of ways) await way.stop();
    await servers.stop();
  }
}

/** Lives so many, some at once. @returns how many a second, and what each came to */
export async function rateOf<T>(
  way: { live(): Promise<T> },
  lives: number,
  atOnce = AT_ONCE,
): Promise<{ perSecond: number; ids: T[] }> {
  const ids: T[] = [];
  let begun = 0;
  const begunAt = performance.now();
  const oneAfterTheOther = async () => {
    while (begun < lives) {
      begun++;
      ids.push(await way.live());
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, lives) }, oneAfterTheOther));
  return { perSecond: (lives * 1_000) / (performance.now() - begunAt), ids };
}

/** The median over a turn's lives: which results come back together differs from life to life. */
async function historyOf({ name, client }: Way, ids: readonly string[]): Promise<Figure[]> {
  const events: number[] = [];
  const kilobytes: number[] = [];
  for (const id of ids.slice(0, 50)) {
    const { historyLength, historySize = Number.NaN } = await client.workflow.getHandle(id).describe();
    events.push(historyLength);
    kilobytes.push(historySize / 1_000);
  }
  const isAimed = name !== 'bare workflow';
  const figure = (what: string, value: number, unit: string, most: number): Figure => ({
    ...{ what: `${name}: ${what}`, value, unit },
    ...(isAimed ? { aim: `≤ ${most}${unit && ` ${unit}`}`, isMet: value <= most } : {}),
  });
  return [
    figure('events of a life', median(events), '', MOST_EVENTS),
    figure('history of a life', median(kilobytes), 'KB', MOST_KB),
  ];
}
