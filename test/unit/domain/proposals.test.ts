import { describe, expect, it } from 'vitest';
import { local } from '../../support/businessTime.ts';
import { openLife } from '../../support/life.ts';
import { ANOMALY_TERMS, rulesOf } from '../../support/rules.ts';

const taken = () => openLife('blocking', '2026-11-16 10:00').on('2026-11-16 11:00', 'acknowledge', {});
const workaround = () => taken().on('2026-11-16 15:00', 'proposeWorkaround', { text: 't' });
const fix = () => taken().on('2026-11-16 15:00', 'proposeFix', { text: 't' });
const proposed = local('2026-11-16 15:00');

describe('a workaround', () => {
  it('stops its clock when it is proposed, while the resolution is paused', () => {
    const life = workaround();
    expect(life.clock('workaround')?.status).toBe('delivered');
    expect(life.clock('resolution')?.status).toBe('paused');
  });

  it('confirmed as provisional meets its clock at the proposal; the resolution runs on', () => {
    const life = workaround().on('2026-11-17 10:00', 'confirm', {});
    expect(life.clock('workaround')).toMatchObject({ status: 'met', metAt: proposed });
    // Paused from 15:00 to 10:00 on the next day: four opened hours.
    expect(life.due('resolution')).toBe('Mon 2026-11-23 14:00');
    expect(life.state.status).toBe('inProgress');
    expect(life.state.proposal).toBeUndefined();
  });

  it('confirmed as permanent meets both and closes', () => {
    const life = workaround().on('2026-11-17 10:00', 'confirm', { permanent: true });
    expect(life.clock('workaround')).toMatchObject({ status: 'met', metAt: proposed });
    expect(life.clock('resolution')).toMatchObject({ status: 'met', metAt: proposed });
    expect(life.view.closed?.reason).toBe('confirmed');
  });

  it('rejected lets its clock resume, never restart', () => {
    const life = workaround().on('2026-11-17 10:00', 'reject', { text: 't' });
    expect(life.due('workaround')).toBe('Thu 2026-11-19 11:00');
    expect(life.due('resolution')).toBe('Mon 2026-11-23 14:00');
    expect(life.state.status).toBe('inProgress');
  });

  it('answered freely is not judged: the clocks run, and it may be judged then', () => {
    const life = workaround().on('2026-11-17 10:00', 'answer', {});
    expect(life.due('workaround')).toBe('Thu 2026-11-19 11:00');
    life.on('2026-11-17 12:00', 'confirm', {});
    expect(life.clock('workaround')).toMatchObject({ status: 'met', metAt: proposed });
  });

  it('followed by silence closes after three reminders without a verdict, and may be judged after reopening', () => {
    const life = workaround().until('2026-11-23 10:00');
    expect(life.view.closed?.reason).toBe('noAnswer');
    expect(life.clock('workaround')).toMatchObject({ status: 'delivered' });
    life.on('2026-11-23 10:00', 'answer', {}).on('2026-11-23 11:00', 'confirm', {});
    expect(life.clock('workaround')).toMatchObject({ status: 'met', metAt: proposed });
  });

  it('names what is proposed in its reminders', () => {
    const life = workaround().until('2026-11-17 16:00');
    expect(life.mails.at(-1)?.order).toMatchObject({ waitingFor: 'confirmation', proposal: 'workaround' });
  });

  it('proposed in the instant of the acknowledgement leaves that met when it is rejected', () => {
    const life = openLife('blocking', '2026-11-16 10:00')
      .on('2026-11-16 11:00', 'acknowledge', {})
      .onAwakening('2026-11-16 11:00', 'proposeFix', { text: 't' })
      .on('2026-11-16 12:00', 'confirm', {})
      .on('2026-11-16 13:00', 'answer', {})
      .on('2026-11-16 14:00', 'reject', { text: 't' })
      .until('2026-11-16 17:00');
    expect(life.clock('acknowledgement')?.status).toBe('met');
    expect(life.clock('resolution')?.status).toBe('running');
  });
});

describe('a fix', () => {
  it('confirmed waits for its move to production, with reminders; silence there confirms it', () => {
    const life = fix().on('2026-11-17 10:00', 'confirm', {});
    expect(life.view.waiting).toMatchObject({ for: 'production' });
    expect(life.clock('resolution')).toMatchObject({ status: 'met', metAt: proposed });
    expect(life.clock('workaround')).toMatchObject({ status: 'met', metAt: proposed });
    life.until('2026-11-30 10:00');
    expect(life.mailed.slice(2)).toStrictEqual([
      'Mon 2026-11-16 15:00 fix',
      'Tue 2026-11-17 10:00 production',
      'Wed 2026-11-18 10:00 reminder 1',
      'Thu 2026-11-19 10:00 reminder 2',
      'Fri 2026-11-20 10:00 reminder 3',
      'Mon 2026-11-23 10:00 closing confirmed',
    ]);
  });

  it('in production closes, confirmed before or not', () => {
    const confirmed = fix().on('2026-11-17 10:00', 'confirm', {}).on('2026-11-18 10:00', 'putInProduction', {});
    const unconfirmed = fix().on('2026-11-18 10:00', 'putInProduction', {});
    for (const life of [confirmed, unconfirmed]) {
      expect(life.view.closed?.reason).toBe('confirmed');
      expect(life.clock('resolution')).toMatchObject({ status: 'met', metAt: proposed });
    }
  });

  it('closes at once where the terms do not wait for production', () => {
    const life = openLife('blocking', '2026-11-16 10:00', rulesOf({ ...ANOMALY_TERMS, productionFollowsFix: false }))
      .on('2026-11-16 11:00', 'acknowledge', {})
      .on('2026-11-16 15:00', 'proposeFix', { text: 't' })
      .on('2026-11-17 10:00', 'confirm', {});
    expect(life.view.closed?.reason).toBe('confirmed');
  });

  it('rejected lets the clocks resume', () => {
    const life = fix().on('2026-11-17 10:00', 'reject', { text: 't' });
    expect(life.due('workaround')).toBe('Thu 2026-11-19 11:00');
    expect(life.due('resolution')).toBe('Mon 2026-11-23 14:00');
  });

  it('that fails in production lets the clocks resume; the time it was held to work is a pause', () => {
    const life = fix()
      .on('2026-11-17 10:00', 'confirm', {})
      .on('2026-11-17 12:00', 'answer', {})
      .on('2026-11-17 16:00', 'reject', { text: 't' });
    // From 15:00 to 16:00 on the next day: ten opened hours.
    expect(life.due('workaround')).toBe('Thu 2026-11-19 17:00');
    expect(life.due('resolution')).toBe('Tue 2026-11-24 11:00');
    expect(life.view.breached).toBe(false);
  });

  it('that was confirmed only after an answer, and fails, pauses from the confirmation on', () => {
    const life = fix()
      .on('2026-11-16 16:00', 'answer', {})
      .on('2026-11-17 10:00', 'confirm', {})
      .on('2026-11-17 12:00', 'answer', {})
      .on('2026-11-17 16:00', 'reject', { text: 't' });
    // From 15:00 to 16:00, and from 10:00 to 16:00: seven opened hours.
    expect(life.due('workaround')).toBe('Thu 2026-11-19 14:00');
  });

  it('that fails in production may be replaced at once', () => {
    const life = fix()
      .on('2026-11-17 10:00', 'confirm', {})
      .on('2026-11-17 12:00', 'answer', {})
      .on('2026-11-17 16:00', 'proposeFix', { text: 't2' });
    expect(life.clock('resolution')?.status).toBe('delivered');
    life.on('2026-11-18 10:00', 'confirm', {});
    expect(life.clock('resolution')).toMatchObject({ metAt: local('2026-11-17 16:00') });
  });

  it('for a deferred anomaly ends the deferring', () => {
    const life = openLife('minor', '2026-11-16 10:00')
      .on('2026-11-16 11:00', 'acknowledge', {})
      .on('2026-11-16 12:00', 'defer', { text: 't' })
      .on('2027-03-16 12:00', 'proposeFix', { text: 't' })
      .on('2027-03-17 12:00', 'answer', {});
    expect(life.state.status).toBe('inProgress');
  });
});

describe('reopening', () => {
  it('un-meets the resolution; the time closed is a pause', () => {
    const life = workaround()
      .on('2026-11-17 10:00', 'confirm', { permanent: true })
      .on('2026-11-18 10:00', 'reopen', { text: 't' });
    expect(life.clock('workaround')?.status).toBe('met');
    // Used: five hours until the proposal. Closed or waiting: thirteen.
    expect(life.due('resolution')).toBe('Tue 2026-11-24 14:00');
    expect(life.state.status).toBe('inProgress');
  });

  it('by an answer after silence goes on where it stood', () => {
    const life = taken().on('2026-11-16 15:00', 'ask', { text: 't' }).until('2026-11-23 10:00');
    expect(life.view.closed).toMatchObject({
      reason: 'noAnswer',
      at: local('2026-11-20 15:00'),
      reopenUntil: local('2026-12-04 15:00'),
    });
    life.on('2026-12-04 15:00', 'answer', { channel: 'mail' });
    expect(life.told.slice(-2)).toStrictEqual(['Fri 2026-12-04 15:00 answered', 'Fri 2026-12-04 15:00 reopened']);
    // Five of forty-five hours were used.
    expect(life.due('resolution')).toBe('Fri 2026-12-11 10:00');
  });

  it('with a fix that was confirmed asks for another; what that met beside the resolution stays met', () => {
    const life = fix()
      .on('2026-11-17 10:00', 'confirm', {})
      .on('2026-11-17 11:00', 'close', { reason: 'withdrawn' })
      .on('2026-11-18 10:00', 'reopen', { text: 't' });
    expect(life.view.possible).not.toContain('confirm');
    expect(life.clock('resolution')?.status).toBe('running');
    life.on('2026-11-19 10:00', 'proposeFix', { text: 't2' });
    expect(life.clock('workaround')).toMatchObject({ status: 'met', metAt: proposed });
  });

  it('is refused after ten business days, and changes nothing', () => {
    const life = taken().on('2026-11-16 15:00', 'close', { reason: 'withdrawn' });
    expect(() => life.on('2026-11-30 15:01', 'answer', {})).toThrow('too long ago');
    expect(() => life.on('2026-11-30 15:01', 'reopen', { text: 't' })).toThrow('too long ago');
    expect(life.state.status).toBe('closed');
  });

  it('by the customer of what nobody took up leaves the acknowledgement to be given', () => {
    const life = openLife('blocking', '2026-11-16 10:00')
      .on('2026-11-16 11:00', 'close', { reason: 'withdrawn' })
      .on('2026-11-16 12:00', 'answer', { channel: 'mail' });
    expect(life.state.status).toBe('registered');
    expect(life.due('acknowledgement')).toBe('Mon 2026-11-16 14:00');
  });

  it('nothing else happens to what is closed', () => {
    const life = taken().on('2026-11-16 12:00', 'close', { reason: 'withdrawn' });
    const { seq } = life.state;
    life.until('2027-06-01 10:00');
    expect(life.state).toMatchObject({ status: 'closed', seq });
    expect(life.view.breached).toBe(false);
  });
});

describe('closing by hand', () => {
  it('as confirmed meets what the proposal delivers', () => {
    const life = workaround().on('2026-11-17 10:00', 'close', { reason: 'confirmed' });
    expect(life.clock('workaround')).toMatchObject({ status: 'met', metAt: proposed });
    expect(life.clock('resolution')?.status).toBe('stopped');
  });

  it('as a duplicate names the other request', () => {
    const life = taken().on('2026-11-16 12:00', 'close', { reason: 'duplicate', duplicateOf: 'DA-2026-000002' });
    expect(life.mails.at(-1)?.order).toMatchObject({ kind: 'closing', duplicateOf: 'DA-2026-000002' });
  });
});

describe('what is written with a closing or a reopening', () => {
  const text = 't-why';

  it.each([
    ['staff:a1', text],
    ['contact:c1', undefined],
  ] as const)('by %s goes out as the remark %s', (who, remark) => {
    const life = taken().on('2026-11-16 12:00', 'close', { reason: 'withdrawn', text, who });
    expect(life.entries.at(-1)).toMatchObject({ type: 'closed', text });
    expect(life.mails.at(-1)?.order).toMatchObject({ kind: 'closing', reason: 'withdrawn' });
    expect(Object.values(life.mails.at(-1)?.order ?? {}).includes(text)).toBe(remark === text);
    life.on('2026-11-16 13:00', 'reopen', { text, who });
    expect(life.mails.at(-1)?.order).toStrictEqual({ kind: 'reopened', ...(remark === undefined ? {} : { text }) });
  });
});
