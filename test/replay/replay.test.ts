import { readdirSync, readFileSync } from 'node:fs';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import type { HotlineActivities } from '../../workflows/hotlineMessages.ts';
import type { InterventionActivities } from '../../workflows/interventionMessages.ts';
import { workflowBundle } from '../support/requestWorld.ts';
import { ESCALATED_STORIES } from './escalatedStories.ts';
import { INTERVENTION_STORIES } from './interventionStories.ts';
import { STORIES } from './stories.ts';

interface RecordedEvent {
  readonly eventType: string;
  readonly activityTaskScheduledEventAttributes?: { readonly activityType: { readonly name: string } };
}

/** Every activity that interventions and calls call. */
const CALLED: { readonly [name in keyof InterventionActivities | keyof HotlineActivities]: true } = {
  ...{ saveIntervention: true, sendInterventionMail: true, extendInterventionWindows: true },
  ...{ reserveUnits: true, settleUnits: true, takeAllowance: true, returnAllowance: true },
  ...{ alertAgent: true, endHotlineCall: true, debitHotlineCall: true },
};

const FOLDER = new URL('./histories/', import.meta.url);
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

let bundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  bundle = await workflowBundle();
});

describe('recorded histories', () => {
  it('are there for every story', () => {
    const recorded = new Set(files.map((name) => name.split('.')[0]));
    const stories = [STORIES, ESCALATED_STORIES, INTERVENTION_STORIES].flatMap((each) => Object.keys(each));
    expect([...recorded].sort()).toEqual(stories.sort());
  });

  it.each(Object.keys(ESCALATED_STORIES))('of %s are there of both sides', (name) => {
    expect(files).toEqual(expect.arrayContaining([`${name}.request.1.json`, `${name}.escalation.1.json`]));
  });

  it('of interventions and calls have everything that these workflows do', () => {
    const events = files
      .filter((name) => /\.(intervention|hotline)\./.test(name))
      .flatMap(
        (name) => (JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as { events: RecordedEvent[] }).events,
      );
    const called = events.flatMap((event) => event.activityTaskScheduledEventAttributes?.activityType.name ?? []);
    expect([...new Set(called)].sort()).toEqual(Object.keys(CALLED).sort());
    const types = new Set(events.map(({ eventType }) => eventType.replace('EVENT_TYPE_', '')));
    expect([...types]).toEqual(
      expect.arrayContaining([
        ...['TIMER_STARTED', 'TIMER_CANCELED', 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES', 'WORKFLOW_EXECUTION_SIGNALED'],
        ...[
          'WORKFLOW_EXECUTION_UPDATE_COMPLETED',
          'WORKFLOW_EXECUTION_CONTINUED_AS_NEW',
          'WORKFLOW_EXECUTION_COMPLETED',
        ],
      ]),
    );
  });

  it.each(files)('%s replays on the code of today', async (name) => {
    const history: unknown = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
    await Worker.runReplayHistory({ workflowBundle: bundle }, history);
  });
});
