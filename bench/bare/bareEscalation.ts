/** An escalated life without any rules: a parent and a child with as many Updates, signals and activities, all empty. */
import {
  condition,
  defineSignal,
  defineUpdate,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';

/** What the bare life has carried out. */
export interface BareEscalationActivities {
  save(): Promise<void>;
  mail(): Promise<void>;
  prepare(): Promise<void>;
}

export const bareCommand = defineUpdate<void, [string]>('command');
export const bareReport = defineSignal<[string]>('report');
export const bareVerdict = defineSignal<[string]>('verdict');

const { save, mail, prepare } = proxyActivities<BareEscalationActivities>({ startToCloseTimeout: '10 seconds' });

/** Id of a bare request's child. */
export function bareChildId(parent: string): string {
  return `${parent}:1`;
}

/** What is under way, so that a workflow ends only when nothing is. */
function work() {
  let pending = 0;
  return {
    start(done: Promise<unknown>): Promise<void> {
      pending++;
      return done.then(() => {
        pending--;
      });
    },
    isDone: () => pending === 0,
  };
}

/** Opened, acknowledged, escalated; told of the acknowledgement and of the fix; confirmed, which is told to the child. */
export async function bareEscalated(): Promise<void> {
  const { workflowId } = workflowInfo();
  const { start, isDone } = work();
  let isOver = false;
  let commands = 0;
  const step = async (): Promise<void> => {
    void start(mail());
    await start(save());
  };
  setHandler(bareCommand, async (name) => {
    commands++;
    if (name === 'escalate') {
      const child = bareChildId(workflowId);
      const parentClosePolicy = ParentClosePolicy.ABANDON;
      void start(prepare().then(() => startChild(bareEscalation, { workflowId: child, parentClosePolicy })));
    }
    if (name === 'confirm') {
      isOver = true;
      void start(getExternalWorkflowHandle(bareChildId(workflowId)).signal(bareVerdict, 'accepted'));
    }
    await step();
  });
  setHandler(bareReport, () => void step());
  // The clocks that run until somebody takes the request, and then until it is done.
  await condition(() => commands >= 2, '1 hour');
  await condition(() => isOver, '1 hour');
  await condition(isDone);
}

/** Sent; acknowledged and a fix delivered, each told to the parent; accepted. */
export async function bareEscalation(): Promise<void> {
  const parent = workflowInfo().parent?.workflowId ?? '';
  const { start, isDone } = work();
  let commands = 0;
  let isOver = false;
  setHandler(bareCommand, async (name) => {
    commands++;
    void start(getExternalWorkflowHandle(parent).signal(bareReport, name));
    await start(save());
  });
  setHandler(bareVerdict, () => {
    isOver = true;
    void start(mail());
    void start(save());
  });
  void start(mail());
  void start(save());
  // Until it is acknowledged it would be chased; from then on its clock runs.
  await condition(() => commands >= 1, '1 hour');
  await condition(() => isOver, '1 hour');
  await condition(isDone);
}
