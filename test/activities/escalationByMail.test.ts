/** The whole way by mail: the core orders, the activity sends, the mailbox answers as the publisher, the relay delivers to the core. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEscalationMailActivities } from '../../activities/escalationMail.ts';
import type { EscalationMailDoor } from '../../client/publisherMails.ts';
import { readEscalationRow } from '../../db/escalations.ts';
import { saveEscalationState } from '../../db/saveEscalation.ts';
import { allocateSr } from '../../db/srNumbers.ts';
import { advanceEscalation, type EscalationAdvance, openEscalation } from '../../domain/escalation/escalation.ts';
import type { EscalationEvent } from '../../domain/escalation/events.ts';
import type { EscalationId } from '../../domain/escalation/state.ts';
import { viewOf } from '../../domain/escalation/view.ts';
import { createCorrespondent } from '../../mail/mailbox/answers.ts';
import { type Mailbox, startMailbox } from '../../mail/mailbox/mailbox.ts';
import { createMailTransport } from '../../mail/transport.ts';
import type { SendEscalationMail } from '../../workflows/escalationMessages.ts';
import type { MailOutcome } from '../../workflows/messages.ts';
import { PUBLISHER_RULES } from '../support/escalationLife.ts';
import { activityEnvironment } from '../support/mailWorld.ts';
import { createPublisherWorld, type PublisherWorld } from '../support/publisherWorld.ts';
import { DOMAIN, KEYS } from '../support/relayWorld.ts';
import { until } from '../support/until.ts';

let world: PublisherWorld;
let mailbox: Mailbox;
beforeAll(async () => {
  world = await createPublisherWorld();
  mailbox = await startMailbox({ inbound: { host: '127.0.0.1', port: world.port } });
  world.startRelay({ escalations: { door, allocateSr } });
});
afterAll(async () => {
  await mailbox?.close();
  await world?.close();
});

async function save({ state, effects }: EscalationAdvance): Promise<void> {
  let kept = state;
  for (const effect of effects) {
    if (effect.kind !== 'save') continue;
    kept = { ...kept, pending: kept.pending.filter(({ key }) => key !== effect.key) };
    const { key, seq, entries } = effect;
    await saveEscalationState(world.pool, { key, seq, entries, state: kept, view: viewOf(kept, PUBLISHER_RULES) });
  }
  for (const effect of effects) if (effect.kind === 'mail') await send({ ...effect, escalation: state.id });
}

async function happen(id: EscalationId, event: EscalationEvent) {
  const state = (await readEscalationRow(world.pool, id))?.state;
  if (!state) throw new Error(`${id} has no state`);
  const result = advanceEscalation(state, event, PUBLISHER_RULES);
  await save(result);
  return { id, version: result.state.seq, at: result.state.lastAt, status: result.state.status };
}

const fact = (type: string) => async (id: EscalationId, payload: { receivedAt: number }) => {
  const { receivedAt: at, ...rest } = payload;
  await happen(id, { who: 'system', channel: 'mail', ...rest, type, at } as unknown as EscalationEvent);
  return 'delivered' as const;
};
const door: EscalationMailDoor = {
  command: async (id, type, { receivedAt, ...command }) =>
    await happen(id, { ...command, type, at: receivedAt ?? Date.now() } as unknown as EscalationEvent),
  holdMessage: fact('holdMessage'),
  dismissMessage: fact('dismissMessage'),
  mailBounced: fact('mailBounced'),
};

async function send({ key, escalation, order }: SendEscalationMail): Promise<void> {
  const transport = createMailTransport(`smtp://127.0.0.1:${mailbox.smtpPort}`);
  const { sendEscalationMail } = createEscalationMailActivities({
    pool: world.pool,
    transport,
    tokenKeys: KEYS,
    sender: { name: 'Support', domain: DOMAIN },
    staffAlerts: { address: 'alerts@staff.test', language: 'en' },
    logger: { warn: () => undefined, error: () => undefined },
    files: async () => [],
  });
  await activityEnvironment().run<[SendEscalationMail], MailOutcome, typeof sendEscalationMail>(sendEscalationMail, {
    key,
    escalation,
    order,
  });
  transport.close();
}

const answer = async (action: string, text: string, kind: 'answer' | 'outOfOffice' = 'answer') => {
  const message = mailbox.messages().find(({ to, actions }) => to === 'support@softco.test' && actions.length > 0);
  if (!message) throw new Error('the publisher has no mail');
  const to = message.actions.find((one) => one.action === action)?.address;
  await createCorrespondent('127.0.0.1', world.port).answer(message, kind, text, to);
};

it('a publisher asks, is answered, is away, and delivers', async () => {
  const number = await world.openRequest();
  const id = `escalation:${number}:1` as const;
  await world.pool.query(
    `INSERT INTO escalations (id, request, n, contract, terms_version, publisher, stage, priority, drafted_by)
     VALUES ($1, $2, 1, 'C-softco', 1, 'softco', 'sending', 'p2', 'staff:a1')`,
    [id, number],
  );
  const at = Date.now();
  const identity = { id, request: number, n: 1, publisher: 'softco' };
  const by = { who: 'staff:a1', channel: 'api', at } as const;
  await save(openEscalation(identity, { type: 'send', priority: 'p2', sentBy: 'contact:ref', ...by }, PUBLISHER_RULES));
  const status = async () => (await readEscalationRow(world.pool, id))?.state?.status;

  await answer('ask', 'Which version?', 'outOfOffice');
  await world.settled(1);
  expect(await status()).toBe('sent');

  await answer('ask', 'Which version?');
  await world.settled(2);
  expect(await status()).toBe('waiting');
  const row = await readEscalationRow(world.pool, id);
  expect(row?.state?.sr).toMatchObject({ number: row?.sr, issuedBy: 'distributor', receivedBy: 'publisher:softco' });
  expect(row?.sr).toMatch(/^SR-\d{4}-000001$/);

  const text = '7b2f8f0e-37f3-4a4b-9b73-3f8f0b6a2d11';
  await world.pool.query(`INSERT INTO texts (id, number, body, author) VALUES ($1, $2, '4.2', 'staff:a1')`, [
    text,
    number,
  ]);
  const provide = { type: 'provide', text, at: Date.now(), who: 'staff:a1', channel: 'api', commandId: text } as const;
  await happen(id, provide);
  await until(() => mailbox.messages()[0]?.subject.startsWith(`[${row?.sr}]`) ?? false);

  await answer('deliverFix', 'Install 4.2.1.');
  await world.settled(3);
  expect(await status()).toBe('resolved');
  await answer('deliverFix', 'Install 4.2.2 rather.');
  await world.settled(4);
  const tasks = (await readEscalationRow(world.pool, id))?.state?.tasks.map(({ kind }) => kind);
  expect(tasks).toEqual(['lookAtMessage']);
  const [last] = (await world.received()).slice(-1);
  expect(last).toMatchObject({ disposition: 'publisherNote', reason: 'refused' });
});
