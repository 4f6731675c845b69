/** A life of an escalation in steps, each as a caller gives it: the same command, until it is answered. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '../../client/unavailable.ts';
import { markSending, readEscalationRow } from '../../db/escalations.ts';
import { readRequestRow } from '../../db/requests.ts';
import { allocateSr } from '../../db/srNumbers.ts';
import { storeText } from '../../db/texts.ts';
import type { EscalationCommandName, EscalationCommandOf } from '../../domain/escalation/events.ts';
import type { Who } from '../../domain/events.ts';
import type { Drafted, DurableWorld } from './durableWorld.ts';
import { type Step as AnyStep, type Going, goThrough } from './steps.ts';
import { until } from './until.ts';

type Step = AnyStep<DurableWorld, Drafted>;

const PUBLISHER: Who = 'publisher:p-publisher';
const STAFF: Who = 'staff:s-agent';
/** What it takes to get by a worker that vanished: the longest attempt of an activity, and some more. */
const PATIENCE = { timeoutMs: 35_000, everyMs: 50 };

/** Calls until it is answered. */
async function answered<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await sleep(100);
    }
  }
}

async function says<T extends EscalationCommandName>(
  { escalations, pool }: DurableWorld,
  { id, number }: Drafted,
  who: Who,
  name: T,
  fields: object = {},
): Promise<void> {
  const commandId = randomUUID();
  await storeText(pool, { id: commandId, number, body: `Of ${name}.`, author: who });
  const command = { text: commandId, who, channel: 'api', commandId, ...fields } as unknown as EscalationCommandOf<T>;
  await answered(() => escalations.command(id, name, command));
}

const stateOf = async ({ pool }: DurableWorld, { id }: Drafted) => (await readEscalationRow(pool, id))?.state;
const requestOf = async ({ pool }: DurableWorld, { number }: Drafted) => (await readRequestRow(pool, number))?.state;
const hasLine = async (world: DurableWorld, life: Drafted, type: string) =>
  (await world.told(life)).request.includes(type);

const deliver: Step['take'] = (world, life) => says(world, life, PUBLISHER, 'deliverFix');
const isProposed: Step['isHeard'] = async (world, life) => (await requestOf(world, life))?.status === 'waiting';

/** As a call does that may die after it. */
export async function setOnItsWay({ pool }: DurableWorld, { id }: Drafted): Promise<void> {
  const row = await readEscalationRow(pool, id);
  if (row) await markSending(pool, row, { termsVersion: 1, referent: 'c-referent' }, async () => undefined);
}

/** From its sending to the acceptance of its second fix. */
export const STEPS: readonly Step[] = [
  {
    name: 'sent',
    async take(world, life) {
      const { door } = world;
      const { number } = life;
      await setOnItsWay(world, life);
      const command = { n: 1, publisher: 'pub-publisher', publisherContract: 'EDITOR' };
      const commandId = randomUUID();
      await answered(() => door.command(number, 'escalate', { ...command, who: STAFF, channel: 'api', commandId }));
    },
    isHeard: async (world, life) => (await stateOf(world, life))?.status === 'sent',
  },
  {
    name: 'acknowledged',
    async take(world, life) {
      const number = await allocateSr(world.pool, life.id, Date.now());
      await says(world, life, PUBLISHER, 'acknowledge', number);
    },
    isHeard: (world, life) => hasLine(world, life, 'publisherAcknowledged'),
  },
  {
    name: 'asked',
    take: (world, life) => says(world, life, PUBLISHER, 'ask'),
    isHeard: (world, life) => hasLine(world, life, 'publisherAsked'),
  },
  {
    name: 'provided',
    take: (world, life) => says(world, life, STAFF, 'provide'),
    isHeard: (world, life) => hasLine(world, life, 'publisherProvided'),
  },
  { name: 'delivered', take: deliver, isHeard: isProposed },
  {
    name: 'rejected',
    async take({ door, pool }, { number }) {
      const commandId = randomUUID();
      await storeText(pool, { id: commandId, number, body: 'It is still empty.', author: STAFF });
      const command = { text: commandId, who: STAFF, channel: 'api', commandId } as const;
      await answered(() => door.command(number, 'reject', command));
    },
    isHeard: async (world, life) => (await stateOf(world, life))?.status === 'inProgress',
  },
  { name: 'delivered again', take: deliver, isHeard: isProposed },
  {
    name: 'accepted',
    async take({ door }, { number }) {
      const commandId = randomUUID();
      await answered(() => door.command(number, 'confirm', { who: STAFF, channel: 'api', commandId }));
    },
    isHeard: async (world, life) => (await stateOf(world, life))?.status === 'closed',
  },
];

/** Takes them one after the other. */
export async function go(world: DurableWorld, life: Drafted, going?: Going<DurableWorld, Drafted>): Promise<void> {
  await goThrough({ steps: STEPS, patience: PATIENCE }, world, life, going);
}

/** Waits until every mail of a life has gone. */
export async function allMailed(world: DurableWorld, life: Drafted, count: number): Promise<void> {
  await until(async () => {
    const { mails } = await world.told(life);
    return mails.length === count && mails.every((mail) => mail.endsWith(' accepted'));
  }, PATIENCE);
}
