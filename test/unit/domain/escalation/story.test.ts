import { describe, expect, it } from 'vitest';
import { local } from '../../../support/businessTime.ts';
import { ESCALATION, sendLife } from '../../../support/escalationLife.ts';

const taken = (priority = 'p2') => sendLife(priority, '2026-11-16 10:00').on('2026-11-16 11:00', 'acknowledge');

describe('the SR (C §4.4.3)', () => {
  it('is issued at the acknowledgement, with who sent and who received it, when, and its priority', () => {
    const life = taken();
    expect(life.view.sr).toEqual({
      number: 'SR-2026-000001',
      issuedBy: 'distributor',
      at: local('2026-11-16 11:00'),
      sentBy: 'contact:ref1',
      receivedBy: 'publisher:p1',
      priority: 'p2',
    });
    expect(life.reports).toEqual([
      {
        id: `${ESCALATION.id}:report.acknowledged:2`,
        n: 1,
        at: local('2026-11-16 11:00'),
        who: 'publisher:p1',
        what: 'acknowledged',
        sr: 'SR-2026-000001',
      },
    ]);
  });
});

describe('the priority (C §4.4.2)', () => {
  const deadline = (life: ReturnType<typeof sendLife>) => [life.view.priority, life.due];

  it('is confirmed as it was proposed', () => {
    const life = taken().on('2026-11-16 12:00', 'confirmPriority');
    expect(life.view.priorities).toMatchObject({
      proposed: { priority: 'p2', who: 'staff:a1' },
      agreed: { priority: 'p2', who: 'publisher:p1' },
    });
  });

  it('the higher of the two counts until they agree', () => {
    const life = taken('p2').on('2026-11-16 12:00', 'contestPriority', { priority: 'p4', text: 't-lower' });
    expect(deadline(life)).toEqual(['p2', 'Fri 2026-11-20 11:00']);
    expect(life.mails.at(-1)?.order).toEqual({
      kind: 'publisherTask',
      task: 'settlePriority',
      priority: 'p4',
      text: 't-lower',
    });
    life.on('2026-11-16 14:00', 'agreePriority', { who: 'staff:a1' });
    expect(deadline(life)).toEqual(['p4', 'Mon 2026-11-30 11:00']);
    expect(life.view).toMatchObject({
      tasks: [],
      priorities: { proposed: { priority: 'p2' }, contested: { priority: 'p4' }, agreed: { priority: 'p4' } },
    });
    expect(life.mails.at(-1)?.order).toEqual({ kind: 'priority', priority: 'p4', agreed: true });
  });

  it('a higher one that the publisher names counts at once', () => {
    const life = taken('p3').on('2026-11-16 12:00', 'contestPriority', { priority: 'p1' });
    expect(deadline(life)).toEqual(['p1', 'Thu 2026-11-19 11:00']);
  });

  it('the distributor proposes again, and the publisher gives in', () => {
    const life = taken('p2').on('2026-11-16 12:00', 'contestPriority', { priority: 'p4' });
    life.on('2026-11-16 13:00', 'proposePriority', { priority: 'p3', text: 't-third', who: 'staff:a1' });
    expect(life.view).toMatchObject({ priority: 'p3', tasks: [] });
    expect(life.mails.at(-1)?.order).toEqual({ kind: 'priority', priority: 'p3', agreed: false, text: 't-third' });
    life.on('2026-11-16 14:00', 'confirmPriority');
    expect(life.view).toMatchObject({ priority: 'p3', priorities: { agreed: { priority: 'p3' } } });
  });

  it('to propose what the publisher said is to agree', () => {
    const life = taken('p2').on('2026-11-16 12:00', 'contestPriority', { priority: 'p4' });
    life.on('2026-11-16 13:00', 'proposePriority', { priority: 'p4', who: 'staff:a1' });
    expect(life.view.priorities.agreed).toMatchObject({ priority: 'p4', who: 'staff:a1' });
  });

  it('once agreed, nobody lowers it alone; a higher one counts at once', () => {
    const life = taken('p2').on('2026-11-16 12:00', 'confirmPriority');
    life.on('2026-11-16 13:00', 'proposePriority', { priority: 'p4', who: 'staff:a1' });
    expect(life.view.priority).toBe('p2');
    life.on('2026-11-16 14:00', 'proposePriority', { priority: 'p1', who: 'staff:a1' });
    expect(life.view.priority).toBe('p1');
    expect(life.view.priorities.agreed).toBeUndefined();
  });

  it('what is named already is refused, and nothing changes', () => {
    const life = taken('p2');
    const { seq } = life.state;
    expect(() => life.on('2026-11-16 12:00', 'contestPriority', { priority: 'p2' })).toThrow('confirm it');
    expect(() => life.on('2026-11-16 12:00', 'proposePriority', { priority: 'p2' })).toThrow('proposed already');
    expect(life.state.seq).toBe(seq);
  });

  it('a budget that is used up by the change is due at the change', () => {
    const life = taken('p4').on('2026-11-26 10:00', 'proposePriority', { priority: 'p2', who: 'staff:a1' });
    expect(life.view.breached).toBe(false);
    expect(life.due).toBe('Thu 2026-11-26 10:00');
    life.until('2026-11-26 10:01');
    expect(life.entries.at(-1)).toMatchObject({
      type: 'clockBreached',
      facts: { dueAt: local('2026-11-26 10:00'), because: 'budgetChanged' },
    });
  });

  it('what turns out to be minor does not count as late any more', () => {
    const life = taken('p2').on('2026-11-16 12:00', 'contestPriority', { priority: 'p4' }).until('2026-11-23 10:00');
    expect(life.view.late).toBeDefined();
    life.on('2026-11-23 10:00', 'agreePriority', { who: 'staff:a1' });
    expect(life.view).toMatchObject({ breached: true, priority: 'p4' });
    expect(life.view.late).toBeUndefined();
  });
});

describe('what the request hears', () => {
  it('each thing once, in order', () => {
    const life = taken().on('2026-11-16 11:30', 'startWork').on('2026-11-16 12:00', 'ask');
    life.on('2026-11-16 14:00', 'provide', { who: 'staff:a1' }).on('2026-11-16 15:00', 'deliverWorkaround');
    life.judged('2026-11-17 10:00', { what: 'rejected', kind: 'workaround' });
    life.on('2026-11-17 11:00', 'refuse', { exclusion: 'travel', text: 't-quote' });
    expect(life.reports.map(({ what }) => what)).toEqual(['acknowledged', 'asked', 'provided', 'delivered', 'refused']);
    expect(new Set(life.reports.map(({ id }) => id)).size).toBe(5);
    expect(life.state.pending).toEqual([]);
    expect(life.view).toMatchObject({ status: 'refused', tasks: [{ kind: 'quote' }], ended: { exclusion: 'travel' } });
    life.on('2026-11-17 12:00', 'settleTask', { task: 'quote', who: 'staff:a1' });
    expect(life.view.tasks).toEqual([]);
  });

  it('of what it said itself, nothing', () => {
    const life = taken().judged('2026-11-16 12:00', { what: 'withdrawn', text: 't-over' });
    expect(life.view.status).toBe('withdrawn');
    expect(life.reports.map(({ what }) => what)).toEqual(['acknowledged']);
    expect(life.mails.at(-1)?.order).toEqual({ kind: 'withdrawn', text: 't-over' });
  });

  it('of a withdrawal on the escalation itself, that', () => {
    const life = taken().on('2026-11-16 12:00', 'withdraw', { who: 'staff:a1' });
    expect(life.reports.at(-1)).toMatchObject({ what: 'withdrawn', who: 'staff:a1' });
  });
});

describe('a verdict', () => {
  it('that is told twice counts once', () => {
    const life = taken().on('2026-11-16 12:00', 'deliverFix');
    life.judged('2026-11-16 13:00', { what: 'rejected', kind: 'fix' }, 'v1');
    life.on('2026-11-16 14:00', 'deliverFix');
    life.judged('2026-11-16 15:00', { what: 'rejected', kind: 'fix' }, 'v1');
    expect(life.view.status).toBe('resolved');
  });

  it('on what is not there, or after the end, changes nothing', () => {
    const life = taken();
    const { state } = life;
    life.judged('2026-11-16 12:00', { what: 'rejected', kind: 'fix' });
    life.judged('2026-11-16 12:00', { what: 'accepted', kind: 'workaround', ends: false });
    expect(life.state).toBe(state);
    life.judged('2026-11-16 13:00', { what: 'withdrawn' });
    const over = life.state;
    life.judged('2026-11-16 14:00', { what: 'withdrawn' });
    expect(life.state).toBe(over);
  });
});

describe('a message that names no intent', () => {
  it('acknowledges nothing; a person looks at it', () => {
    const life = sendLife('p2', '2026-11-16 10:00').on('2026-11-16 11:00', 'holdMessage', { mail: 'm1' });
    life.on('2026-11-16 11:01', 'holdMessage', { mail: 'm1' });
    expect(life.view).toMatchObject({ status: 'sent', tasks: [{ kind: 'lookAtMessage', mail: 'm1' }] });
    expect(life.view.acknowledgedAt).toBeUndefined();
    life.on('2026-11-16 12:00', 'dismissMessage', { mail: 'm1', who: 'staff:a1' });
    expect(life.view.tasks).toEqual([]);
  });

  it('is done with when it is filed as a note', () => {
    const life = taken().on('2026-11-16 12:00', 'holdMessage', { mail: 'm1' });
    life.on('2026-11-16 13:00', 'note', { mail: 'm1', who: 'staff:a1' });
    expect(life.view.tasks).toEqual([]);
  });
});
