import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { createActivityFailures } from '../../metrics/activityFailures.ts';
import { createFigures } from '../../metrics/metrics.ts';
import { countedActivities } from '../../worker/activityCalls.ts';

const away = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:5432'), { code: 'ECONNREFUSED' });

it.each<[string, unknown, string | undefined]>([
  ['a mail server that defers', ApplicationFailure.retryable('mail not sent yet: 451'), 'notYet'],
  ['a conflict', ApplicationFailure.nonRetryable('another mail', 'EffectConflict'), 'EffectConflict'],
  ['a database that is away', away, 'databaseAway'],
  ['a cancelled attempt', new CancelledFailure('shutdown'), 'cancelled'],
  ['a defect', new TypeError('undefined is not a function'), 'other'],
  [
    'another attempt that is at it',
    ApplicationFailure.create({ message: 'busy', category: ApplicationFailureCategory.BENIGN }),
    undefined,
  ],
])('%s is counted for what it is, and thrown on', async (_name, error, failure) => {
  const failures = createActivityFailures();
  const interceptors = [() => ({ inbound: countedActivities(failures.count) })];
  const environment = new MockActivityEnvironment(
    { activityType: 'sendMail' },
    { interceptors, logger: new DefaultLogger('ERROR') },
  );
  const failing = () => Promise.reject(error);
  await expect(environment.run(failing)).rejects.toBe(error);
  await expect(environment.run(failing)).rejects.toBe(error);
  expect(await environment.run(async () => 'done')).toBe('done');

  const nothing = { query: () => Promise.reject(new Error('no database')) } as never;
  const log = { info: () => undefined, warn: () => undefined };
  const text = await createFigures({ process: 'worker', db: nothing, figures: [failures], log }).metrics();
  const lines = text.split('\n').filter((line) => line.startsWith('relance_activity_failures_total'));
  const expected = `relance_activity_failures_total{activity="sendMail",failure="${failure}",process="worker"} 2`;
  expect(lines).toEqual(failure === undefined ? [] : [expected]);
});
