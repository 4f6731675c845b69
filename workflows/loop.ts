/** The one loop of a workflow and its one timer, and what its handlers share. The core decides, this waits. */
import { allHandlersFinished, condition, log, workflowInfo } from '@temporalio/workflow';
import type { Happening } from '../domain/events.ts';
import { Refusal } from '../domain/failures.ts';
import { EFFECT_PATIENCE } from './performing.ts';

/** The most `time` events one turn of the loop gives to the core: a bound, far above what can be due at once. */
const TURNS = 200;

type TimeEvent = Happening & { readonly type: 'time' };

/** A shell, as far as the loop needs it. */
interface Looping<M> {
  readonly state: { readonly pending: readonly { readonly kind: string; readonly seq?: number }[] };
  readonly next: M | undefined;
  apply(event: TimeEvent): void;
}

/** What time decides: after every message of this activation, at the workflow's now. */
export function decideWhatIsDue<M extends { readonly what: string; readonly at: number }>(
  shell: Looping<M>,
  number: string,
): void {
  for (let turn = 0; turn < TURNS; turn++) {
    const now = Date.now();
    if ((shell.next?.at ?? Number.POSITIVE_INFINITY) > now) return;
    const before = shell.state;
    shell.apply({ type: 'time', at: now, who: 'system', channel: 'system' });
    if (shell.state === before) break;
  }
  log.error('due moments that nothing decides', { number, what: shell.next?.what });
}

/**
 * Sleeps until the next due moment, the end, or continue-as-new. The same timer serves while the next due moment stays
 * the same; that it fired is a wake-up, not a verdict.
 */
export async function nextTurn<M extends { readonly at: number }>(
  shell: Looping<M>,
  isOver: () => boolean,
  summaryOf: (moment: M) => string,
): Promise<void> {
  const armed = shell.next;
  const awake = () => shell.next?.at !== armed?.at || isOver() || mayContinueAsNew();
  const ms = (armed?.at ?? 0) - Date.now();
  // What is due and was not decided waits for a message: a timer would find the same, again and again.
  if (!armed || ms <= 0) return await condition(awake);
  // What is under way wakes us before that, and mostly moves it: a timer now would only be cancelled.
  const isFar = () => shell.state.pending.length > 0 && armed.at - Date.now() > EFFECT_PATIENCE;
  if (isFar()) return await condition(() => awake() || !isFar());
  await condition(awake, ms, { summary: summaryOf(armed) });
}

/** When the history has grown long and no message is half handled. */
export function mayContinueAsNew(): boolean {
  return workflowInfo().continueAsNewSuggested && allHandlersFinished();
}

/** What the relay tells: nobody's command, by mail. */
export function fact<T extends object>(
  event: T,
  receivedAt: number,
): T & { at: number; who: 'system'; channel: 'mail' } {
  return { ...event, at: Math.min(receivedAt, Date.now()), who: 'system', channel: 'mail' };
}

/** A fact that the state refuses is logged: signals have nobody to answer to. */
export function note<E extends { readonly type: string }>(
  shell: { readonly state: { readonly status: string }; apply(event: E): void },
  event: E,
): void {
  try {
    shell.apply(event);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    log.warn('fact refused', { type: event.type, status: shell.state.status });
  }
}

/** Waits until everything up to this version is committed. */
export async function saved(shell: Pick<Looping<unknown>, 'state'>, version: number): Promise<void> {
  await condition(
    () => !shell.state.pending.some(({ kind, seq }) => kind === 'save' && seq !== undefined && seq <= version),
  );
}
