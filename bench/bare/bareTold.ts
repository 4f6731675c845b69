/** What a told request does, without any rules: it waits, and saves after each signal. */
import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

/** What the bare workflow has carried out. */
export interface BareSaving {
  save(): Promise<void>;
}

export const bareTell = defineSignal('tell');

const { save } = proxyActivities<BareSaving>({ startToCloseTimeout: '10 seconds' });

/** Waits for a day; each signal sets another timer, and saves. */
export async function bareTold(): Promise<void> {
  let told = 0;
  setHandler(bareTell, () => {
    told++;
    void save();
  });
  for (;;) {
    const before = told;
    if (!(await condition(() => told > before, '1 day'))) return;
  }
}
