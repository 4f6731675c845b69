/** The door to the schedules by which Temporal opens planned visits: kept as they are to be, or taken away. */
import {
  type Client,
  type Range,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { type ModuleVisits, type VisitTimes, visitScheduleId, visitTimes } from '../domain/visits.ts';
import { type PlannedVisitInput, plannedVisitWorkflowId, REQUEST_TASK_QUEUE } from '../workflows/messages.ts';
import { createPatience, PATIENCE_MS } from './patience.ts';

/** Throws `Unavailable` when Temporal does not answer in time: the same call then does the rest. */
export interface VisitDoor {
  /**
   * Sees to it that the schedule of a module's visits is there and says this. A new one opens the visit of the current period
   * at once; one that was there does so if `isMissing`. Who has paused it has it paused: `paused`, and nothing is opened.
   */
  keep(visits: ModuleVisits, isMissing: boolean): Promise<'created' | 'kept' | 'paused'>;
  /** Takes it away, if it is there. */
  remove(visits: PlannedVisitInput): Promise<void>;
}

/** The door as `verify` has it. */
export interface RepairingVisitDoor extends VisitDoor {
  /** Whether Temporal has a schedule of it, paused or not. */
  isThere(visits: PlannedVisitInput): Promise<boolean>;
}

const WORKFLOW = 'plannedVisit';
const CONTRACT = defineSearchAttributeKey('ContractReference', SearchAttributeType.KEYWORD);
/** What Temporal has missed in this time, because it was away itself, it makes up for when it is back. */
const CATCH_UP = '365 days';

/** Opens the door. */
export function createVisitDoor({
  client,
  patienceMs = PATIENCE_MS,
}: {
  readonly client: Client;
  /** Longest wait for Temporal, milliseconds; 10 seconds without it. */
  readonly patienceMs?: number;
}): RepairingVisitDoor {
  const { patiently } = createPatience(client, patienceMs);

  async function keep(visits: ModuleVisits, isMissing: boolean): Promise<'created' | 'kept' | 'paused'> {
    const options = optionsOf(visits);
    try {
      await client.schedule.create({ ...options, state: { triggerImmediately: true } });
      return 'created';
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    }
    const handle = client.schedule.getHandle(options.scheduleId);
    const found = await handle.describe();
    if (!isAsWanted(found, visitTimes(visits))) {
      const { scheduleId: _, ...updated } = options;
      await handle.update(({ state: { paused, note } }) => ({
        ...updated,
        state: { paused, ...(note ? { note } : {}) },
      }));
    }
    if (found.state.paused) return 'paused';
    if (isMissing) await handle.trigger();
    return 'kept';
  }

  async function remove(visits: PlannedVisitInput): Promise<void> {
    try {
      await client.schedule.getHandle(visitScheduleId(visits)).delete();
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    }
  }

  async function isThere(visits: PlannedVisitInput): Promise<boolean> {
    try {
      await client.schedule.getHandle(visitScheduleId(visits)).describe();
      return true;
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
      return false;
    }
  }

  return {
    keep: (visits, isMissing) =>
      patiently(async () => {
        try {
          return await keep(visits, isMissing);
        } catch (error) {
          // Somebody has deleted it in between.
          if (!(error instanceof ScheduleNotFoundError)) throw error;
          return await keep(visits, isMissing);
        }
      }),
    remove: (visits) => patiently(() => remove(visits)),
    isThere: (visits) => patiently(() => isThere(visits)),
  };
}

function optionsOf(visits: ModuleVisits): ScheduleOptions {
  const { contract, module } = visits;
  const { timezone, ...times } = visitTimes(visits);
  const typedSearchAttributes = new TypedSearchAttributes([{ key: CONTRACT, value: contract }]);
  return {
    scheduleId: visitScheduleId(visits),
    spec: { calendars: [times], timezone },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW,
      workflowId: plannedVisitWorkflowId(visits),
      taskQueue: REQUEST_TASK_QUEUE,
      args: [{ contract, module } satisfies PlannedVisitInput],
      staticSummary: `planned visit · ${contract} · ${module}`,
      typedSearchAttributes,
    },
    // No visit is left out because an earlier one still waits for a worker; the period's row keeps each to one.
    policies: { overlap: ScheduleOverlapPolicy.ALLOW_ALL, catchupWindow: CATCH_UP },
    typedSearchAttributes,
  };
}

/** An update drops what Temporal has missed and not made up for yet: what is as it is to be is left alone. */
function isAsWanted(
  { spec, policies }: ScheduleDescription,
  { timezone, dayOfMonth, month, hour }: VisitTimes,
): boolean {
  const [times, ...others] = spec.calendars ?? [];
  if (!times || others.length > 0 || (spec.intervals ?? []).length > 0 || spec.timezone !== timezone) return false;
  return (
    isRange(times.hour, hour) &&
    isRange(times.dayOfMonth, dayOfMonth) &&
    isRange(times.month, month ?? 'JANUARY', month ?? 'DECEMBER') &&
    policies.overlap === ScheduleOverlapPolicy.ALLOW_ALL
  );
}

function isRange<T>(ranges: readonly Range<T>[], start: T, end = start): boolean {
  const [range, ...others] = ranges;
  return range?.start === start && range.end === end && others.length === 0;
}
