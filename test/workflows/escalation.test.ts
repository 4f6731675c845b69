import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEscalationWorld, type EscalationWorld, escalationBundle } from '../support/escalationWorld.ts';
import { refusalOf } from '../support/requestWorld.ts';
import { createTimeSkippingEnvironment } from '../support/temporal.ts';

let world: EscalationWorld;

beforeAll(async () => {
  world = await createEscalationWorld(await createTimeSkippingEnvironment());
});

afterAll(async () => {
  await world?.close();
});

let numbers = 0;
/** Each test has a number of its own, and a Monday: all begin at ten, Paris time, four weeks apart. */
async function nextMonday(): Promise<{ request: string; day: (days: number, time?: string) => string }> {
  const monday = Date.UTC(2030, 0, 14) + 28 * 86_400_000 * numbers;
  const request = `DA-2030-${String(++numbers).padStart(6, '0')}`;
  const day = (days: number, time = '09:00') =>
    `${new Date(monday + days * 86_400_000).toISOString().slice(0, 10)}T${time}:00Z`;
  await world.goTo(day(0));
  return { request, day };
}

async function ended(request: string): Promise<unknown> {
  await world.env.sleep('1 minute');
  return await world.escalation(request).result();
}

async function replays(request: string): Promise<void> {
  const history = await world.escalation(request).fetchHistory();
  await Worker.runReplayHistory({ workflowBundle: await escalationBundle() }, history);
}

describe('the life of an escalation', () => {
  it('from its sending to an accepted fix, the request hearing all of it', async () => {
    const { request, day } = await nextMonday();
    const id = await world.send(request, 'p2');
    expect(await world.view(request)).toMatchObject({ id, status: 'sent', version: 1, clocks: [] });
    await world.command(request, 'acknowledge');
    await world.command(request, 'startWork');
    await world.command(request, 'ask');
    await world.goTo(day(1));
    const provided = await world.command(request, 'provide', { who: 'staff:a1' });
    expect(provided).toMatchObject({ id, status: 'inProgress' });
    expect(world.saves.at(-1)).toMatchObject({ seq: provided.version, view: { status: 'inProgress' } });
    await world.command(request, 'deliverWorkaround');
    await world.tell(request, { what: 'rejected', kind: 'workaround', text: 't-no' });
    await world.command(request, 'deliverFix');
    await world.tell(request, { what: 'accepted', kind: 'fix', ends: true });
    expect(await ended(request)).toMatchObject({ id, status: 'closed' });
    expect(await world.heard(request)).toEqual(['acknowledged', 'asked', 'provided', 'delivered', 'delivered']);
    expect(world.timeline(request)).toEqual([
      'sent',
      'acknowledged',
      'workStarted',
      'asked',
      'provided',
      'workaroundDelivered',
      'rejected',
      'fixDelivered',
      'accepted',
    ]);
    expect(world.mailed(request)).toEqual([
      'escalated p2',
      'publisherTask answerPublisher',
      'provided',
      'rejected workaround',
      'accepted fix',
    ]);
    expect(world.saves.at(-1)?.state.pending.filter(({ kind }) => kind === 'save')).toEqual([]);
    await replays(request);
  });

  it('is chased while nobody acknowledges, warned of and breached while nobody delivers', async () => {
    const { request, day } = await nextMonday();
    await world.send(request, 'p1');
    await world.goTo(day(1, '12:00'));
    expect(world.mailed(request)).toEqual(['escalated p1', 'chaser 1']);
    await world.command(request, 'acknowledge');
    await world.goTo(day(5));
    expect(world.mailed(request)).toEqual(['escalated p1', 'chaser 1', 'publisherWarning', 'publisherBreach']);
    expect(await world.heard(request)).toEqual(['acknowledged', 'breached']);
    expect(await world.view(request)).toMatchObject({ breached: true, late: { fromDue: {} } });
    await world.command(request, 'withdraw', { who: 'staff:a1' });
    expect(await ended(request)).toMatchObject({ status: 'withdrawn' });
    expect(await world.heard(request)).toEqual(['acknowledged', 'breached', 'withdrawn']);
  });

  it('stays, when refused, until the work is quoted', async () => {
    const { request, day } = await nextMonday();
    await world.send(request, 'p3');
    await world.command(request, 'refuse', { exclusion: 'travel' });
    await world.goTo(day(20));
    expect((await world.escalation(request).describe()).status.name).toBe('RUNNING');
    await world.command(request, 'settleTask', { task: 'quote', who: 'staff:a1' });
    expect(await ended(request)).toMatchObject({ status: 'refused' });
  });

  it('refuses what is not possible, and leaves nothing of it', async () => {
    const { request } = await nextMonday();
    await world.send(request, 'p3');
    expect(await refusalOf(world.command(request, 'deliverFix'))).toMatchObject({
      type: 'InvalidTransition',
      details: { tried: 'deliverFix', status: 'sent' },
    });
    expect(await refusalOf(world.command(request, 'refuse', { exclusion: 'x' }))).toMatchObject({
      type: 'ValidationFailed',
    });
    expect(await world.view(request)).toMatchObject({ version: 1 });
    await world.tell(request, { what: 'withdrawn' });
    await ended(request);
  });
});

describe('messages', () => {
  it('that come twice count once', async () => {
    const { request } = await nextMonday();
    await world.send(request, 'p2');
    const first = await world.command(request, 'acknowledge', { commandId: 'ack' });
    const again = await world.command(request, 'acknowledge', { commandId: 'ack', sr: 'SR-2026-999999' });
    expect(again).toEqual(first);
    await world.command(request, 'deliverFix');
    await world.tell(request, { what: 'rejected', kind: 'fix' }, 'v1');
    await world.command(request, 'deliverFix');
    await world.tell(request, { what: 'rejected', kind: 'fix' }, 'v1');
    expect(await world.view(request)).toMatchObject({ status: 'resolved', sr: { number: 'SR-2026-000001' } });
    await world.tell(request, { what: 'withdrawn' });
    await ended(request);
    expect(world.mailed(request)).toEqual(['escalated p2', 'rejected fix', 'withdrawn']);
  });
});

it('acknowledged on a Friday at 16:50, P2 is due after the weekend and a holiday at that minute; a fix right after it is late once', async () => {
  const request = 'DA-2030-000999';
  // 11 November is a Monday; Paris is an hour ahead of UTC.
  await world.goTo('2030-11-08T15:30:00Z');
  await world.send(request, 'p2');
  await world.goTo('2030-11-08T15:50:00Z');
  await world.command(request, 'acknowledge');
  const { acknowledgedAt = 0, clocks } = await world.view(request);
  const due = clocks.find(({ name }) => name === 'resolution')?.dueAt ?? 0;
  expect(new Date(due).toISOString().slice(0, 16)).toBe('2030-11-15T15:50');
  // The same second and millisecond of that minute.
  expect(due % 60_000).toBe(acknowledgedAt % 60_000);
  await world.goTo(new Date(due + 300).toISOString());
  await world.command(request, 'deliverFix');
  await world.tell(request, { what: 'accepted', kind: 'fix', ends: true });
  await ended(request);
  expect(await world.heard(request)).toEqual(['acknowledged', 'breached', 'delivered']);
  expect(world.timeline(request)).toEqual([
    ...['sent', 'acknowledged', 'clockWarned', 'clockBreached', 'fixDelivered', 'accepted'],
  ]);
  expect(world.mailed(request).filter((mail) => mail === 'publisherBreach')).toHaveLength(1);
  const { late } = world.saves.at(-1)?.view ?? {};
  expect(late).toMatchObject({ fromDue: { from: due }, fromAcknowledgement: { from: acknowledgedAt } });
  await replays(request);
});
