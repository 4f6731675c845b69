import { describe, expect, it } from 'vitest';
import { local } from '../../../support/businessTime.ts';
import { sendLife } from '../../../support/escalationLife.ts';

const clockOf = (life: ReturnType<typeof sendLife>) => life.view.clocks.find(({ name }) => name === 'resolution');
const types = (life: ReturnType<typeof sendLife>) => life.entries.map(({ type }) => type);

describe('the publisher’s clock (C §4.4.3)', () => {
  it.each([
    // Tuesday 14 July is a holiday; 72 hours of the calendar run through the weekend.
    ['p1', 'Mon 2026-07-13 16:50'],
    ['p2', 'Fri 2026-07-17 16:50'],
    ['p3', 'Mon 2026-07-20 16:50'],
    ['p4', 'Mon 2026-07-27 16:50'],
  ])('%s, acknowledged on a Friday at 16:50, is due %s', (priority, due) => {
    const life = sendLife(priority, '2026-07-09 10:00').until('2026-07-10 16:49');
    expect(life.view.clocks).toEqual([]);
    life.on('2026-07-10 16:50', 'acknowledge');
    expect(life.due).toBe(due);
    expect(clockOf(life)).toMatchObject({ commitment: 'bestEffort', startedAt: local('2026-07-10 16:50') });
    life.until('2026-12-24 10:00');
    expect(life.told).toContain(`${due} clockBreached resolution`);
    expect(life.mailed.filter((mail) => mail.includes('publisherBreach'))).toHaveLength(1);
    expect(life.reports.filter(({ what }) => what === 'breached')).toMatchObject([
      { dueAt: life.state.clocks.resolution?.breachedAt, at: life.state.clocks.resolution?.breachedAt },
    ]);
    expect(life.view).toMatchObject({ breached: true, status: 'acknowledged' });
  });

  it('pauses while the publisher waits for the distributor, and is restarted by nothing', () => {
    const life = sendLife('p2', '2026-11-16 10:00').on('2026-11-16 11:00', 'acknowledge');
    expect(life.due).toBe('Fri 2026-11-20 11:00');
    life.on('2026-11-17 09:00', 'ask');
    expect(clockOf(life)).toMatchObject({ status: 'paused' });
    expect(life.due).toBeUndefined();
    life.on('2026-11-17 12:00', 'note', { who: 'staff:a1' });
    life.on('2026-11-18 09:00', 'provide', { who: 'staff:a1' });
    // A whole day of 8 h 30 was paused; Friday closes half an hour earlier than the others.
    expect(life.due).toBe('Mon 2026-11-23 11:30');
    life.on('2026-11-18 10:00', 'note').on('2026-11-18 11:00', 'note', { mail: 'm1' });
    life.on('2026-11-18 12:00', 'holdMessage', { mail: 'm2' });
    expect(life.due).toBe('Mon 2026-11-23 11:30');
  });

  it('stands still while a delivery is tried, is met at its instant once it is accepted', () => {
    const life = sendLife('p2', '2026-11-16 10:00').on('2026-11-16 11:00', 'acknowledge');
    life.on('2026-11-20 10:59', 'deliverFix').until('2026-12-10 10:00');
    expect(clockOf(life)).toMatchObject({ status: 'delivered' });
    life.judged('2026-12-10 10:00', { what: 'accepted', kind: 'fix', ends: true });
    expect(clockOf(life)).toMatchObject({ status: 'met', metAt: local('2026-11-20 10:59') });
    expect(life.view).toMatchObject({ status: 'closed', breached: false, ended: { at: local('2026-12-10 10:00') } });
    expect(life.view.late).toBeUndefined();
  });

  it('resumes when the delivery is rejected: the time that it was tried is a pause', () => {
    const life = sendLife('p2', '2026-11-16 10:00').on('2026-11-16 11:00', 'acknowledge');
    life.on('2026-11-18 11:00', 'deliverFix');
    life.judged('2026-11-23 11:00', { what: 'rejected', kind: 'fix', text: 't-no' });
    // Half of Wednesday, Thursday and Friday, and the first two hours of Monday were not the publisher's.
    expect(life.due).toBe('Wed 2026-11-25 11:00');
    expect(life.view).toMatchObject({ status: 'inProgress' });
    expect(life.view.delivery).toBeUndefined();
    expect(life.mails.at(-1)?.order).toEqual({
      kind: 'rejected',
      of: 'fix',
      text: 't-no',
      dueAt: local('2026-11-25 11:00'),
    });
  });

  it.each([
    ['exactly at the due instant it is in time', 0, ['fixDelivered']],
    ['in the same second, but after it: the breach comes first, once', 400, ['clockBreached', 'fixDelivered']],
  ])('a fix %s', (_, after, expected) => {
    const due = local('2026-11-20 11:00');
    const life = sendLife('p2', '2026-11-16 10:00').on('2026-11-16 11:00', 'acknowledge');
    life.on(due + after, 'deliverFix').until('2026-11-20 12:00');
    life.judged('2026-11-23 10:00', { what: 'accepted', kind: 'fix', ends: true });
    const last = types(life).filter((type) => type === 'clockBreached' || type === 'fixDelivered');
    expect(last).toEqual(expected);
    expect(clockOf(life)).toMatchObject({ metAt: due + after });
    expect(clockOf(life)?.breachedAt).toBe(after === 0 ? undefined : due);
  });

  it('a provisional workaround meets it and the publisher goes on; its fix meets nothing again', () => {
    const life = sendLife('p2', '2026-11-16 10:00').on('2026-11-16 11:00', 'acknowledge');
    life.on('2026-11-17 10:00', 'deliverWorkaround');
    life.judged('2026-11-18 10:00', { what: 'accepted', kind: 'workaround', ends: false });
    expect(life.view).toMatchObject({ status: 'inProgress', breached: false });
    expect(clockOf(life)).toMatchObject({ status: 'met', metAt: local('2026-11-17 10:00') });
    life.on('2026-12-01 10:00', 'deliverFix').judged('2026-12-02 10:00', { what: 'rejected', kind: 'fix' });
    expect(life.view).toMatchObject({ status: 'inProgress', breached: false });
    life.on('2026-12-03 10:00', 'deliverFix');
    life.judged('2026-12-04 10:00', { what: 'accepted', kind: 'fix', ends: true });
    expect(clockOf(life)).toMatchObject({ metAt: local('2026-11-17 10:00') });
    expect(life.view.status).toBe('closed');
  });

  it('a workaround is judged though its fix came meanwhile', () => {
    const life = sendLife('p2', '2026-11-16 10:00').on('2026-11-16 11:00', 'acknowledge');
    life.on('2026-11-17 10:00', 'deliverWorkaround').on('2026-11-18 10:00', 'deliverFix');
    life.judged('2026-11-19 10:00', { what: 'rejected', kind: 'workaround' });
    expect(life.view).toMatchObject({ status: 'resolved', delivery: { kind: 'fix' } });
    expect(clockOf(life)).toMatchObject({ status: 'delivered' });
    life.judged('2026-11-20 10:00', { what: 'accepted', kind: 'fix', ends: true });
    expect(clockOf(life)).toMatchObject({ metAt: local('2026-11-18 10:00') });
  });

  it('warns staff once, at three quarters', () => {
    const life = sendLife('p1', '2026-11-16 10:00').on('2026-11-16 11:00', 'acknowledge').until('2026-11-19 10:59');
    expect(life.told.filter((line) => line.endsWith('clockWarned resolution'))).toEqual([
      'Wed 2026-11-18 17:00 clockWarned resolution',
    ]);
    expect(life.mailed).toContain('Wed 2026-11-18 17:00 publisherWarning');
  });
});

describe('what counts in the platform’s availability (C §4.4.3)', () => {
  it.each(['p1', 'p2'])('%s that is late: both spans, until it is resolved', (priority) => {
    const life = sendLife(priority, '2026-11-16 10:00').on('2026-11-16 11:00', 'acknowledge');
    const due = life.view.nextDueAt ?? 0;
    life.until(due);
    expect(life.view.late).toBeUndefined();
    life.until('2026-12-01 10:00');
    const acknowledged = local('2026-11-16 11:00');
    expect(life.view.late).toEqual({ fromAcknowledgement: { from: acknowledged }, fromDue: { from: due } });
    life.on('2026-12-01 11:00', 'deliverFix');
    life.judged('2026-12-08 10:00', { what: 'accepted', kind: 'fix', ends: true });
    const to = local('2026-12-01 11:00');
    expect(life.view.late).toEqual({ fromAcknowledgement: { from: acknowledged, to }, fromDue: { from: due, to } });
  });

  it.each(['p3', 'p4'])('%s never counts', (priority) => {
    const life = sendLife(priority, '2026-11-16 10:00').on('2026-11-16 11:00', 'acknowledge').until('2026-12-24 10:00');
    expect(life.view).toMatchObject({ breached: true });
    expect(life.view.late).toBeUndefined();
  });

  it('ends when the escalation is given up', () => {
    const life = sendLife('p1', '2026-11-16 10:00').on('2026-11-16 11:00', 'acknowledge');
    life.on('2026-11-30 10:00', 'withdraw', { who: 'staff:a1' });
    expect(life.view.late?.fromDue.to).toBe(local('2026-11-30 10:00'));
  });
});
