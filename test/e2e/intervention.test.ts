/** Prepaid work on the real stack: bought, asked for, estimated, approved from a mail, planned, done, debited. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyText } from '../../scripts/demo/checks.ts';
import { until } from '../support/until.ts';
import { callApi, type LocalStack, readMailbox, startLocalStack } from './localStack.ts';

interface Intervention {
  readonly id: string;
  readonly n: number;
  readonly status: string;
  readonly reserved: { readonly ticket?: number };
  readonly ended?: { readonly used: object; readonly returned: object };
}

interface Planned extends Intervention {
  readonly estimate?: { readonly id: string };
  readonly plan?: { readonly from: string; readonly to: string; readonly freeBefore?: string };
  readonly tasks: readonly { readonly kind: string }[];
}

interface Line {
  readonly kind: string;
  readonly available: number;
  readonly pending: number;
  readonly availableAfter: number;
  readonly pendingAfter: number;
  readonly request?: string;
  readonly intervention?: string;
}

const CONTRACT = 'DEMO-PREPAID';
const SECRET = 'ORCHID-9';
const patience = { timeoutMs: 60_000 };
let stack: LocalStack;

beforeAll(async () => {
  stack = await startLocalStack();
}, 180_000);
afterAll(() => stack?.remove(), 60_000);

const mails = () => readMailbox(stack, 'thea@customer.example');

/** The next date, from a week on, that opening hours admit. */
async function schedule(path: string): Promise<Intervention> {
  for (let day = 8; ; day++) {
    const date = new Date(Date.now() + day * 86_400_000).toISOString().slice(0, 10);
    const body = { from: `${date}T09:00:00Z`, to: `${date}T10:30:00Z`, participants: 2 };
    try {
      return await callApi<Intervention>(stack, `${path}/schedule`, body);
    } catch (error) {
      // Weekends and public holidays.
      if (day > 20 || !String(error).includes(': 422 ')) throw error;
    }
  }
}

describe('an intervention', () => {
  it('is approved from a mail, done in three parts of twenty minutes, and costs one ticket', async () => {
    const { billing, prepaidCustomer } = stack.tokens;
    const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(Date.now());
    const order = { pack: 4, signedOn: today, orderForm: 'BC-DEMO-1' };
    await callApi(stack, `/v1/contracts/${CONTRACT}/orders`, order, billing);
    const { number } = await callApi<{ number: string }>(
      stack,
      '/v1/requests',
      {
        ...{ contract: CONTRACT, contact: 'demo-thea', kind: 'installation' },
        ...{ subject: `A new server ${SECRET}`, description: `Please install it. ${SECRET}` },
      },
      prepaidCustomer,
    );
    const opened = await callApi<Intervention>(stack, `/v1/requests/${number}/interventions`, {
      text: `Install ${SECRET}.`,
    });
    const path = `/v1/interventions/${number}/${opened.n}`;
    const read = () => callApi<Intervention>(stack, path);
    await callApi(stack, `${path}/study`, { feasible: true, text: `It can be done. ${SECRET}` });
    await callApi(stack, `${path}/sendEstimate`, { service: 'pdmInstallation', units: 3 });

    // The estimate, and a scanner that opens its link.
    const linked = async () => (await mails()).find(({ text }) => text.includes('/approvals/'));
    await until(async () => (await linked()) !== undefined, patience);
    const mail = await linked();
    const link = /http:\/\/\S+\/approvals\/[a-z2-7]+/.exec(mail?.text ?? '')?.[0] ?? '';
    expect(mail?.subject).toContain(number);
    for (const method of ['GET', 'HEAD', 'GET']) {
      const scanned = await fetch(link, { method });
      expect(scanned.status).toBe(200);
      expect(await scanned.text()).not.toContain('<script');
    }
    expect((await read()).status).toBe('estimated');

    // The contact presses the button, twice.
    const press = () => fetch(link, { method: 'POST', body: new URLSearchParams({ decision: 'approve' }) });
    expect((await press()).status).toBe(200);
    expect((await press()).status).toBe(410);
    await until(async () => (await read()).status === 'ready', patience);
    expect((await read()).reserved).toEqual({ ticket: 3 });

    expect((await schedule(path)).status).toMatch(/scheduled|reserving/);
    await until(async () => (await read()).status === 'scheduled', patience);
    for (let part = 0; part < 3; part++) await callApi(stack, `${path}/logWork`, { minutes: 20 });
    await callApi(stack, `${path}/complete`, { text: `It runs. ${SECRET}` });
    expect(await read()).toMatchObject({ status: 'done', ended: { used: { ticket: 1 }, returned: { ticket: 2 } } });

    // One ticket is gone, and the statement says how.
    const balance = async () =>
      (
        await callApi<{ items: { available: number; pending: number }[] }>(
          stack,
          `/v1/contracts/${CONTRACT}/balance`,
          undefined,
          prepaidCustomer,
        )
      ).items[0];
    await until(async () => (await balance())?.pending === 0, patience);
    expect(await balance()).toMatchObject({ available: 3, pending: 0 });
    const statement = `/v1/contracts/${CONTRACT}/statement`;
    const { items } = await callApi<{ items: Line[] }>(stack, statement, undefined, prepaidCustomer);
    expect(items.reduce((sum, { available, pending }) => sum + available + pending, 0)).toBe(3);
    expect(items.at(-1)).toMatchObject({ availableAfter: 3, pendingAfter: 0 });
    const own = items.filter(({ request }) => request === number);
    expect(own.every(({ intervention }) => intervention === opened.id)).toBe(true);
    expect(own.length).toBe(items.length - 1);

    await until(async () => (await mails()).some(({ text }) => text.includes(`It runs. ${SECRET}`)), patience);
    const { text } = await historyText(stack, opened.id);
    expect(text).not.toMatch(/ORCHID|thea@|Théa/);
  }, 180_000);

  it('learns of a closure on its date, and staff get a task', async () => {
    const { billing, prepaidCustomer, supervisor } = stack.tokens;
    const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(Date.now());
    const order = { pack: 4, signedOn: today, orderForm: 'BC-DEMO-2' };
    await callApi(stack, `/v1/contracts/${CONTRACT}/orders`, order, billing);
    const request = { contract: CONTRACT, contact: 'demo-thea', kind: 'installation', subject: 'Another server' };
    const body = { ...request, description: 'Please install it.' };
    const { number } = await callApi<{ number: string }>(stack, '/v1/requests', body, prepaidCustomer);
    const { n } = await callApi<Intervention>(stack, `/v1/requests/${number}/interventions`, { text: 'Install it.' });
    const path = `/v1/interventions/${number}/${n}`;
    const read = () => callApi<Planned>(stack, path);
    await callApi(stack, `${path}/study`, { feasible: true, text: 'It can be done.' });
    await callApi(stack, `${path}/sendEstimate`, { service: 'pdmInstallation', units: 2 });
    await callApi(stack, `${path}/approve`, { estimate: (await read()).estimate?.id }, prepaidCustomer);
    await until(async () => (await read()).status === 'ready', patience);
    await schedule(path);
    await until(async () => (await read()).status === 'scheduled', patience);
    const { plan } = await read();
    const calendar = `/v1/calendars/${CONTRACT}.support`;
    const closure = { from: plan?.from, to: plan?.to, reason: 'Stocktaking' };
    await callApi(stack, `${calendar}/closures`, closure, supervisor);
    await until(async () => (await read()).tasks.some(({ kind }) => kind === 'agreeOtherDate'), patience);
    const counted = () => callApi<{ openInterventions: { older: number } }>(stack, calendar, undefined, supervisor);
    await until(async () => (await counted()).openInterventions.older === 0, patience);
    // Cancelling costs from an instant on, but never on a date that the provider has closed.
    expect(plan?.freeBefore).toBeDefined();
    expect((await read()).plan?.freeBefore).toBeUndefined();
  }, 180_000);
});
