/** A planned visit by the API: what its module delivers is asked for, kept, shown and mailed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeContact } from '../../db/contracts.ts';
import { furtherTextId } from '../../db/texts.ts';
import { type ApiWorld, createApiWorld } from '../support/apiWorld.ts';
import { none } from '../support/none.ts';
import { scheduleAhead } from '../support/prepaidApiWorld.ts';
import { amendVisited, visitedHosting } from '../support/visitWorld.ts';

let world: ApiWorld;

beforeAll(async () => {
  world = await createApiWorld();
  const modules = ['plannedMaintenance', 'preventiveHalfDay', 'coordinationDay', 'hosting'] as const;
  await amendVisited(world.pool, 'HOSTED', 1, visitedHosting(modules));
  const person = { id: 'c-host', contract: 'HOSTED', name: 'Host', email: 'host@customer.test' };
  await storeContact(world.pool, { ...person, language: 'fr', trained: true });
});
afterAll(() => world.close());

/** A visit on which half an hour was worked. */
async function workedOn(module: string): Promise<{ path: string; number: string }> {
  const asked = { contract: 'HOSTED', contact: 'c-host', subject: 'Visit', description: 'This period.' };
  const request = await world.post('agent', '/v1/requests', asked);
  const number = request.body.number as string;
  const opened = await world.post('agent', `/v1/requests/${number}/interventions`, { text: 'Visit.', module });
  if (opened.status !== 201) throw new Error(opened.text);
  const path = `/v1/interventions/${number}/${opened.body.n}`;
  await scheduleAhead(world, path);
  const logged = await world.post('agent', `${path}/logWork`, { minutes: 30 });
  expect(logged.body.work).toMatchObject({ seconds: 1_800, used: none });
  return { path, number };
}

const textsOf = async (number: string) =>
  (await world.pool.query<{ body: string }>('SELECT body FROM texts WHERE number = $1', [number])).rows.map(
    ({ body }) => body,
  );

describe('completing a visit', () => {
  it('asks for the action plan, and keeps nothing of what was refused', async () => {
    const { path, number } = await workedOn('coordinationDay');
    const refused = await world.post('agent', `${path}/complete`, { text: 'REFUSED report', qualityIndex: 70 });
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map((error: { path: string }) => error.path)).toEqual(['actionPlan', 'qualityIndex']);
    expect((await textsOf(number)).join()).not.toContain('REFUSED');

    const done = await world.post('agent', `${path}/complete`, { text: 'The report.', actionPlan: 'The <plan>.' });
    expect(done.status).toBe(200);
    expect(done.body).toMatchObject({
      status: 'done',
      delivered: { report: 'The report.', actionPlan: 'The <plan>.' },
    });
    const mail = world.interventionDoor.mails.at(-1);
    expect(mail?.text).toContain('> The <plan>.');
    expect(mail?.text.replace(/\s+/g, ' ')).toContain('Dont compris dans le forfait : 30 min');
    expect(mail?.html).not.toContain('<plan>');
    const { body } = await world.get('agent', `${path}/timeline`);
    const said = body.items.map(({ type, text }: { type: string; text?: string }) => [type, text]);
    expect(said).toContainEqual(['completed', 'The report.']);
    expect(said).toContainEqual(['actionPlanDelivered', 'The <plan>.']);
    const list = await world.get('agent', `/v1/interventions?request=${number}`);
    expect(list.body.items[0]).not.toHaveProperty('delivered');
  });

  it('asks for the index of quality, a whole number from 0 to 100', async () => {
    const { path } = await workedOn('preventiveHalfDay');
    for (const qualityIndex of [undefined, -1, 101, 50.5, 'high']) {
      const refused = await world.post('agent', `${path}/complete`, { text: 'The report.', qualityIndex });
      expect(refused.status).toBe(422);
      expect(refused.body.errors).toMatchObject([{ path: 'qualityIndex' }]);
    }
    const { body } = await world.post('agent', `${path}/complete`, { text: 'The report.', qualityIndex: 0 });
    expect(body.delivered).toEqual({ report: 'The report.', qualityIndex: 0 });
    const mail = world.interventionDoor.mails.at(-1)?.text ?? '';
    expect(mail.replace(/\s+/g, ' ')).toContain('Indice de qualité : 0 sur 100');
    const { items } = (await world.get('agent', `${path}/timeline`)).body;
    const completed = items.find(({ type }: { type: string }) => type === 'completed');
    expect(completed.facts).toMatchObject({ qualityIndex: 0 });
  });

  it('needs neither where the module delivers a report alone', async () => {
    const { path } = await workedOn('plannedMaintenance');
    const refused = await world.post('agent', `${path}/complete`, { text: 'The report.', actionPlan: 'A plan.' });
    expect(refused.body.errors).toMatchObject([
      { path: 'actionPlan', message: 'This is not delivered here: leave it out.' },
    ]);
    const { body } = await world.post('agent', `${path}/complete`, { text: 'The report.' });
    expect(body).toMatchObject({ status: 'done', delivered: { report: 'The report.' } });
  });
});

it('a further text of a command has the same id each time, another than that of any other', () => {
  const ids = ['c-1', 'c-2'].flatMap((command) => ['actionPlan', 'other'].map((name) => furtherTextId(command, name)));
  expect(new Set(ids).size).toBe(4);
  expect(furtherTextId('c-1', 'actionPlan')).toBe(ids[0]);
  for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/);
});
