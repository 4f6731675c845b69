/**
 * Doors to interventions and calls without Temporal: the real core and the real activities, one effect after the other. Mails
 * are rendered and stored as the worker does, and handed to a list.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Pool } from 'pg';
import { createHotlineActivities } from '../../activities/hotline.ts';
import { createInterventionMailActivities } from '../../activities/interventionMail.ts';
import { createInterventionActivities } from '../../activities/interventions.ts';
import type { HotlineDoor } from '../../client/hotlineDoor.ts';
import type { InterventionDoor } from '../../client/interventionDoor.ts';
import { interventionInput } from '../../client/interventionInput.ts';
import { Unavailable } from '../../client/unavailable.ts';
import { readHotlineCall } from '../../db/hotlineCalls.ts';
import { readInterventionRow } from '../../db/interventions.ts';
import { announcedVersions, newsIn } from '../../domain/changedHours.ts';
import type { Windows } from '../../domain/events.ts';
import { Refusal } from '../../domain/failures.ts';
import type { InterventionEffect } from '../../domain/intervention/effects.ts';
import type { InterventionEvent } from '../../domain/intervention/events.ts';
import {
  advanceIntervention,
  type InterventionAdvance,
  openIntervention,
} from '../../domain/intervention/intervention.ts';
import type { InterventionId, InterventionResult } from '../../domain/intervention/state.ts';
import { interventionView } from '../../domain/intervention/view.ts';
import { resultOf } from '../../domain/recentCommands.ts';
import { rulesOf } from '../../domain/rules.ts';
import type { TokenKeys } from '../../mail/tokens.ts';
import type { OutgoingMessage } from '../../mail/transport.ts';
import { askCredit } from './creditAnswers.ts';

export const APPROVAL_KEYS: TokenKeys = [{ id: 'k1', key: Buffer.alloc(32, 9) }];

export interface CoreInterventionDoor extends InterventionDoor {
  /** `before`: nothing is done, and it is unavailable; `after`: it is done, and the answer is lost. */
  away: 'before' | 'after' | undefined;
  /** Mails so far, the oldest first. */
  readonly mails: OutgoingMessage[];
  /** Gives the core an event of its own. */
  happen(id: InterventionId, event: InterventionEvent): Promise<void>;
}

export function createCoreInterventionDoor(pool: Pool): CoreInterventionDoor {
  const mails: OutgoingMessage[] = [];
  /** Windows that each was opened with, or told of. */
  const atHand = new Map<InterventionId, Windows>();
  const activities = createInterventionActivities({ pool });
  const environment = new MockActivityEnvironment();
  const { sendInterventionMail } = createInterventionMailActivities({
    pool,
    transport: {
      async send(message) {
        mails.push(message);
        return { result: 'accepted', at: Date.now() };
      },
      close: () => undefined,
    },
    tokenKeys: APPROVAL_KEYS,
    sender: { name: 'Support', domain: 'support.test' },
    staffAlerts: { address: 'staff@support.test', language: 'fr' },
    logger: { warn: () => undefined, error: () => undefined },
    publicUrl: 'http://relance.test',
  });

  async function inputOf(id: InterventionId) {
    const row = await readInterventionRow(pool, id);
    if (!row) throw new Refusal('NotFound', 'There is no such intervention.');
    const input = await interventionInput(pool, row, Date.now());
    return { ...input, windows: atHand.get(id) ?? input.windows };
  }

  /** Saves, then does what else was asked for, until nothing is left. */
  async function settle(id: InterventionId, { state, effects }: InterventionAdvance): Promise<void> {
    const { terms, windows } = await inputOf(id);
    const rules = rulesOf({ terms, windows });
    const calendarVersions = announcedVersions(windows);
    let now = state;
    for (const effect of effects) {
      if (effect.kind !== 'save') continue;
      now = { ...now, pending: now.pending.filter(({ key }) => key !== effect.key) };
      const { key, seq, entries } = effect;
      const view = interventionView(now, rules);
      await activities.saveIntervention({ key, seq, entries, state: now, view, calendarVersions });
    }
    for (const effect of effects) {
      const event = await carryOut(id, effect);
      if (event) await happen(id, event);
    }
  }

  async function carryOut(id: InterventionId, effect: InterventionEffect): Promise<InterventionEvent | undefined> {
    const { state } = await inputOf(id);
    if (!state) throw new Error('nothing was saved');
    const happening = { key: effect.key, at: Date.now(), who: 'system', channel: 'system' } as const;
    switch (effect.kind) {
      case 'save':
      case 'extendWindow':
        return undefined;
      case 'mail': {
        await environment.run(sendInterventionMail, { key: effect.key, intervention: id, order: effect.order });
        return { type: 'mailAccepted', ...happening };
      }
      default:
        return { ...happening, ...(await askCredit(activities, state, effect)) };
    }
  }

  async function happen(id: InterventionId, event: InterventionEvent): Promise<void> {
    const input = await inputOf(id);
    if (!input.state) throw new Error('nothing was saved');
    const rules = rulesOf(input);
    const advance = advanceIntervention(input.state, event, rules);
    const isQuiet = !advance.effects.some(({ kind }) => kind === 'save') && advance.state !== input.state;
    // What waits has changed only: it is saved with the next version in production.
    if (isQuiet)
      await pool.query('UPDATE interventions SET state = $2 WHERE id = $1', [id, JSON.stringify(advance.state)]);
    await settle(id, advance);
  }

  async function yielded(id: InterventionId, commandId: string): Promise<InterventionResult> {
    const { state } = await inputOf(id);
    const result = state && resultOf(state, commandId);
    if (!result) throw new Error(`${commandId} yielded nothing`);
    if (door.away === 'after') throw new Unavailable('Temporal');
    return result;
  }

  const door: CoreInterventionDoor = {
    away: undefined,
    mails,
    happen,
    async open(id) {
      if (door.away === 'before') throw new Unavailable('Temporal');
      const input = await inputOf(id);
      const { open } = input;
      if (open) {
        atHand.set(id, input.windows);
        const event = { ...open, type: 'open', at: Date.now() } as const;
        await settle(id, openIntervention(input, event, rulesOf(input)));
      }
      const row = await readInterventionRow(pool, id);
      return await yielded(id, row?.opening.commandId ?? '');
    },
    async command(id, name, command) {
      if (door.away === 'before') throw new Unavailable('Temporal');
      const { receivedAt, ...rest } = command;
      const now = Date.now();
      const entered = receivedAt === undefined ? {} : { enteredAt: now };
      await happen(id, { ...rest, type: name, at: receivedAt ?? now, ...entered } as unknown as InterventionEvent);
      return await yielded(id, command.commandId);
    },
    async mailBounced(id, { key, order, receivedAt }) {
      await happen(id, { type: 'mailBounced', key, order, at: receivedAt, who: 'system', channel: 'mail' });
      return 'delivered';
    },
    async openingHoursChanged(id, { windows }) {
      if (door.away === 'before') throw new Unavailable('Temporal');
      const input = await inputOf(id);
      const news = newsIn(windows, input.windows);
      if (Object.keys(news).length === 0) return 'delivered';
      atHand.set(id, { ...input.windows, ...news });
      const fact = { type: 'openingHoursChanged', windows: news, at: Date.now() } as const;
      await happen(id, { ...fact, who: 'system', channel: 'system' });
      return 'delivered';
    },
    async creditAdded(id) {
      if (door.away === 'before') throw new Unavailable('Temporal');
      await happen(id, { type: 'creditAdded', at: Date.now(), who: 'system', channel: 'system' });
      return 'delivered';
    },
  };
  return door;
}

/** Calls that end at once when they are told to. */
export function createCoreHotlineDoor(pool: Pool): HotlineDoor {
  const { endHotlineCall, debitHotlineCall } = createHotlineActivities({ pool });
  return {
    begin: async () => undefined,
    async end(id, { at = Date.now() }) {
      const row = await readHotlineCall(pool, id);
      const began = row?.beganAt.getTime() ?? at;
      const seconds = Math.max(1, Math.floor((at - began) / 1_000));
      const outcome = await endHotlineCall({ id, seconds, endedAt: at });
      await debitHotlineCall({ id });
      return outcome;
    },
    creditAdded: async () => 'delivered',
  };
}
