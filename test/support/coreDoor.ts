/** A door to requests without Temporal: the real core, its saves written to Postgres as the activity writes them. */
import type { Pool } from 'pg';
import type { RequestDoor } from '../../client/requestDoor.ts';
import { ongoingInput, openingInput, termsAndWindows } from '../../client/requestInput.ts';
import { Unavailable } from '../../client/unavailable.ts';
import { readRequestRow } from '../../db/requests.ts';
import { saveRequestState } from '../../db/saveRequest.ts';
import { announcedVersions, newsIn } from '../../domain/changedHours.ts';
import type { CommandName, CommandOf, RequestEvent, Windows } from '../../domain/events.ts';
import { Refusal } from '../../domain/failures.ts';
import { type Advance, advance, openRequest, resultNow } from '../../domain/request.ts';
import { rulesOf } from '../../domain/rules.ts';
import type { CommandResult, RequestState } from '../../domain/state.ts';
import { viewOf } from '../../domain/view.ts';
import type { SupportRequestInput } from '../../workflows/messages.ts';

export interface CoreDoor extends RequestDoor {
  /** `before`: nothing is done, and it is unavailable; `after`: it is done, and the answer is lost. */
  away: 'before' | 'after' | undefined;
  /** Calls of `open` and commands that came this far. */
  readonly calls: string[];
  /** What every call waits for first. */
  gate: Promise<void> | undefined;
  /** Gives the core an event of its own, such as a refused mail. */
  happen(number: string, event: (state: RequestState) => RequestEvent): Promise<void>;
}

export function createCoreDoor(pool: Pool): CoreDoor {
  /** Windows that each request was opened with, or told of. */
  const atHand = new Map<string, Windows>();

  async function stateOf(number: string): Promise<RequestState> {
    const row = await readRequestRow(pool, number);
    if (!row?.state) throw new Refusal('NotFound', 'There is no such request.');
    return row.state;
  }

  async function save(result: Advance, input: SupportRequestInput): Promise<RequestState> {
    let { state } = result;
    for (const effect of result.effects) {
      if (effect.kind !== 'save') continue;
      state = { ...state, pending: state.pending.filter(({ key }) => key !== effect.key) };
      const view = viewOf(state, rulesOf(input));
      const calendarVersions = announcedVersions(input.windows);
      const { key, seq, entries } = effect;
      await saveRequestState(pool, { key, seq, state, view, calendarVersions, entries });
    }
    atHand.set(state.number, input.windows);
    return state;
  }

  async function begun(what: string): Promise<void> {
    door.calls.push(what);
    await door.gate;
    if (door.away === 'before') throw new Unavailable('Temporal');
  }

  function ended<T>(result: T): T {
    if (door.away === 'after') throw new Unavailable('Temporal');
    return result;
  }

  async function happen(number: string, eventOf: (state: RequestState) => RequestEvent): Promise<RequestState> {
    const state = await stateOf(number);
    const input = await ongoingInput(pool, state, Date.now());
    const event = eventOf(state);
    const inForce = event.type === 'amendTerms' ? { ...input, terms: event.terms, windows: event.windows } : input;
    return await save(advance(state, event, rulesOf(inForce)), inForce);
  }

  async function give<T extends CommandName>(number: string, type: T, command: CommandOf<T>): Promise<CommandResult> {
    await begun(type);
    const { receivedAt, ...rest } = command;
    const now = Date.now();
    const entered = receivedAt === undefined ? {} : { enteredAt: now };
    const event = { ...rest, type, at: Math.min(receivedAt ?? now, now), ...entered } as unknown as RequestEvent;
    const state = await happen(number, () => event);
    return ended(resultNow(state, command.commandId));
  }

  const door: CoreDoor = {
    away: undefined,
    calls: [],
    gate: undefined,
    async happen(number, event) {
      await happen(number, event);
    },
    async open(number) {
      await begun('open');
      const row = await readRequestRow(pool, number);
      if (!row) throw new Refusal('NotFound', 'There is no such request.');
      if (row.state) return ended(resultNow(row.state, row.opening.commandId));
      const now = Date.now();
      const input = await openingInput(pool, row, now);
      const { receivedAt, ...open } = row.opening;
      const entered = receivedAt === undefined ? {} : { enteredAt: now };
      const event = { ...open, type: 'open' as const, at: receivedAt ?? now, ...entered };
      const state = await save(openRequest(number, event, rulesOf(input)), input);
      return ended(resultNow(state, open.commandId));
    },
    command: (number, name, command) => give(number, name, command),
    async amendTerms(number, { version, ...meta }) {
      const { contract, registeredAt } = await stateOf(number);
      const terms = await termsAndWindows(pool, contract, version, registeredAt, Date.now());
      return await give(number, 'amendTerms', { ...meta, ...terms });
    },
    async reopen(number, reopening) {
      if (reopening.by === 'report') throw new Error('the core door files no reports');
      const { by, ...payload } = reopening;
      return by === 'answer' ? give(number, 'answer', payload) : give(number, 'reopen', payload as CommandOf<'reopen'>);
    },
    async answer(number, answer) {
      await give(number, 'answer', answer);
      return 'delivered';
    },
    async report(number, report) {
      const { id, at, who } = report;
      await happen(number, () => ({
        type: 'escalationReported',
        report,
        commandId: id,
        at: Math.min(at, Date.now()),
        who,
        channel: 'system',
      }));
      return 'delivered';
    },
    async holdMessage(number, { mail, receivedAt }) {
      await happen(number, () => ({ type: 'holdMessage', mail, at: receivedAt, who: 'system', channel: 'mail' }));
      return 'delivered';
    },
    async dismissMessage(number, { mail, receivedAt, who }) {
      await happen(number, () => ({ type: 'dismissMessage', mail, at: receivedAt, who, channel: 'api' }));
      return 'delivered';
    },
    async mailBounced(number, { key, order, receivedAt }) {
      const fact = { type: 'mailBounced', key, order, at: receivedAt, who: 'system', channel: 'mail' } as const;
      await happen(number, () => fact);
      return 'delivered';
    },
    async openingHoursChanged(number, { windows }) {
      await begun('openingHoursChanged');
      const state = await stateOf(number);
      if (state.status === 'closed') return 'gone';
      const input = await ongoingInput(pool, state, Date.now());
      const held = atHand.get(number) ?? input.windows;
      const news = newsIn(windows, held);
      if (Object.keys(news).length === 0) return ended('delivered');
      const fresh = { ...input, windows: { ...held, ...news } };
      const fact = { type: 'openingHoursChanged', windows: news, at: Date.now() } as const;
      const event: RequestEvent = { ...fact, who: 'system', channel: 'system' };
      await save(advance(state, event, rulesOf(fresh), rulesOf({ ...input, windows: held })), fresh);
      return ended('delivered');
    },
    async read(number) {
      const state = await stateOf(number);
      return viewOf(state, rulesOf(await ongoingInput(pool, state, Date.now())));
    },
  };
  return door;
}
