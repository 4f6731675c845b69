import { describe, expect, it } from 'vitest';
import { local } from '../../support/businessTime.ts';
import { type Life, openLife } from '../../support/life.ts';
import { ANOMALY_TERMS, rulesOf } from '../../support/rules.ts';

/** An acknowledged request that asks its customer at this local time. */
function asked(priority: string, time: string): Life {
  return openLife(priority, time).on(time, 'ask', { text: 't' });
}

/** Reminders and closing notices so far. */
function cycle(life: Life): string[] {
  return life.mailed.filter((mail) => / (reminder|closing) /.test(mail));
}

describe('silence', () => {
  it.each([
    ['blocking', '2026-11-16 10:00', ['Tue 2026-11-17', 'Wed 2026-11-18', 'Thu 2026-11-19', 'Fri 2026-11-20']],
    [
      'blocking, over a weekend',
      '2026-11-19 16:50',
      ['Fri 2026-11-20', 'Mon 2026-11-23', 'Tue 2026-11-24', 'Wed 2026-11-25'],
    ],
    [
      'blocking, over 1 May',
      '2026-04-29 15:00',
      ['Thu 2026-04-30', 'Mon 2026-05-04', 'Tue 2026-05-05', 'Wed 2026-05-06'],
    ],
    [
      'blocking, over Christmas',
      '2026-12-23 11:00',
      ['Thu 2026-12-24', 'Mon 2026-12-28', 'Tue 2026-12-29', 'Wed 2026-12-30'],
    ],
    [
      'blocking, over the spring change',
      '2026-03-27 09:30',
      ['Mon 2026-03-30', 'Tue 2026-03-31', 'Wed 2026-04-01', 'Thu 2026-04-02'],
    ],
    [
      'blocking, over the autumn change',
      '2026-10-23 17:30',
      ['Mon 2026-10-26', 'Tue 2026-10-27', 'Wed 2026-10-28', 'Thu 2026-10-29'],
    ],
    ['major', '2026-11-16 10:00', ['Thu 2026-11-19', 'Tue 2026-11-24', 'Fri 2026-11-27', 'Mon 2026-11-30']],
    [
      'major, over May’s holidays',
      '2026-04-29 15:00',
      ['Tue 2026-05-05', 'Mon 2026-05-11', 'Fri 2026-05-15', 'Mon 2026-05-18'],
    ],
    [
      'major, over Christmas',
      '2026-12-23 11:00',
      ['Tue 2026-12-29', 'Mon 2027-01-04', 'Thu 2027-01-07', 'Fri 2027-01-08'],
    ],
    ['minor', '2026-11-16 10:00', ['Mon 2026-11-23', 'Mon 2026-11-30', 'Mon 2026-12-07', 'Tue 2026-12-08']],
    [
      'minor, over May’s holidays',
      '2026-04-29 15:00',
      ['Thu 2026-05-07', 'Mon 2026-05-18', 'Tue 2026-05-26', 'Wed 2026-05-27'],
    ],
  ])('is reminded of three times and then closes: %s', (name, time, [first, second, third, closes]) => {
    const life = asked(name.split(',')[0] ?? name, time).until('2027-03-01 10:00');
    const hour = time.slice(11);
    expect(cycle(life)).toStrictEqual([
      `${first} ${hour} reminder 1`,
      `${second} ${hour} reminder 2`,
      `${third} ${hour} reminder 3`,
      `${closes} ${hour} closing noAnswer`,
    ]);
    expect(life.view.closed).toMatchObject({ reason: 'noAnswer' });
  });

  it('counts from the next opening when the question goes out at night', () => {
    const life = asked('blocking', '2026-11-16 20:00').until('2026-11-27 10:00');
    expect(cycle(life)[0]).toBe('Wed 2026-11-18 09:00 reminder 1');
  });

  it('tells the question when the first reminder comes, and each reminder what comes next', () => {
    const life = asked('blocking', '2026-11-16 10:00').until('2026-11-30 10:00');
    expect(life.mails[1]?.order).toMatchObject({ kind: 'question', firstReminderAt: local('2026-11-17 10:00') });
    const next = life.mails.flatMap(({ order }) => (order.kind === 'reminder' ? [order.next] : []));
    expect(next).toStrictEqual([
      { what: 'reminder', at: local('2026-11-18 10:00') },
      { what: 'reminder', at: local('2026-11-19 10:00') },
      { what: 'closing', at: local('2026-11-20 10:00') },
    ]);
  });

  it('shows the next reminder, then the closing', () => {
    const life = asked('blocking', '2026-11-16 10:00');
    expect(life.view.waiting).toMatchObject({
      remindersSent: 0,
      nextReminder: { step: 1, at: local('2026-11-17 10:00') },
    });
    life.until('2026-11-19 12:00');
    expect(life.view.waiting).toMatchObject({ remindersSent: 3, closesAt: local('2026-11-20 10:00') });
  });

  it('has no end where the terms have no reminders', () => {
    const { minor } = ANOMALY_TERMS.priorities;
    if (!minor) throw new Error('family D has minor anomalies');
    const { reminders: _, ...silent } = minor;
    const life = openLife('minor', '2026-11-16 10:00', rulesOf({ ...ANOMALY_TERMS, priorities: { minor: silent } }));
    life.on('2026-11-16 10:00', 'ask', { text: 't' }).until('2027-10-01 10:00');
    expect(life.view.waiting).toStrictEqual({ for: 'information', since: local('2026-11-16 10:00'), remindersSent: 0 });
  });
});

describe('an answer', () => {
  it.each(['mail', 'phone', 'portal', 'api'] as const)('by %s ends the waiting; the next begins anew', (channel) => {
    const life = asked('blocking', '2026-11-16 10:00')
      .on('2026-11-18 15:00', 'answer', { channel })
      .until('2026-11-23 10:00');
    expect(life.state.status).toBe('inProgress');
    expect(cycle(life)).toHaveLength(2);
    life.on('2026-11-23 11:00', 'ask', { text: 't2' }).until('2026-11-30 10:00');
    expect(cycle(life).slice(2)).toStrictEqual([
      'Tue 2026-11-24 11:00 reminder 1',
      'Wed 2026-11-25 11:00 reminder 2',
      'Thu 2026-11-26 11:00 reminder 3',
      'Fri 2026-11-27 11:00 closing noAnswer',
    ]);
  });

  it('in the instant of the closing goes before it', () => {
    const life = asked('blocking', '2026-11-16 10:00').until('2026-11-20 09:59');
    life.onAwakening('2026-11-20 10:00', 'answer', {}).until('2026-11-20 12:00');
    expect(life.state.status).toBe('inProgress');
  });

  it('overtakes a reminder on its way, which then counts for nothing', () => {
    const life = asked('blocking', '2026-11-16 10:00');
    life.mailServer = ({ kind }) => (kind === 'reminder' ? 'none' : 'accepted');
    life.until('2026-11-17 10:00').on('2026-11-17 10:00', 'answer', {}).on('2026-11-17 10:05', 'ask', { text: 't2' });
    const key = life.mails.find(({ order }) => order.kind === 'reminder')?.key ?? '';
    life.on('2026-11-17 10:06', 'mailAccepted', { key });
    expect(life.state.waiting).toStrictEqual({ for: 'information', since: local('2026-11-17 10:05'), sent: [] });
    life.mailServer = () => 'accepted';
    life.until('2026-11-18 12:00');
    expect(cycle(life).at(-1)).toBe('Wed 2026-11-18 10:05 reminder 1');
  });

  it('that overtook a reminder in the database ends the waiting when it arrives', () => {
    const life = asked('blocking', '2026-11-16 10:00');
    life.mailServer = ({ kind }) => (kind === 'reminder' ? 'superseded' : 'accepted');
    life.until('2026-11-18 12:00');
    expect(cycle(life)).toStrictEqual(['Tue 2026-11-17 10:00 reminder 1']);
    expect(life.state.pending).toStrictEqual([]);
    life.on('2026-11-18 12:00', 'answer', { at: local('2026-11-17 09:59') });
    expect(life.state.status).toBe('inProgress');
  });
});

describe('acceptance by the mail server', () => {
  it('is what spacing and closing are counted from', () => {
    const life = asked('blocking', '2026-11-16 10:00');
    life.mailServer = ({ kind }) => (kind === 'reminder' ? 'none' : 'accepted');
    const acceptLast = (time: string) => life.on(time, 'mailAccepted', { key: life.mails.at(-1)?.key ?? '' });
    life.until('2026-11-18 18:00');
    expect(cycle(life)).toHaveLength(1);
    acceptLast('2026-11-19 11:00').until('2026-11-20 12:00');
    expect(cycle(life).at(-1)).toBe('Fri 2026-11-20 11:00 reminder 2');
    acceptLast('2026-11-20 12:00').until('2026-11-23 13:00');
    expect(cycle(life).at(-1)).toBe('Mon 2026-11-23 12:00 reminder 3');
    life.until('2026-12-10 10:00');
    expect(life.state.status).toBe('waiting');
    acceptLast('2026-12-10 10:00').until('2026-12-12 10:00');
    expect(cycle(life).at(-1)).toBe('Fri 2026-12-11 10:00 closing noAnswer');
  });

  it('within the second moves the next step by no more than that', () => {
    const life = asked('blocking', '2026-11-16 10:00');
    life.mailServer = ({ kind }) => (kind === 'reminder' ? 'none' : 'accepted');
    const due = local('2026-11-17 10:00');
    life.until(due).onAwakening(due + 800, 'mailAccepted', { key: life.mails.at(-1)?.key ?? '' });
    expect(life.view.waiting?.nextReminder?.at).toBe(local('2026-11-18 10:00') + 800);
  });
});

describe('an outage of several days', () => {
  it('is followed by the next unsent reminder, then the spacing', () => {
    const life = asked('blocking', '2026-11-16 10:00').until('2026-11-17 12:00').awayUntil('2026-11-24 14:00');
    expect(cycle(life)).toStrictEqual(['Tue 2026-11-17 10:00 reminder 1', 'Tue 2026-11-24 14:00 reminder 2']);
    life.until('2026-12-01 10:00');
    expect(cycle(life).slice(2)).toStrictEqual([
      'Wed 2026-11-25 14:00 reminder 3',
      'Thu 2026-11-26 14:00 closing noAnswer',
    ]);
  });

  it('from the first reminder on leaves out none, and sends no two together', () => {
    const life = asked('major', '2026-11-16 10:00').awayUntil('2026-12-14 15:00').until('2027-01-15 10:00');
    expect(cycle(life)).toStrictEqual([
      'Mon 2026-12-14 15:00 reminder 1',
      'Thu 2026-12-17 15:00 reminder 2',
      'Tue 2026-12-22 15:00 reminder 3',
      'Wed 2026-12-23 15:00 closing noAnswer',
    ]);
  });

  it('that ends at night counts the spacing from the next opening', () => {
    const life = asked('blocking', '2026-11-16 10:00').awayUntil('2026-11-20 23:00').until('2026-11-24 12:00');
    expect(cycle(life)).toStrictEqual(['Fri 2026-11-20 23:00 reminder 1', 'Tue 2026-11-24 09:00 reminder 2']);
  });
});

describe('re-qualifying while waiting', () => {
  it('keeps the waiting’s start and what was sent', () => {
    const life = asked('blocking', '2026-11-16 10:00')
      .until('2026-11-18 12:00')
      .on('2026-11-18 12:00', 'requalify', { priority: 'major', text: 't' })
      .until('2026-12-15 10:00');
    expect(cycle(life)).toStrictEqual([
      'Tue 2026-11-17 10:00 reminder 1',
      'Wed 2026-11-18 10:00 reminder 2',
      'Fri 2026-11-27 10:00 reminder 3',
      'Mon 2026-11-30 10:00 closing noAnswer',
    ]);
  });

  it('to a shorter cycle still leaves a step’s spacing', () => {
    const life = asked('minor', '2026-11-16 10:00')
      .until('2026-11-23 12:00')
      .on('2026-11-23 12:00', 'requalify', { priority: 'blocking', text: 't' })
      .until('2026-12-15 10:00');
    expect(cycle(life)).toStrictEqual([
      'Mon 2026-11-23 10:00 reminder 1',
      'Tue 2026-11-24 10:00 reminder 2',
      'Wed 2026-11-25 10:00 reminder 3',
      'Thu 2026-11-26 10:00 closing noAnswer',
    ]);
  });
});
