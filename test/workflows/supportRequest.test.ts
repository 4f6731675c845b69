import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRequestWorld, type RequestWorld, refusalOf, workflowBundle } from '../support/requestWorld.ts';
import { createTimeSkippingEnvironment } from '../support/temporal.ts';

let world: RequestWorld;

beforeAll(async () => {
  world = await createRequestWorld(await createTimeSkippingEnvironment());
  // Any host date will do: the stories are told from a Monday morning in 2030.
  await world.goTo('2030-01-07T10:00:00+01:00');
});

afterAll(async () => {
  await world.close();
});

let day = 0;

/** Each story starts at ten on a Monday of its own, four weeks after the one before. */
async function nextMonday(): Promise<(business: number, time: string) => string> {
  const monday = Date.UTC(2030, 0, 14 + 28 * day++);
  const on = (days: number, time: string) => {
    const date = new Date(monday + days * 86_400_000).toISOString().slice(0, 10);
    return `${date}T${time}`;
  };
  await world.goTo(on(0, '09:00:00Z'));
  return on;
}

function iso(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}

describe('a silent customer', () => {
  it('is reminded after 3, 6 and 9 business days and the request closes on the 10th', async () => {
    const number = 'DA-2030-000001';
    const on = await nextMonday();
    const opened = await world.open(number, { priority: 'major' });
    expect(opened).toMatchObject({ number, version: 1, status: 'registered' });
    await world.command(number, 'acknowledge', {});
    const asked = await world.command(number, 'ask', { text: 't2' });
    expect(asked.status).toBe('waiting');

    const waiting = await world.view(number);
    expect(iso(waiting.waiting?.nextReminder?.at)).toBe(iso(asked.at + 3 * 86_400_000));
    await world.goTo(on(3, '08:00:00Z'));
    expect(world.mailed(number)).toEqual(['receipt', 'acknowledgement', 'question']);
    await world.goTo(on(3, '10:00:00Z'));
    expect(world.mailed(number).at(-1)).toBe('reminder 1');
    const outcome = await world.finish(number);

    expect(outcome).toMatchObject({ number, reason: 'noAnswer' });
    const mails = world.mailed(number);
    expect(mails.slice(2)).toEqual(['question', 'reminder 1', 'reminder 2', 'reminder 3', 'closing noAnswer']);
    const closed = world.lastState(number).closed;
    // Ten business days after the question, moved by nothing but what the mail server took to accept.
    const due = Date.parse(on(14, new Date(asked.at).toISOString().slice(11)));
    expect((closed?.at ?? 0) - due).toBeGreaterThanOrEqual(0);
    expect((closed?.at ?? 0) - due).toBeLessThan(60_000);
    expect(world.timeline(number)).toEqual([
      'opened',
      'acknowledged',
      'asked',
      'reminderSent',
      'reminderSent',
      'reminderSent',
      'closed',
    ]);
  });

  it('who answers gets the cycle from the beginning the next time', async () => {
    const number = 'DA-2030-000002';
    const on = await nextMonday();
    await world.open(number, { priority: 'blocking' });
    await world.command(number, 'ask', { text: 't2' });
    await world.goTo(on(2, '10:00:00Z'));
    expect(world.mailed(number).slice(1)).toEqual(['question', 'reminder 1', 'reminder 2']);

    await world.answer(number);
    const answered = await world.view(number);
    expect(answered.status).toBe('inProgress');
    expect(answered.waiting).toBeUndefined();

    await world.command(number, 'proposeWorkaround', { text: 't3' });
    await world.finish(number);
    const tail = ['workaround', 'reminder 1', 'reminder 2', 'reminder 3', 'closing noAnswer'];
    expect(world.mailed(number).slice(4)).toEqual(tail);
  });

  it('is reminded once after the mail server refused for hours, and the spacing follows', async () => {
    const number = 'DA-2030-000003';
    const on = await nextMonday();
    await world.open(number, { priority: 'blocking' });
    await world.command(number, 'ask', { text: 't2' });
    const back = Date.parse(on(1, '12:00:00Z'));
    world.answerMail = (mail, at) => {
      if (mail.order.kind === 'reminder' && at < back) throw new Error('451 try again later');
      return { result: 'accepted', at };
    };
    await world.finish(number);
    world.answerMail = (_mail, at) => ({ result: 'accepted', at });

    expect(world.mailed(number).slice(2)).toEqual(['reminder 1', 'reminder 2', 'reminder 3', 'closing noAnswer']);
    const times = world.saves
      .filter((save) => save.state.number === number)
      .flatMap((save) => save.entries.filter((entry) => entry.type === 'reminderSent' || entry.type === 'closed'))
      .map((entry) => entry.at);
    expect(times[0]).toBeGreaterThanOrEqual(back);
    const days = times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / 86_400_000);
    // Tuesday noon, then Wednesday, Thursday and Friday: a business day each.
    for (const [index, expected] of [1, 1, 1].entries()) {
      expect(days[index]).toBeGreaterThanOrEqual(expected);
      expect(days[index]).toBeLessThan(expected + 0.01);
    }
  });

  it('whose address is refused for good becomes a task, and the cycle goes on once it is corrected', async () => {
    const number = 'DA-2030-000004';
    const on = await nextMonday();
    await world.open(number, { priority: 'blocking' });
    await world.command(number, 'ask', { text: 't2' });
    world.answerMail = (mail, at) => ({ result: mail.order.kind === 'reminder' ? 'refused' : 'accepted', at });
    await world.goTo(on(4, '10:00:00Z'));
    world.answerMail = (_mail, at) => ({ result: 'accepted', at });

    const stopped = await world.view(number);
    expect(stopped.status).toBe('waiting');
    expect(stopped.tasks.map((task) => task.kind)).toEqual(['correctAddress']);
    expect(world.mailed(number).slice(2)).toEqual(
      ['reminder 1', 'task correctAddress', 'warning workaround'].slice(0, 2),
    );

    await world.command(number, 'correctAddress', {});
    await world.finish(number);
    expect(world.mailed(number).slice(4)).toEqual(['reminder 1', 'reminder 2', 'reminder 3', 'closing noAnswer']);
  });

  it('whose reminder bounces later is not closed on it', async () => {
    const number = 'DA-2030-000005';
    const on = await nextMonday();
    await world.open(number, { priority: 'blocking' });
    await world.command(number, 'ask', { text: 't2' });
    await world.goTo(on(1, '10:00:00Z'));
    const reminder = world.mails.find((mail) => mail.number === number && mail.order.kind === 'reminder');
    if (!reminder) throw new Error('no reminder was sent');
    const bounce = { key: reminder.key, order: reminder.order, receivedAt: await world.now() };
    await world.handle(number).signal('mailBounced', bounce);
    await world.goTo(on(20, '10:00:00Z'));

    const view = await world.view(number);
    expect(view.status).toBe('waiting');
    expect(view.waiting?.remindersSent).toBe(0);
    expect(view.tasks.map((task) => task.kind)).toEqual(['correctAddress']);
    await world.command(number, 'close', { reason: 'withdrawn' });
    await world.finish(number);
  });
});

describe('commands', () => {
  it('are refused with what is possible now, and leave nothing in the history', async () => {
    const number = 'DA-2030-000006';
    await nextMonday();
    await world.open(number, {});

    const refusal = await refusalOf(world.command(number, 'confirm', {}));
    expect(refusal.type).toBe('InvalidTransition');
    expect(refusal.details).toMatchObject({ tried: 'confirm', status: 'registered' });
    expect((refusal.details as { possible: string[] }).possible).toContain('acknowledge');
    const unknown = await refusalOf(world.command(number, 'requalify', { priority: 'urgent', text: 't2' }));
    expect(unknown.type).toBe('ValidationFailed');

    const events = (await world.handle(number).fetchHistory()).events ?? [];
    const accepted = events.flatMap((event) => event.workflowExecutionUpdateAcceptedEventAttributes ?? []);
    expect(accepted.map((update) => update.acceptedRequest?.input?.name)).toEqual(['open']);
    await world.command(number, 'refuse', { exclusion: 'notReproducible' });
    await world.finish(number);
    expect(world.mailed(number)).toEqual(['receipt', 'refusal']);
  });

  it('given twice under one id do one thing and answer the same', async () => {
    const number = 'DA-2030-000007';
    await nextMonday();
    await world.open(number, {});
    const commandId = randomUUID();
    const first = await world.command(number, 'acknowledge', { commandId });
    const again = await world
      .handle(number)
      .executeUpdate('acknowledge', { args: [{ who: 'staff:a1', channel: 'api', commandId }], updateId: randomUUID() });
    expect(again).toEqual(first);
    expect(world.mailed(number)).toEqual(['receipt', 'acknowledgement']);
    await world.command(number, 'close', { reason: 'withdrawn' });
    await world.finish(number);
  });

  it('answer once their save is committed, while the loop waits for no save', async () => {
    const number = 'DA-2030-000008';
    await nextMonday();
    await world.open(number, { priority: 'blocking' });
    let broken = true;
    world.beforeSave = (save) => {
      if (broken && save.state.number === number) throw new Error('the database is away');
    };
    let answered = false;
    const update = world.command(number, 'note', { text: 't2' }).then((result) => {
      answered = true;
      return result;
    });
    await world.env.sleep('3 hours');
    expect(answered).toBe(false);
    expect(world.mailed(number)).toContain('warning acknowledgement');

    broken = false;
    await world.env.sleep('1 minute');
    expect((await update).status).toBe('registered');
    world.beforeSave = () => {};
    await world.command(number, 'close', { reason: 'withdrawn' });
    await world.finish(number);
    expect(world.timeline(number).filter((type) => type === 'noted')).toHaveLength(1);
  });

  it('show an effect conflict as a task for staff', async () => {
    const number = 'DA-2030-000009';
    await nextMonday();
    world.answerMail = (mail, at) => {
      if (mail.order.kind !== 'acknowledgement') return { result: 'accepted', at };
      throw ApplicationFailure.nonRetryable('other content', 'EffectConflict');
    };
    await world.open(number, {});
    await world.command(number, 'acknowledge', {});
    await world.env.sleep('1 second');
    world.answerMail = (_mail, at) => ({ result: 'accepted', at });
    expect((await world.view(number)).tasks.map((task) => task.kind)).toEqual(['effectConflict']);
    await world.command(number, 'close', { reason: 'withdrawn' });
    await world.finish(number);
  });
});

describe('a closed request', () => {
  it('is reopened by an answer that finds its run over, with what it had', async () => {
    const number = 'DA-2030-000010';
    const on = await nextMonday();
    await world.open(number, { priority: 'blocking' });
    await world.command(number, 'acknowledge', {});
    await world.command(number, 'proposeFix', { text: 't2' });
    await world.finish(number);
    const closed = world.lastState(number);
    expect(closed.closed?.reason).toBe('noAnswer');

    await world.goTo(on(7, '10:00:00Z'));
    const id = randomUUID();
    const answer = { by: 'answer', who: 'contact:c1', channel: 'mail', mail: id, commandId: `mail:${id}` } as const;
    const reopened = await world.reopen(number, closed, answer);
    expect(reopened.status).toBe('inProgress');
    const twice = await world.reopen(number, closed, answer);
    expect(twice).toEqual(reopened);
    const view = await world.view(number);
    expect(view.clocks.map((clock) => [clock.name, clock.status])).toEqual([
      ['acknowledgement', 'met'],
      ['workaround', 'running'],
      ['resolution', 'running'],
    ]);
    const confirmed = await world.command(number, 'confirm', {});
    expect(confirmed.status).toBe('waiting');
    await world.command(number, 'putInProduction', {});
    expect(await world.finish(number)).toMatchObject({ reason: 'confirmed' });
  });

  it('ends a run that was started for nothing', async () => {
    const number = 'DA-2030-000011';
    await nextMonday();
    await world.open(number, {});
    await world.command(number, 'close', { reason: 'withdrawn' });
    await world.finish(number);
    const closed = world.lastState(number);
    await world.env.sleep('40 days');
    day += 1;
    const refusal = await refusalOf(
      world.reopen(number, closed, {
        by: 'command',
        who: 'staff:a1',
        channel: 'api',
        commandId: randomUUID(),
        text: 't2',
      }),
    );
    expect(refusal.type).toBe('InvalidTransition');
    expect(await world.finish(number)).toMatchObject({ reason: 'withdrawn' });
  });
});

describe('clocks', () => {
  it('warn, then breach with the due instant, and the supervisor reads it without opening a payload', async () => {
    const number = 'DA-2030-000012';
    const on = await nextMonday();
    await world.open(number, { priority: 'blocking' });
    await world.goTo(on(0, '15:00:00Z'));
    expect(world.mailed(number)).toEqual(['receipt', 'warning acknowledgement', 'breach acknowledgement']);
    const view = await world.view(number);
    const clock = view.clocks.find(({ name }) => name === 'acknowledgement');
    expect(clock?.breachedAt).toBe((clock?.startedAt ?? 0) + 3 * 3_600_000);

    const description = await world.handle(number).describe();
    expect(description.typedSearchAttributes.getAll().length).toBeGreaterThan(0);
    const metadata = await world.handle(number).query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    expect(JSON.stringify(metadata)).toContain('breached at Mon');
    await world.command(number, 'close', { reason: 'withdrawn' });
    await world.finish(number);
  });

  it('go on beyond their window: it is asked for once and answers', async () => {
    const number = 'DA-2030-000013';
    const on = await nextMonday();
    await world.open(number, { priority: 'minor' });
    await world.command(number, 'acknowledge', {});
    await world.command(number, 'defer', { text: 't2' });
    await world.goTo(on(120, '10:00:00Z'));
    await world.command(number, 'resume', {});
    const view = await world.view(number);
    expect(view.status).toBe('inProgress');
    await world.command(number, 'ask', { text: 't3' });
    expect((await world.view(number)).waiting?.nextReminder).toBeDefined();
    await world.command(number, 'close', { reason: 'withdrawn' });
    await world.finish(number);
    day += 5;
  });
});

describe('many messages', () => {
  it('in one activation are taken in order, and their history replays', async () => {
    const number = 'DA-2030-000014';
    await nextMonday();
    await world.open(number, {});
    await world.command(number, 'ask', { text: 't2' });
    await Promise.all(Array.from({ length: 300 }, () => world.answer(number)));
    await world.command(number, 'note', { text: 't3' });
    expect(world.timeline(number).filter((type) => type === 'answered')).toHaveLength(300);
    expect((await world.view(number)).status).toBe('inProgress');
    await world.command(number, 'close', { reason: 'withdrawn' });
    await world.finish(number);
    const history = await world.handle(number).fetchHistory();
    await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history);
  });
});
