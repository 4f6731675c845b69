import { describe, expect, it } from 'vitest';
import type { RequestEvent } from '../../../domain/events.ts';
import { nextMoment } from '../../../domain/passing.ts';
import { advance } from '../../../domain/request.ts';
import { local } from '../../support/businessTime.ts';
import { openLife } from '../../support/life.ts';
import { rulesOf } from '../../support/rules.ts';

const taken = () => openLife('blocking', '2026-11-16 10:00').on('2026-11-16 11:00', 'acknowledge', {});

describe('a command', () => {
  it('with a repeated id does nothing and keeps its result', () => {
    const life = taken().on('2026-11-16 12:00', 'note', { text: 't', commandId: 'n1' });
    const { state } = life;
    life.on('2026-11-16 12:30', 'note', { text: 't', commandId: 'n1' });
    expect(life.state).toBe(state);
    expect(state.commands.at(-1)).toStrictEqual({
      id: 'n1',
      result: { number: 'DA-2026-000001', version: 3, at: local('2026-11-16 12:00'), status: 'inProgress' },
    });
  });

  it('with a repeated id is not refused when it has become impossible', () => {
    const life = taken().on('2026-11-16 12:00', 'ask', { text: 't', commandId: 'a1' });
    const { state } = life;
    expect(life.on('2026-11-16 12:01', 'ask', { text: 't', commandId: 'a1' }).state).toBe(state);
  });

  it('is remembered with the forty-nine before it', () => {
    const life = taken();
    for (let n = 0; n < 60; n++) life.on('2026-11-16 12:00', 'note', { text: 't', commandId: `n${n}` });
    expect(life.state.commands).toHaveLength(50);
    expect(life.state.commands[0]?.id).toBe('n10');
  });

  it('is remembered across closing and reopening', () => {
    const life = taken()
      .on('2026-11-16 12:00', 'close', { reason: 'withdrawn', commandId: 'c1' })
      .on('2026-11-16 13:00', 'reopen', { text: 't' });
    const { state } = life;
    expect(life.on('2026-11-16 13:01', 'close', { reason: 'withdrawn', commandId: 'c1' }).state).toBe(state);
  });

  it('that is refused is not remembered', () => {
    const life = taken();
    expect(() => life.on('2026-11-16 12:00', 'resume', { commandId: 'r1' })).toThrow('Not possible');
    expect(life.state.commands.map(({ id }) => id)).not.toContain('r1');
  });
});

describe('the instant of an event', () => {
  it('is when it reached us, and who entered it is kept', () => {
    const life = taken()
      .on('2026-11-16 12:00', 'ask', { text: 't' })
      .on('2026-11-16 17:00', 'answer', {
        at: local('2026-11-16 14:00'),
        channel: 'phone',
        enteredBy: 'staff:a1',
        enteredAt: local('2026-11-16 17:00'),
      });
    expect(life.entries.at(-1)).toMatchObject({
      at: local('2026-11-16 14:00'),
      who: 'contact:c1',
      enteredBy: 'staff:a1',
      enteredAt: local('2026-11-16 17:00'),
    });
    // Two hours of waiting, not five.
    expect(life.due('workaround')).toBe('Wed 2026-11-18 18:00');
  });

  it('never goes back behind the last event', () => {
    const life = taken()
      .on('2026-11-16 15:00', 'note', { text: 't' })
      .on('2026-11-16 16:00', 'proposeFix', { text: 't', at: local('2026-11-16 12:00') });
    expect(life.state.proposal?.at).toBe(local('2026-11-16 15:00'));
    expect(life.state.lastAt).toBe(local('2026-11-16 15:00'));
  });

  it('is not moved up to the late end of an effect', () => {
    const life = taken().on('2026-11-16 12:00', 'ask', { text: 't' });
    const late = { who: 'system', channel: 'system', at: local('2026-11-16 16:00') } as const;
    life.onAwakening('2026-11-16 16:00', 'saved', { ...late, key: 'request:DA-2026-000001:save:3' });
    life.onAwakening('2026-11-16 16:01', 'answer', { at: local('2026-11-16 13:00') });
    expect(life.state.pauses).toStrictEqual([
      { cause: 'waiting', from: local('2026-11-16 12:00'), to: local('2026-11-16 13:00') },
    ]);
  });
});

describe('a version', () => {
  it('is made by every transition that is recorded, and by nothing else', () => {
    const life = taken();
    expect(life.state.seq).toBe(2);
    const idle: RequestEvent = { type: 'time', at: local('2026-11-16 11:30'), who: 'system', channel: 'system' };
    expect(advance(life.state, idle, life.rules)).toStrictEqual({ state: life.state, effects: [] });
    expect(advance(life.state, idle, life.rules).state).toBe(life.state);
  });

  it('waits in the state, with its effects, until they are done', () => {
    const { state } = taken();
    const at = local('2026-11-16 12:00');
    const ask: RequestEvent = { type: 'ask', text: 't', at, who: 'staff:a1', channel: 'api' };
    const asked = advance(state, ask, rulesOf());
    expect(asked.effects.map(({ key }) => key)).toStrictEqual([
      'request:DA-2026-000001:save:3',
      'request:DA-2026-000001:question:3',
    ]);
    expect(new Set(asked.state.pending)).toStrictEqual(new Set(asked.effects));
  });
});

/** A life of every kind of event, step by step. */
const STEPS: [string, RequestEvent['type'], object][] = [
  ['2026-11-16 11:00', 'acknowledge', {}],
  ['2026-11-16 12:00', 'ask', { text: 't1' }],
  ['2026-11-18 12:00', 'answer', { mail: 'm1', channel: 'mail' }],
  ['2026-11-18 13:00', 'requalify', { priority: 'major', text: 't2' }],
  ['2026-11-18 14:00', 'proposeWorkaround', { text: 't3' }],
  ['2026-11-25 14:00', 'confirm', {}],
  ['2026-11-25 15:00', 'requalify', { priority: 'minor', text: 't4' }],
  ['2026-11-25 16:00', 'defer', { text: 't5' }],
  ['2026-12-10 16:00', 'proposeFix', { text: 't6' }],
  ['2026-12-11 16:00', 'confirm', {}],
  ['2026-12-14 16:00', 'answer', { channel: 'phone' }],
  ['2026-12-14 17:00', 'reject', { text: 't7' }],
  ['2026-12-15 09:00', 'requalify', { priority: 'blocking', text: 't8' }],
  ['2026-12-15 10:00', 'ask', { text: 't9' }],
  ['2026-12-28 10:00', 'reopen', { text: 't10' }],
  ['2026-12-28 11:00', 'holdMessage', { mail: 'm2' }],
  ['2026-12-28 12:00', 'close', { reason: 'withdrawn' }],
];

describe('a long life', () => {
  const life = openLife('blocking', '2026-11-16 10:00');
  for (const [time, type, fields] of STEPS) life.on(time, type, fields as never);

  it('is told in one line each, in order of version', () => {
    expect(life.told).toMatchInlineSnapshot(`
      [
        "Mon 2026-11-16 10:00 opened blocking",
        "Mon 2026-11-16 11:00 acknowledged",
        "Mon 2026-11-16 12:00 asked",
        "Tue 2026-11-17 12:00 reminderSent 1",
        "Wed 2026-11-18 12:00 reminderSent 2",
        "Wed 2026-11-18 12:00 answered",
        "Wed 2026-11-18 13:00 requalified major",
        "Wed 2026-11-18 14:00 workaroundProposed",
        "Mon 2026-11-23 14:00 reminderSent 1",
        "Wed 2026-11-25 14:00 confirmed",
        "Wed 2026-11-25 15:00 requalified minor",
        "Wed 2026-11-25 16:00 deferred",
        "Thu 2026-12-10 16:00 fixProposed",
        "Fri 2026-12-11 16:00 confirmed",
        "Mon 2026-12-14 16:00 answered",
        "Mon 2026-12-14 17:00 rejected",
        "Tue 2026-12-15 09:00 requalified blocking",
        "Tue 2026-12-15 10:00 asked",
        "Wed 2026-12-16 10:00 reminderSent 1",
        "Thu 2026-12-17 10:00 reminderSent 2",
        "Fri 2026-12-18 10:00 reminderSent 3",
        "Mon 2026-12-21 10:00 closed noAnswer",
        "Mon 2026-12-28 10:00 reopened",
        "Mon 2026-12-28 11:00 messageHeld",
        "Mon 2026-12-28 12:00 closed withdrawn",
      ]
    `);
  });

  it('holds no field but those known to be free of personal data', () => {
    const names = new Set<string>();
    const texts = new Set<string>();
    const walk = (value: unknown, name: string): void => {
      if (typeof value === 'string') texts.add(value);
      if (Array.isArray(value)) for (const inner of value) walk(inner, name);
      else if (typeof value === 'object' && value !== null) {
        for (const [key, inner] of Object.entries(value)) {
          names.add(key);
          walk(inner, key);
        }
      }
    };
    walk([life.state, life.entries, life.mails], '');
    for (const name of [
      'email',
      'address',
      'phone',
      'subject',
      'body',
      'firstName',
      'lastName',
      'question',
      'reason text',
    ]) {
      expect(names).not.toContain(name);
    }
    // Words of the program, ids and keys: nothing with a space, nothing with an address.
    for (const text of texts) expect(text).toMatch(/^[A-Za-z0-9:._-]+$/);
  });

  it('has a due moment whenever something is to come, and none when closed', () => {
    expect(life.state.status).toBe('closed');
    expect(nextMoment(life.state, life.rules)).toBeUndefined();
  });
});
