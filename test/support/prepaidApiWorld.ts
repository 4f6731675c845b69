/** The API before a contract that sells tickets: estimates asked for, links pressed, dates agreed, by the core itself. */
import { randomUUID } from 'node:crypto';
import supertest, { type Response, type Test } from 'supertest';
import { expect } from 'vitest';
import type { AppDependencies } from '../../api/app.ts';
import { prepaidTickets } from '../../contracts/templates/prepaidTickets.ts';
import { issueToken } from '../../db/accessTokens.ts';
import { storeContact, storeContract, storeTerms } from '../../db/contracts.ts';
import { listLedgerOddities } from '../../db/ledger/verification.ts';
import type { InterventionId } from '../../domain/intervention/state.ts';
import type { OutgoingMessage } from '../../mail/transport.ts';
import { type ApiWorld, createApiWorld, termsOf } from './apiWorld.ts';

/** An intervention, by its path in the API. */
export interface Opened {
  readonly path: string;
  readonly id: InterventionId;
  readonly number: string;
}

/** One whose estimate was sent, with the link of its mail. */
export interface Estimated extends Opened {
  readonly link: string;
  readonly estimate: string;
}

/** Contract `PREPAID` with its contact `c-payer`, who has ten tickets. */
export interface PrepaidApiWorld extends ApiWorld {
  /** Of the contact. */
  readonly token: string;
  /** Reference of the order that was entered last. */
  lastOrder(): string;
  buy(pack: number): Promise<void>;
  asCustomer(path: string, body: object): Test;
  /** One whose feasibility was studied. */
  studied(): Promise<Opened>;
  estimated(units: number): Promise<Estimated>;
  /** See {@link scheduleAhead}. */
  scheduled(path: string): Promise<void>;
  press(link: string, body: object): Test;
  balance(): Promise<Response['body']>;
  read(path: string): Promise<Response['body']>;
  lastMail(): OutgoingMessage | undefined;
  /** Mails of an intervention that have a link, the oldest first. */
  linked(id: InterventionId): OutgoingMessage[];
  /** Ends it, once its ledger adds up. */
  close(): Promise<void>;
}

/** Path of the link in a mail. @throws Error: it has none */
export function linkIn(text = ''): string {
  const path = /http:\/\/relance\.test(\/approvals\/[a-z2-7]+)/.exec(text)?.[1];
  if (!path) throw new Error(`no link: ${text}`);
  return path;
}

/** Agrees the next date, from a week on, that opening hours admit: weekends and public holidays are refused. */
export async function scheduleAhead({ post }: Pick<ApiWorld, 'post'>, path: string): Promise<void> {
  for (let day = 8; ; day++) {
    const date = new Date(Date.now() + day * 86_400_000).toISOString().slice(0, 10);
    const body = { from: `${date}T09:00:00Z`, to: `${date}T10:00:00Z` };
    const { status, text } = await post('agent', `${path}/schedule`, body);
    if (status === 200) return;
    if (day > 20) throw new Error(text);
  }
}

/** With the contract, its contact and their tickets. */
export async function createPrepaidApiWorld(over: Partial<AppDependencies> = {}): Promise<PrepaidApiWorld> {
  const api = await createApiWorld(over);
  const { pool, app, interventionDoor } = api;
  const terms = termsOf(prepaidTickets({ customer: 'Customer <One>', provider: 'Support' }));
  await storeContract(pool, { reference: 'PREPAID', terms });
  await storeTerms(pool, 'PREPAID', 1, '2026-01-01', terms);
  const person = { id: 'c-payer', contract: 'PREPAID', name: 'Payer <b>', email: 'payer@customer.test' };
  await storeContact(pool, { ...person, language: 'en', trained: true });
  const token = await issueToken(pool, { contact: 'c-payer', expiresAt: new Date(Date.now() + 3_600_000) });
  let forms = 0;

  const world: PrepaidApiWorld = {
    ...api,
    token,
    lastOrder: () => `BC-${forms}`,
    async buy(pack) {
      const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(Date.now());
      const body = { pack, signedOn: today, orderForm: `BC-${++forms}` };
      const { status, text } = await api.post('billing', '/v1/contracts/PREPAID/orders', body);
      if (status !== 201) throw new Error(text);
    },
    asCustomer: (path, body) =>
      supertest(app).post(path).set('authorization', `Bearer ${token}`).set('idempotency-key', randomUUID()).send(body),
    async studied() {
      const request = await world.asCustomer('/v1/requests', {
        ...{ contract: 'PREPAID', contact: 'c-payer', subject: 'Install <the> server', description: 'Please.' },
        kind: 'installation',
      });
      const { number } = request.body;
      const opened = await api.post('agent', `/v1/requests/${number}/interventions`, { text: 'Install it.' });
      if (opened.status !== 201) throw new Error(opened.text);
      const path = `/v1/interventions/${number}/${opened.body.n}`;
      expect((await api.post('agent', `${path}/study`, { feasible: true, text: 'It can be done.' })).status).toBe(200);
      return { path, id: opened.body.id, number };
    },
    async estimated(units) {
      const one = await world.studied();
      const sent = await api.post('agent', `${one.path}/sendEstimate`, { scope: 'All <of> it.', units });
      expect(sent.status).toBe(200);
      return { ...one, link: linkIn(world.linked(one.id)[0]?.text), estimate: sent.body.estimate.id };
    },
    scheduled: (path) => scheduleAhead(api, path),
    press: (link, body) => supertest(app).post(link).type('form').send(body),
    balance: async () => (await api.get('billing', '/v1/contracts/PREPAID/balance')).body.items[0],
    read: async (path) => (await api.get('agent', path)).body,
    lastMail: () => interventionDoor.mails.at(-1),
    linked: (id) =>
      interventionDoor.mails.filter(
        ({ headers, text }) => headers['X-Relance-Intervention'] === id && text.includes('/approvals/'),
      ),
    async close() {
      expect(await listLedgerOddities(pool)).toEqual([]);
      await api.close();
    },
  };
  await world.buy(10);
  return world;
}
