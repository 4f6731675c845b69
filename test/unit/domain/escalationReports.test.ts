import { describe, expect, it } from 'vitest';
import { packSave, unpackSave } from '../../../domain/packing.ts';
import { deriveView, viewOf } from '../../../domain/view.ts';
import { local } from '../../support/businessTime.ts';
import {
  both,
  escalated,
  fix,
  heard,
  known,
  RULES,
  taken,
  tells,
  to,
  workaround,
} from '../../support/escalatedLife.ts';
import { type Life, throughJson } from '../../support/life.ts';

describe('what the publisher delivers', () => {
  it('is proposed at the instant of its delivery, in nobody’s name, with reminders', () => {
    const life = fix(escalated(), '2026-11-16 15:00');
    expect(life.state.proposal).toStrictEqual({
      kind: 'fix',
      at: local('2026-11-16 15:00'),
      text: 't-fix-1',
      escalation: 1,
    });
    expect(life.view).toMatchObject({ status: 'waiting', waiting: { for: 'confirmation' } });
    expect(life.view.escalations).toMatchObject([{ n: 1, status: 'resolved' }]);
    expect(life.mails.at(-1)?.order).toMatchObject({ kind: 'fix', text: 't-fix-1', escalation: 1 });
    expect(life.entries.slice(-2)).toMatchObject([
      { type: 'publisherDelivered', who: 'publisher:p1', facts: { escalation: 1, kind: 'fix' } },
      { type: 'fixProposed', who: 'system', facts: { escalation: 1 } },
    ]);
    life.until('2026-11-17 15:00');
    expect(life.mailed.at(-1)).toBe('Tue 2026-11-17 15:00 reminder 1');
  });

  it('takes the place of a question that waits for the customer', () => {
    const life = escalated().on('2026-11-16 14:00', 'ask', { text: 't' });
    workaround(life, '2026-11-16 15:00');
    expect(life.view.waiting).toMatchObject({
      for: 'confirmation',
      since: local('2026-11-16 15:00'),
      remindersSent: 0,
    });
    expect(life.clock('workaround')?.status).toBe('delivered');
    expect(life.clock('resolution')?.status).toBe('paused');
  });

  it('confirmed meets the clocks at the delivery, and the publisher hears of it once', () => {
    const life = fix(escalated(), '2026-11-16 15:00').on('2026-11-17 10:00', 'confirm', { who: 'contact:c1' });
    expect(life.clock('resolution')).toMatchObject({ status: 'met', metAt: local('2026-11-16 15:00') });
    expect(known(life)).toStrictEqual(['1 closed']);
    life.on('2026-11-18 10:00', 'putInProduction', {});
    expect(life.state.status).toBe('closed');
    expect(heard(life)).toStrictEqual(['1 start', '1 accepted fix ends']);
    // Who of the customer's people said so is not the publisher's matter.
    expect(life.messages.at(-1)).toMatchObject({ verdict: { who: 'system', at: local('2026-11-17 10:00') } });
  });

  it.each([
    ['put in production at once', (life: Life) => life.on('2026-11-17 10:00', 'putInProduction', {})],
    ['closed by hand as confirmed', (life: Life) => life.on('2026-11-17 10:00', 'close', { reason: 'confirmed' })],
    [
      'confirmed, and silence in production',
      (life: Life) => life.on('2026-11-17 10:00', 'confirm', {}).until('2026-12-01 10:00'),
    ],
  ])('and %s is accepted, once', (_, judged) => {
    const life = judged(fix(escalated(), '2026-11-16 15:00'));
    expect(life.state.status).toBe('closed');
    expect(heard(life)).toStrictEqual(['1 start', '1 accepted fix ends']);
  });

  it('rejected goes back up the same escalation, with what staff wrote and without what the customer wrote', () => {
    const life = fix(escalated(), '2026-11-16 15:00').on('2026-11-17 10:00', 'reject', {
      text: 't-no',
      who: 'staff:a1',
    });
    expect(life.state.status).toBe('escalated');
    expect(known(life)).toStrictEqual(['1 inProgress']);
    expect(life.messages.at(-1)).toMatchObject({
      n: 1,
      verdict: { what: 'rejected', kind: 'fix', text: 't-no', who: 'staff:a1' },
    });
    fix(life, '2026-11-18 10:00').on('2026-11-18 11:00', 'reject', { text: 't-no', who: 'contact:c1' });
    expect(life.messages.at(-1)).toMatchObject({ verdict: { what: 'rejected', who: 'system' } });
    expect(JSON.stringify(life.messages.at(-1))).not.toContain('t-no');
  });

  it('as a provisional workaround leads back to escalated: the publisher works on', () => {
    const life = workaround(escalated(), '2026-11-16 15:00').on('2026-11-17 10:00', 'confirm', {});
    expect(life.state.status).toBe('escalated');
    expect(heard(life)).toStrictEqual(['1 start', '1 accepted workaround']);
    expect(life.clock('workaround')).toMatchObject({ metAt: local('2026-11-16 15:00') });
    fix(life, '2026-11-18 10:00').on('2026-11-18 11:00', 'confirm', {});
    expect(heard(life).at(-1)).toBe('1 accepted fix ends');
  });

  it('as a permanent workaround ends request and escalation', () => {
    const life = workaround(escalated(), '2026-11-16 15:00').on('2026-11-17 10:00', 'confirm', { permanent: true });
    expect(life.state.status).toBe('closed');
    expect(heard(life)).toStrictEqual(['1 start', '1 accepted workaround ends']);
  });

  it('as a fix that fails in production leaves the accepted escalation alone', () => {
    const life = fix(escalated(), '2026-11-16 15:00')
      .on('2026-11-17 10:00', 'confirm', {})
      .on('2026-11-17 12:00', 'answer', {})
      .on('2026-11-17 14:00', 'reject', { text: 't' });
    expect(life.state.status).toBe('inProgress');
    expect(heard(life)).toStrictEqual(['1 start', '1 accepted fix ends']);
    life.on('2026-11-17 15:00', 'escalate', to(2));
    expect(known(life)).toStrictEqual(['1 closed', '2 sent']);
  });

  it('and answered freely may be judged from escalated', () => {
    const life = fix(escalated(), '2026-11-16 15:00').on('2026-11-16 16:00', 'answer', {});
    expect(life.state.status).toBe('escalated');
    life.on('2026-11-16 16:30', 'confirm', {});
    expect(heard(life).at(-1)).toBe('1 accepted fix ends');
  });

  it('and replaced by a proposal of our own is rejected', () => {
    const life = fix(escalated(), '2026-11-16 15:00')
      .on('2026-11-16 16:00', 'answer', {})
      .on('2026-11-16 16:30', 'proposeWorkaround', { text: 't' });
    expect(heard(life)).toStrictEqual(['1 start', '1 rejected fix']);
  });
});

describe('what is delivered while something else is being judged', () => {
  it('is held, shown, and proposed when that verdict is given', () => {
    const life = workaround(both(), '2026-11-16 15:00', 1);
    fix(life, '2026-11-16 16:00', 2);
    expect(life.state.proposal).toMatchObject({ kind: 'workaround', escalation: 1 });
    expect(life.entries.at(-1)).toMatchObject({ type: 'publisherDelivered', facts: { escalation: 2, held: true } });
    expect(life.view.escalations).toMatchObject([{ n: 1 }, { n: 2, status: 'resolved', delivered: 'fix' }]);
    life.on('2026-11-17 10:00', 'confirm', {});
    expect(life.state.proposal).toStrictEqual({
      kind: 'fix',
      at: local('2026-11-17 10:00'),
      text: 't-fix-2',
      escalation: 2,
    });
    expect(life.view.waiting).toMatchObject({ for: 'confirmation', since: local('2026-11-17 10:00') });
    expect(life.mailed.at(-1)).toBe('Tue 2026-11-17 10:00 fix');
    life.on('2026-11-17 11:00', 'confirm', {}).on('2026-11-17 12:00', 'putInProduction', {});
    expect(heard(life).slice(2)).toStrictEqual(['1 accepted workaround', '2 accepted fix ends', '1 withdrawn']);
  });

  it('is held while our own proposal is judged, and proposed when that is rejected', () => {
    const life = escalated().on('2026-11-16 14:00', 'proposeWorkaround', { text: 't' });
    fix(life, '2026-11-16 15:00');
    expect(life.state.proposal).toMatchObject({ kind: 'workaround' });
    life.on('2026-11-16 16:00', 'reject', { text: 't' });
    expect(life.state.proposal).toMatchObject({ kind: 'fix', escalation: 1, at: local('2026-11-16 16:00') });
    expect(heard(life)).toStrictEqual(['1 start']);
  });

  it('as an improvement of its own workaround follows that', () => {
    const life = workaround(escalated(), '2026-11-16 15:00');
    fix(life, '2026-11-16 16:00').on('2026-11-17 10:00', 'confirm', {});
    expect(life.state.proposal).toMatchObject({ kind: 'fix', escalation: 1 });
    expect(known(life)).toStrictEqual(['1 resolved']);
    expect(heard(life)).toStrictEqual(['1 start', '1 accepted workaround']);
  });

  it('is proposed in the order of delivery', () => {
    const life = both().on('2026-11-16 14:00', 'proposeWorkaround', { text: 't' });
    workaround(life, '2026-11-16 15:00', 2);
    workaround(life, '2026-11-16 15:30', 1);
    life.on('2026-11-16 16:00', 'reject', { text: 't' }).on('2026-11-16 16:30', 'reject', { text: 't' });
    expect(life.state.proposal).toMatchObject({ escalation: 1 });
    expect(heard(life).at(-1)).toBe('2 rejected workaround');
  });

  it('falls away when the request is closed', () => {
    const life = workaround(both(), '2026-11-16 15:00', 1);
    fix(life, '2026-11-16 16:00', 2).on('2026-11-17 10:00', 'confirm', { permanent: true });
    expect(life.state.status).toBe('closed');
    expect(heard(life).slice(2)).toStrictEqual(['1 accepted workaround ends', '2 withdrawn']);
    expect(life.state.escalations?.some(({ delivered }) => delivered)).toBe(false);
  });
});

describe('an escalation that ends', () => {
  it('refused by the publisher leads back to the distributor, unless another has it', () => {
    const life = both();
    tells(life, '2026-11-16 14:00', 1, { what: 'refused', exclusion: 'changeRequest', text: 't' });
    expect(life.state.status).toBe('escalated');
    tells(life, '2026-11-16 15:00', 2, { what: 'withdrawn' });
    expect(life.state.status).toBe('inProgress');
    expect(known(life)).toStrictEqual(['1 refused', '2 withdrawn']);
    expect(life.told.slice(-2)).toStrictEqual([
      'Mon 2026-11-16 14:00 publisherRefused',
      'Mon 2026-11-16 15:00 escalationWithdrawn',
    ]);
    // What staff do about it is their matter: the customer hears nothing.
    expect(life.mailed.at(-1)).toBe('Mon 2026-11-16 12:30 escalated');
  });

  it('while the customer is asked leaves them asked; the answer leads back to us', () => {
    const life = escalated().on('2026-11-16 14:00', 'ask', { text: 't' });
    tells(life, '2026-11-16 15:00', 1, { what: 'refused', exclusion: 'training' });
    expect(life.state.status).toBe('waiting');
    expect(life.on('2026-11-16 16:00', 'answer', {}).state.status).toBe('inProgress');
  });

  it('may be followed by another', () => {
    const life = escalated();
    tells(life, '2026-11-16 15:00', 1, { what: 'refused', exclusion: 'training' });
    fix(life.on('2026-11-16 16:00', 'escalate', to(2, 'q', 'TEST-C2')), '2026-11-17 10:00', 2);
    expect(life.state.proposal).toMatchObject({ escalation: 2 });
  });
});

describe('a request that ends', () => {
  it.each([
    ['withdrawn', (life: Life) => life.on('2026-11-16 14:00', 'close', { reason: 'withdrawn', text: 't-why' })],
    ['refused', (life: Life) => life.on('2026-11-16 14:00', 'refuse', { exclusion: 'training', text: 't-why' })],
    ['closed by silence', (life: Life) => life.on('2026-11-16 14:00', 'ask', { text: 't' }).until('2026-12-01 10:00')],
  ])('%s tells every publisher that has it, in the same transition', (_, ended) => {
    const life = ended(both());
    expect(life.state.status).toBe('closed');
    expect(heard(life).slice(2)).toStrictEqual(['1 withdrawn', '2 withdrawn']);
    expect(known(life)).toStrictEqual(['1 withdrawn', '2 withdrawn']);
    expect(JSON.stringify(life.messages)).not.toContain('t-why');
  });

  it('has later reports filed: a line, a mail to staff, no other change', () => {
    const life = escalated().on('2026-11-16 14:00', 'close', { reason: 'withdrawn' });
    fix(life, '2026-11-16 15:00');
    expect(life.state.status).toBe('closed');
    expect(life.entries.at(-1)).toMatchObject({
      type: 'reportFiled',
      text: 't-fix-1',
      facts: { escalation: 1, report: 'delivered', kind: 'fix' },
    });
    expect(life.mails.at(-1)?.order).toStrictEqual({ kind: 'lateReport', escalation: 1, what: 'delivered' });
    const { state } = life;
    expect(tells(life, '2026-11-16 16:00', 1, { what: 'withdrawn' }).state).toBe(state);
  });

  it('has what the publisher writes after the end of the escalation told to staff, closed or not', () => {
    const life = escalated();
    tells(life, '2026-11-16 14:00', 1, { what: 'withdrawn' });
    for (const at of ['2026-11-16 15:00', '2026-11-16 17:00'] as const) {
      const before = life.state.status;
      tells(life, at, 1, { what: 'wrote', mail: 'm-9' });
      expect(life.state.status).toBe(before);
      expect(life.entries.at(-1)).toMatchObject({ type: 'reportFiled', mail: 'm-9', facts: { report: 'wrote' } });
      expect(life.mails.at(-1)?.order).toStrictEqual({ kind: 'lateReport', escalation: 1, what: 'wrote' });
      if (before !== 'closed') life.on('2026-11-16 16:00', 'close', { reason: 'withdrawn' });
    }
  });

  it('and is reopened is in progress: what it had delivered to it stays filed', () => {
    const life = escalated().on('2026-11-16 14:00', 'close', { reason: 'withdrawn' });
    fix(life, '2026-11-16 15:00').on('2026-11-16 16:00', 'reopen', { text: 't' });
    expect(life.state.status).toBe('inProgress');
    expect(life.state.proposal).toBeUndefined();
  });

  it('and is reopened may have the delivery confirmed that nobody judged: no publisher hears of it any more', () => {
    const life = fix(escalated(), '2026-11-16 15:00').on('2026-11-17 10:00', 'close', { reason: 'withdrawn' });
    life.on('2026-11-17 11:00', 'reopen', { text: 't' }).on('2026-11-17 12:00', 'confirm', {});
    expect(heard(life)).toStrictEqual(['1 start', '1 withdrawn']);
  });
});

describe('a save', () => {
  it('carries escalations and messages that are under way, in a short form that loses nothing', () => {
    const life = workaround(both(), '2026-11-16 15:00', 1);
    tells(life, '2026-11-16 15:30', 2, { what: 'acknowledged', sr: 'SR-2026-000001' });
    fix(life, '2026-11-16 16:00', 2).on('2026-11-17 10:00', 'reject', { text: 't-no' });
    tells(life, '2026-11-17 11:00', 1, { what: 'refused', exclusion: 'training' });
    const state = { ...life.state, pending: [...life.messages] };
    const packed = packSave({ seq: state.seq, entries: [] }, state, deriveView(state, RULES));
    const unpacked = unpackSave(throughJson(packed));
    expect(unpacked.state).toStrictEqual(state);
    expect(unpacked.view).toStrictEqual(viewOf(state, RULES));
  });

  it('of a request that never had one says nothing of it', () => {
    const { state } = taken();
    expect(JSON.stringify(packSave({ seq: 1, entries: [] }, state, deriveView(state, RULES)))).not.toContain(
      'escalations',
    );
  });
});
