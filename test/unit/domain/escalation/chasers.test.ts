import { describe, expect, it } from 'vitest';
import { rulesOf } from '../../../../domain/rules.ts';
import { local } from '../../../support/businessTime.ts';
import { PUBLISHER_TERMS, publisherWindows, sendLife } from '../../../support/escalationLife.ts';

const chasers = (life: ReturnType<typeof sendLife>) => life.mailed.filter((mail) => mail.includes('chaser'));

describe('an escalation that nobody acknowledges', () => {
  it('is chased as the terms say, then staff are told, once', () => {
    const life = sendLife('p2', '2026-11-16 10:00').until('2026-12-24 10:00');
    expect(life.mailed).toEqual([
      'Mon 2026-11-16 10:00 escalated p2',
      'Tue 2026-11-17 10:00 chaser 1',
      'Wed 2026-11-18 10:00 chaser 2',
      'Fri 2026-11-20 10:00 chaser 3',
      // The spacing of the last once more.
      'Tue 2026-11-24 10:00 publisherTask publisherSilent',
    ]);
    expect(life.view).toMatchObject({ chasersSent: 3, status: 'sent', tasks: [{ kind: 'publisherSilent' }] });
    life.on('2026-12-24 11:00', 'settleTask', { task: 'publisherSilent', who: 'staff:a1' }).until('2027-02-01 10:00');
    expect(life.view.tasks).toEqual([]);
    expect(life.mailed).toHaveLength(5);
  });

  it.each(['acknowledge', 'refuse', 'withdraw'] as const)('is chased no more after %s', (name) => {
    const life = sendLife('p2', '2026-11-16 10:00').on('2026-11-17 11:00', name).until('2026-12-24 10:00');
    expect(chasers(life)).toEqual(['Tue 2026-11-17 10:00 chaser 1']);
    expect(life.view.nextChaserAt).toBeUndefined();
  });

  it('acknowledging ends the task', () => {
    const life = sendLife('p2', '2026-11-16 10:00').on('2026-12-01 11:00', 'acknowledge');
    expect(life.view.tasks).toEqual([]);
  });

  it('a chaser counts when the mail server took it, and spacing is measured from there', () => {
    const life = sendLife('p2', '2026-11-16 10:00');
    life.mailServer = (order) => (order.kind === 'chaser' ? 'none' : 'accepted');
    life.until('2026-11-19 12:00');
    expect(chasers(life)).toEqual(['Tue 2026-11-17 10:00 chaser 1']);
    expect(life.view).toMatchObject({ chasersSent: 0 });
    life.mailServer = () => 'accepted';
    life.on('2026-11-19 12:00', 'mailAccepted', { key: life.state.chasing ?? '' });
    expect(life.view).toMatchObject({ chasersSent: 1, nextChaserAt: local('2026-11-20 12:00') });
    life.until('2026-12-24 10:00');
    expect(chasers(life)).toEqual([
      'Tue 2026-11-17 10:00 chaser 1',
      'Fri 2026-11-20 12:00 chaser 2',
      'Tue 2026-11-24 12:00 chaser 3',
    ]);
  });

  it('with a wrong address waits for a person, then goes on with that step', () => {
    const life = sendLife('p2', '2026-11-16 10:00');
    life.mailServer = (order) => (order.kind === 'chaser' ? 'refused' : 'accepted');
    life.until('2026-11-25 10:00');
    expect(chasers(life)).toEqual(['Tue 2026-11-17 10:00 chaser 1']);
    expect(life.view.tasks).toMatchObject([{ kind: 'correctAddress' }]);
    life.mailServer = () => 'accepted';
    life.on('2026-11-25 10:00', 'correctAddress', { who: 'staff:a1' }).until('2026-11-25 10:01');
    expect(chasers(life).at(-1)).toBe('Wed 2026-11-25 10:00 chaser 1');
  });

  it('a bounce takes back what it was about, and the mail is sent again', () => {
    const life = sendLife('p2', '2026-11-16 10:00');
    const [first] = life.mails;
    if (!first) throw new Error('nothing was sent');
    life.on('2026-11-16 10:05', 'mailBounced', { key: first.key, order: first.order });
    life.on('2026-11-16 10:06', 'mailBounced', { key: first.key, order: first.order });
    expect(life.view.tasks).toHaveLength(1);
    life.on('2026-11-16 11:00', 'correctAddress', { who: 'staff:a1' });
    expect(life.mailed.filter((mail) => mail.endsWith('escalated p2'))).toHaveLength(2);
    life.until('2026-11-17 10:00');
    const [chaser] = life.state.chased;
    life.on('2026-11-17 11:00', 'mailBounced', {
      key: chaser?.key ?? '',
      order: { kind: 'chaser', step: 1, sentAt: 0 },
    });
    expect(life.view).toMatchObject({ chasersSent: 0, tasks: [{ kind: 'correctAddress' }] });
    expect(life.view.nextChaserAt).toBeUndefined();
  });

  it('goes on without end where the terms have no chasers', () => {
    const { chasers: _, ...quiet } = PUBLISHER_TERMS;
    const life = sendLife('p2', '2026-11-16 10:00', rulesOf({ terms: quiet, windows: publisherWindows() }));
    life.until('2027-03-01 10:00');
    expect(life.mailed).toHaveLength(1);
  });
});

describe('opening hours that end too soon', () => {
  const short = () => publisherWindows('2026-11-10', '2026-12-04');

  it('are asked for once, and again a day after ones that came too short', () => {
    const life = sendLife('p4', '2026-11-16 10:00', rulesOf({ terms: PUBLISHER_TERMS, windows: short() }));
    life.on('2026-11-20 10:00', 'acknowledge').until('2026-11-25 10:00');
    expect(life.windowsAsked).toHaveLength(1);
    life.on('2026-11-25 10:00', 'windowExtended', { key: life.windowsAsked[0] ?? '', windows: short() });
    life.until('2026-11-26 09:59');
    expect(life.windowsAsked).toHaveLength(1);
    life.until('2026-11-26 10:00');
    expect(life.windowsAsked).toHaveLength(2);
  });
});
