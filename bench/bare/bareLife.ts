/** The same life without any rules: as many Updates, timers and activities as a request has, all empty. */
import { condition, defineUpdate, proxyActivities, setHandler } from '@temporalio/workflow';

/** What the bare life has carried out. */
export interface BareActivities {
  save(): Promise<void>;
  mail(): Promise<void>;
}

export const bareOpen = defineUpdate<void>('open');
export const bareAcknowledge = defineUpdate<void>('acknowledge');
export const bareAsk = defineUpdate<void>('ask');

const { save, mail } = proxyActivities<BareActivities>({ startToCloseTimeout: '10 seconds' });

/** Waits for two commands, sends three reminders and closes. `reminderMs` between the steps. */
export async function bareLife(reminderMs: number): Promise<void> {
  let commands = 0;
  let pending = 0;
  const start = (work: Promise<void>): Promise<void> => {
    pending++;
    return work.then(() => {
      pending--;
    });
  };
  const step = async (): Promise<void> => {
    commands++;
    void start(mail());
    await start(save());
  };
  setHandler(bareOpen, step);
  setHandler(bareAcknowledge, step);
  setHandler(bareAsk, step);

  // The clock that runs until somebody takes the request, and then the next one.
  await condition(() => commands === 2, '1 hour');
  await condition(() => commands === 3, '1 hour');
  for (let reminder = 1; reminder <= 3; reminder++) {
    await condition(() => false, reminderMs);
    await start(mail());
    void start(save());
  }
  await condition(() => false, reminderMs);
  void start(save());
  void start(mail());
  await condition(() => pending === 0);
}
