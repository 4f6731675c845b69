/** Failed attempts of activities, counted by the worker in which they failed. */
import { Counter, type Registry } from 'prom-client';

/** The counter, and what counts. */
export interface ActivityFailures {
  /** `failure`: a word for why, of which there are few. */
  count(activity: string, failure: string): void;
  /** Has them in these figures. */
  register(registry: Registry): void;
}

/** Starts at nothing with the process. */
export function createActivityFailures(): ActivityFailures {
  const counter = new Counter({
    name: 'relance_activity_failures_total',
    help: 'Attempts of activities that failed, by activity and failure; each is tried again, but for EffectConflict',
    labelNames: ['activity', 'failure'],
    registers: [],
  });
  return {
    count: (activity, failure) => counter.inc({ activity, failure }),
    register: (registry) => registry.registerMetric(counter),
  };
}
