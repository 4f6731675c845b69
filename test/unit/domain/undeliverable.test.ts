import { describe, expect, it } from 'vitest';
import { local } from '../../support/businessTime.ts';
import { type Life, openLife } from '../../support/life.ts';

function asked(): Life {
  return openLife('blocking', '2026-11-16 10:00').on('2026-11-16 10:00', 'ask', { text: 't' });
}

function cycle(life: Life): string[] {
  return life.mailed.filter((mail) => / (reminder|closing|task) /.test(mail));
}

/** What was ordered as reminder `step`, the last time. */
function reminder(life: Life, step: number) {
  const mail = life.mails.findLast(({ order }) => order.kind === 'reminder' && order.step === step);
  if (!mail) throw new Error(`reminder ${step} was not ordered`);
  return { key: mail.key, order: mail.order };
}

describe('a reminder that the server refuses for good', () => {
  const refused = () => {
    const life = asked().until('2026-11-17 12:00');
    life.mailServer = ({ kind }) => (kind === 'reminder' ? 'refused' : 'accepted');
    life.until('2026-11-25 10:00');
    life.mailServer = () => 'accepted';
    return life;
  };

  it('becomes a task for staff and stops the cycle', () => {
    const life = refused();
    expect(cycle(life)).toStrictEqual([
      'Tue 2026-11-17 10:00 reminder 1',
      'Wed 2026-11-18 10:00 reminder 2',
      'Wed 2026-11-18 10:00 task correctAddress',
    ]);
    expect(life.view.tasks).toMatchObject([{ kind: 'correctAddress' }]);
    expect(life.view.waiting).toMatchObject({ remindersSent: 1 });
    expect(life.view.waiting?.nextReminder).toBeUndefined();
  });

  it('goes out again once the address is corrected, and the cycle goes on with it', () => {
    const life = refused().on('2026-11-25 11:00', 'correctAddress', {}).until('2026-12-01 10:00');
    expect(cycle(life).slice(3)).toStrictEqual([
      'Wed 2026-11-25 11:00 reminder 2',
      'Thu 2026-11-26 11:00 reminder 3',
      'Fri 2026-11-27 11:00 closing noAnswer',
    ]);
    expect(life.view.tasks).toStrictEqual([]);
  });

  it('does not keep an answer by telephone from ending the waiting', () => {
    const life = refused().on('2026-11-25 11:00', 'answer', { channel: 'phone' });
    expect(life.state.status).toBe('inProgress');
    expect(life.view.tasks).toHaveLength(1);
  });
});

describe('a question that the server refuses', () => {
  it('is sent again to the corrected address', () => {
    const life = openLife('blocking', '2026-11-16 10:00');
    life.mailServer = ({ kind }) => (kind === 'question' ? 'refused' : 'accepted');
    life.on('2026-11-16 10:30', 'ask', { text: 't' }).until('2026-11-19 10:00');
    life.mailServer = () => 'accepted';
    life.on('2026-11-19 10:00', 'correctAddress', {});
    expect(life.mailed.at(-1)).toBe('Thu 2026-11-19 10:00 question');
    const questions = life.mails.filter(({ order }) => order.kind === 'question');
    expect(new Set(questions.map(({ key }) => key)).size).toBe(2);
  });
});

describe('several mails that were undeliverable', () => {
  const unreachable = () => {
    const life = openLife('blocking', '2026-11-16 10:00');
    life.mailServer = ({ kind }) => (kind === 'task' ? 'accepted' : 'refused');
    life.on('2026-11-16 10:30', 'ask', { text: 't1' }).on('2026-11-16 11:00', 'answer', { channel: 'phone' });
    return life;
  };
  const sentAgain = (life: Life, time: string) => {
    life.mailServer = () => 'accepted';
    const sent = life.mails.length;
    life.on(time, 'correctAddress', {});
    return life.mails.slice(sent).map(({ order }) => ('text' in order ? `${order.kind} ${order.text}` : order.kind));
  };

  it('are sent again once each, the latest of a kind', () => {
    const life = unreachable().on('2026-11-16 12:00', 'ask', { text: 't2' });
    expect(sentAgain(life, '2026-11-16 13:00')).toStrictEqual(['question t2']);
    expect(life.mails.at(-1)?.order).toMatchObject({ firstReminderAt: local('2026-11-17 12:00') });
  });

  it('are not sent again when they are answered, or no longer true', () => {
    const life = unreachable().on('2026-11-16 12:00', 'close', { reason: 'withdrawn' });
    life.on('2026-11-16 13:00', 'reopen', { text: 't3' });
    expect(sentAgain(life, '2026-11-16 14:00')).toStrictEqual(['reopened t3']);
  });

  it('announce no first reminder that is past', () => {
    const life = unreachable().on('2026-11-16 12:00', 'ask', { text: 't2' });
    expect(sentAgain(life, '2026-11-18 13:00')).toStrictEqual(['question t2']);
    expect(life.mails.at(-1)?.order).not.toHaveProperty('firstReminderAt');
  });
});

describe('an alert to staff that the server refuses', () => {
  it('is recorded, and answered by no further alert', () => {
    const life = openLife('blocking', '2026-11-16 10:00');
    life.mailServer = ({ kind }) => (kind === 'breach' ? 'refused' : 'accepted');
    life.until('2026-11-16 15:00');
    expect(life.told.at(-1)).toBe('Mon 2026-11-16 13:00 mailUndeliverable');
    expect(life.view.tasks).toStrictEqual([]);
  });
});

describe('a bounce', () => {
  it('of a reminder that was accepted takes it back; that step is sent again', () => {
    const life = asked().until('2026-11-18 12:00');
    life.on('2026-11-18 12:10', 'mailBounced', reminder(life, 2)).until('2026-11-24 10:00');
    expect(life.view.waiting).toMatchObject({ remindersSent: 1 });
    expect(life.state.status).toBe('waiting');
    life.on('2026-11-24 11:00', 'correctAddress', {}).until('2026-12-01 10:00');
    expect(cycle(life)).toStrictEqual([
      'Tue 2026-11-17 10:00 reminder 1',
      'Wed 2026-11-18 10:00 reminder 2',
      'Wed 2026-11-18 12:10 task correctAddress',
      'Tue 2026-11-24 11:00 reminder 2',
      'Wed 2026-11-25 11:00 reminder 3',
      'Thu 2026-11-26 11:00 closing noAnswer',
    ]);
  });

  it('of the third reminder keeps the request from closing', () => {
    const life = asked().until('2026-11-20 09:00');
    life.on('2026-11-20 09:30', 'mailBounced', reminder(life, 3)).until('2026-12-18 10:00');
    expect(life.state.status).toBe('waiting');
  });

  it('takes back what was sent after it as well, on its way or accepted', () => {
    const life = asked().until('2026-11-18 12:00');
    life.mailServer = ({ kind }) => (kind === 'reminder' ? 'none' : 'accepted');
    life.until('2026-11-19 10:00');
    const third = reminder(life, 3);
    life.on('2026-11-19 10:00', 'mailBounced', reminder(life, 2)).on('2026-11-19 10:01', 'mailAccepted', third);
    expect(life.view.waiting).toMatchObject({ remindersSent: 1 });
    life.mailServer = () => 'accepted';
    life.on('2026-11-19 14:00', 'correctAddress', {}).until('2026-12-01 10:00');
    expect(cycle(life).slice(-3)).toStrictEqual([
      'Thu 2026-11-19 14:00 reminder 2',
      'Fri 2026-11-20 14:00 reminder 3',
      'Mon 2026-11-23 14:00 closing noAnswer',
    ]);
  });

  it('that comes before the news of the acceptance counts all the same', () => {
    const life = asked();
    life.mailServer = ({ kind }) => (kind === 'reminder' ? 'none' : 'accepted');
    life.until('2026-11-17 10:00');
    const first = reminder(life, 1);
    life.on('2026-11-17 10:01', 'mailBounced', first).on('2026-11-17 10:02', 'mailAccepted', first);
    expect(life.view.waiting).toMatchObject({ remindersSent: 0 });
    expect(life.view.tasks).toMatchObject([{ kind: 'correctAddress' }]);
    expect(life.state.pending).toStrictEqual([]);
  });

  it('twice of the same mail is one task', () => {
    const life = asked().until('2026-11-18 12:00');
    const second = reminder(life, 2);
    life.on('2026-11-18 12:10', 'mailBounced', second).on('2026-11-18 12:20', 'mailBounced', second);
    expect(life.view.tasks).toHaveLength(1);
  });

  it('after the closing is told to staff and opens nothing', () => {
    const life = asked().until('2026-11-23 10:00');
    life.on('2026-11-23 10:00', 'mailBounced', reminder(life, 3));
    expect(life.state.status).toBe('closed');
    expect(cycle(life).at(-1)).toBe('Mon 2026-11-23 10:00 task correctAddress');
  });
});

describe('a message that waits for a person’s look', () => {
  it('keeps the request from closing, not from reminding', () => {
    const life = asked().on('2026-11-16 12:00', 'holdMessage', { mail: 'm1' }).until('2026-11-30 10:00');
    expect(cycle(life)).toStrictEqual([
      'Mon 2026-11-16 12:00 task lookAtMessage',
      'Tue 2026-11-17 10:00 reminder 1',
      'Wed 2026-11-18 10:00 reminder 2',
      'Thu 2026-11-19 10:00 reminder 3',
    ]);
    expect(life.view.waiting?.closesAt).toBeUndefined();
  });

  it('lets it close once a person has found no answer in it', () => {
    const life = asked().on('2026-11-16 12:00', 'holdMessage', { mail: 'm1' });
    life.on('2026-11-30 10:00', 'dismissMessage', { mail: 'm1' }).until('2026-11-30 10:00');
    expect(cycle(life).at(-1)).toBe('Mon 2026-11-30 10:00 closing noAnswer');
  });

  it('is an answer once a person has accepted it', () => {
    const life = asked().on('2026-11-16 12:00', 'holdMessage', { mail: 'm1' });
    life.on('2026-11-30 10:00', 'answer', { mail: 'm1' });
    expect(life.view).toMatchObject({ status: 'inProgress', tasks: [] });
  });

  it('is held once, and not by a request that is closed', () => {
    const life = asked().on('2026-11-16 12:00', 'holdMessage', { mail: 'm1' });
    const { seq } = life.state;
    life.on('2026-11-16 12:01', 'holdMessage', { mail: 'm1' }).on('2026-11-16 12:02', 'dismissMessage', { mail: 'm9' });
    expect(life.state.seq).toBe(seq);
    life.on('2026-11-16 13:00', 'close', { reason: 'withdrawn' }).on('2026-11-16 14:00', 'holdMessage', { mail: 'm2' });
    expect(life.view.tasks).toStrictEqual([]);
  });
});

describe('an effect whose key was used with other content', () => {
  it('is shown, and told to staff', () => {
    const life = openLife('blocking', '2026-11-16 10:00');
    const key = life.mails[0]?.key ?? '';
    life.on('2026-11-16 10:01', 'effectConflict', { key });
    expect(life.view.tasks).toMatchObject([{ kind: 'effectConflict' }]);
    expect(life.mailed.at(-1)).toBe('Mon 2026-11-16 10:01 task effectConflict');
  });

  it('of a reminder holds the cycle until staff write an answer down; then a new cycle begins', () => {
    const life = openLife('blocking', '2026-11-16 10:00').on('2026-11-16 10:00', 'ask', { text: 't' });
    life.mailServer = (order) => (order.kind === 'reminder' ? 'none' : 'accepted');
    life.until('2026-11-17 11:00');
    const key = life.mails.at(-1)?.key ?? '';
    life.on('2026-11-17 11:00', 'effectConflict', { key });
    life.until('2026-11-27 10:00');
    expect(cycle(life)).toStrictEqual(['Tue 2026-11-17 10:00 reminder 1', 'Tue 2026-11-17 11:00 task effectConflict']);
    life.mailServer = () => 'accepted';
    life.on('2026-11-27 10:00', 'answer', { who: 'staff:a1' }).on('2026-11-27 10:01', 'ask', { text: 't' });
    life.until('2026-12-10 10:00');
    expect(cycle(life).slice(2)).toStrictEqual([
      'Mon 2026-11-30 10:01 reminder 1',
      'Tue 2026-12-01 10:01 reminder 2',
      'Wed 2026-12-02 10:01 reminder 3',
      'Thu 2026-12-03 10:01 closing noAnswer',
    ]);
  });
});
