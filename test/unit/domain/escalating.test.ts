import { describe, expect, it } from 'vitest';
import type { EscalationReport } from '../../../domain/escalation/messages.ts';
import { packSave, unpackSave } from '../../../domain/packing.ts';
import type { RequestTerms } from '../../../domain/terms.ts';
import { deriveView, viewOf } from '../../../domain/view.ts';
import { local } from '../../support/businessTime.ts';
import { type Life, openLife, throughJson } from '../../support/life.ts';
import { ANOMALY_TERMS, rulesOf } from '../../support/rules.ts';

const CONTRACTS = ['TEST-C', 'TEST-C2'];
/** Family D with contracts with publishers; its resolution stands still while a publisher has the request. */
const TERMS: RequestTerms = { ...ANOMALY_TERMS, publisherContracts: CONTRACTS };
const RULES = rulesOf(TERMS);

type Told = EscalationReport extends infer R ? (R extends unknown ? Omit<R, 'id' | 'n' | 'at' | 'who'> : never) : never;

let reports = 0;

/** A report of the n-th escalation, as the workflow gives it to the core. */
function tells(
  life: Life,
  time: string,
  n: number,
  told: Told,
  id = `escalation:DA-2026-000001:${n}:report:${++reports}`,
): Life {
  const report = { ...told, id, n, at: local(time), who: 'publisher:p1' } as EscalationReport;
  return life.on(time, 'escalationReported', { report, commandId: id, who: 'publisher:p1', channel: 'system' });
}

const taken = (rules = RULES) =>
  openLife('blocking', '2026-11-16 10:00', rules).on('2026-11-16 11:00', 'acknowledge', {});
const to = (n: number, publisher = 'p', publisherContract = 'TEST-C') => ({ n, publisher, publisherContract });
const escalated = (rules = RULES) => taken(rules).on('2026-11-16 12:00', 'escalate', to(1));
const both = () => escalated().on('2026-11-16 12:30', 'escalate', to(2, 'q', 'TEST-C2'));
const fix = (life: Life, time: string, n = 1) =>
  tells(life, time, n, { what: 'delivered', kind: 'fix', text: `t-fix-${n}` });
const workaround = (life: Life, time: string, n = 1) =>
  tells(life, time, n, { what: 'delivered', kind: 'workaround', text: `t-workaround-${n}` });
/** What each escalation heard, as `1 accepted fix`. */
const heard = (life: Life) =>
  life.messages.map((message) => {
    if (message.kind === 'startEscalation') return `${message.n} start`;
    const { verdict } = message;
    return [
      message.n,
      verdict.what,
      ...('kind' in verdict ? [verdict.kind] : []),
      ...('ends' in verdict && verdict.ends ? ['ends'] : []),
    ].join(' ');
  });
const known = (life: Life) => life.view.escalations?.map(({ n, status }) => `${n} ${status}`);

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
    tells(
      life,
      '2026-11-16 15:00',
      1,
      { what: 'delivered', kind: 'fix', text: 't-fix-1' },
      `escalation:DA-2026-000001:1:report:${reports}`,
    );
    expect(life.state).toBe(state);
  });
});

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
