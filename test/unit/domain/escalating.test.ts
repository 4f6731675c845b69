import { describe, expect, it } from 'vitest';
import { local } from '../../support/businessTime.ts';
import {
  both,
  escalated,
  fix,
  heard,
  known,
  lastReportId,
  RULES,
  TERMS,
  taken,
  tells,
  to,
  workaround,
} from '../../support/escalatedLife.ts';
import { openLife } from '../../support/life.ts';
import { rulesOf } from '../../support/rules.ts';

describe('escalating', () => {
  it('has the escalation begin, tells the customer, and shows it', () => {
    const life = escalated();
    expect(life.state.status).toBe('escalated');
    expect(life.messages).toStrictEqual([
      { kind: 'startEscalation', key: 'request:DA-2026-000001:startEscalation.1:3', n: 1 },
    ]);
    expect(life.mailed.at(-1)).toBe('Mon 2026-11-16 12:00 escalated');
    expect(life.entries.at(-1)).toMatchObject({ type: 'escalated', facts: { escalation: 1, publisher: 'p' } });
    expect(life.view.escalations).toStrictEqual([
      { n: 1, publisher: 'p', contract: 'TEST-C', at: local('2026-11-16 12:00'), status: 'sent' },
    ]);
  });

  it('is possible where the terms name a contract with a publisher, and to that one', () => {
    expect(taken(rulesOf()).view.possible).not.toContain('escalate');
    expect(() => taken(rulesOf()).on('2026-11-16 12:00', 'escalate', to(1))).toThrow('no contract with a publisher');
    expect(taken().view.possible).toContain('escalate');
    expect(() => taken().on('2026-11-16 12:00', 'escalate', to(1, 'p', 'OTHER'))).toThrow('no such contract');
  });

  it('comes after the acknowledgement', () => {
    expect(() => openLife('blocking', '2026-11-16 10:00', RULES).on('2026-11-16 10:01', 'escalate', to(1))).toThrow(
      'Not possible while the request is registered',
    );
  });

  it('of the same number is refused, and nothing is sent twice', () => {
    const life = escalated();
    expect(() => life.on('2026-11-16 13:00', 'escalate', to(1))).toThrow('sent already');
    expect(heard(life)).toStrictEqual(['1 start']);
    for (const n of [0, 1.5]) expect(() => life.on('2026-11-16 13:00', 'escalate', to(n))).toThrow('numbered from 1');
  });

  it('to two publishers at once keeps both', () => {
    const life = both();
    expect(known(life)).toStrictEqual(['1 sent', '2 sent']);
    expect(heard(life)).toStrictEqual(['1 start', '2 start']);
  });

  it('leaves behind what was proposed, answered and not judged', () => {
    const life = taken()
      .on('2026-11-16 11:10', 'proposeFix', { text: 't' })
      .on('2026-11-16 11:20', 'answer', {})
      .on('2026-11-16 12:00', 'escalate', to(1));
    expect(life.state.proposal).toBeUndefined();
    fix(life, '2026-11-17 10:00');
    expect(life.state).toMatchObject({ status: 'waiting', proposal: { escalation: 1 } });
  });

  it('stops the clocks whose terms say so, exactly while the status is escalated', () => {
    const priorities = Object.fromEntries(
      Object.entries(TERMS.priorities).map(([name, priority]) => {
        const { resolution } = priority.clocks;
        if (!resolution) return [name, priority];
        const paused = { ...resolution, pausedWhile: [...resolution.pausedWhile, 'escalated' as const] };
        return [name, { ...priority, clocks: { ...priority.clocks, resolution: paused } }];
      }),
    );
    const life = escalated(rulesOf({ ...TERMS, priorities }));
    expect(life.clock('resolution')?.status).toBe('paused');
    expect(life.clock('workaround')?.status).toBe('running');
    workaround(life, '2026-11-16 15:00');
    expect(life.clock('resolution')?.status).toBe('paused');
    life.on('2026-11-16 16:00', 'confirm', {});
    expect(life.state.status).toBe('escalated');
    tells(life, '2026-11-17 10:00', 1, { what: 'refused', exclusion: 'training' });
    expect(life.state.status).toBe('inProgress');
    expect(life.state.pauses.filter(({ cause }) => cause === 'escalated')).toStrictEqual([
      { cause: 'escalated', from: local('2026-11-16 12:00'), to: local('2026-11-16 15:00') },
      { cause: 'escalated', from: local('2026-11-16 16:00'), to: local('2026-11-17 10:00') },
    ]);
    expect(life.clock('resolution')?.status).toBe('running');
  });
});

describe('while it is escalated', () => {
  it('an answer of the customer stays with the distributor', () => {
    const life = escalated().on('2026-11-16 14:00', 'answer', { channel: 'mail' });
    expect(life.state.status).toBe('escalated');
    expect(heard(life)).toStrictEqual(['1 start']);
  });

  it('the customer may be asked; the answer leads back to escalated, and goes no further', () => {
    const life = escalated();
    tells(life, '2026-11-16 14:00', 1, { what: 'asked', text: 't-question' });
    expect(life.state.status).toBe('escalated');
    expect(known(life)).toStrictEqual(['1 waiting']);
    life.on('2026-11-16 14:30', 'ask', { text: 't' }).until('2026-11-17 14:30');
    expect(life.mailed.at(-1)).toBe('Tue 2026-11-17 14:30 reminder 1');
    life.on('2026-11-17 15:00', 'answer', {});
    expect(life.state.status).toBe('escalated');
    tells(life, '2026-11-17 16:00', 1, { what: 'provided' });
    expect(known(life)).toStrictEqual(['1 inProgress']);
    expect(heard(life)).toStrictEqual(['1 start']);
  });

  it('the acknowledgement is a milestone for the customer; its number is for staff', () => {
    const life = escalated();
    tells(life, '2026-11-16 14:00', 1, { what: 'acknowledged', sr: 'SR-2026-000007' });
    expect(life.entries.slice(-2)).toStrictEqual([
      {
        type: 'publisherAcknowledged',
        at: local('2026-11-16 14:00'),
        who: 'publisher:p1',
        channel: 'system',
        facts: { escalation: 1, sr: 'SR-2026-000007' },
      },
      {
        type: 'escalationAcknowledged',
        at: local('2026-11-16 14:00'),
        who: 'system',
        channel: 'system',
        facts: { escalation: 1 },
      },
    ]);
    expect(life.mails.at(-1)?.order).toStrictEqual({ kind: 'escalationAcknowledged', escalation: 1 });
    expect(life.view.escalations).toMatchObject([{ status: 'acknowledged', sr: 'SR-2026-000007' }]);
  });

  it('a breach of the publisher is a line for staff', () => {
    const life = escalated();
    const mails = life.mails.length;
    tells(life, '2026-11-16 14:00', 1, { what: 'breached', dueAt: local('2026-11-16 13:00') });
    expect(life.entries.at(-1)).toMatchObject({ type: 'publisherBreached', facts: { escalation: 1 } });
    expect(life.mails).toHaveLength(mails);
    expect(life.state.status).toBe('escalated');
  });

  it('a report that arrives twice counts once', () => {
    const life = escalated();
    fix(life, '2026-11-16 14:00');
    const { state } = life;
    tells(life, '2026-11-16 15:00', 1, { what: 'delivered', kind: 'fix', text: 't-fix-1' }, lastReportId());
    expect(life.state).toBe(state);
  });
});
