/** Planned visits on the real stack: a schedule of Temporal's opens them; one is done beyond its hour, and delivers what it owes. */
import { Client, Connection, ScheduleNotFoundError } from '@temporalio/client';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { managedHosting } from '../../contracts/templates/managedHosting.ts';
import { visitOpensAt, visitPeriod } from '../../contracts/visits.ts';
import { historyText } from '../../scripts/demo/checks.ts';
import { none } from '../support/none.ts';
import { until } from '../support/until.ts';
import { callApi, type LocalStack, type Mail, readMailbox, startLocalStack } from './localStack.ts';

interface Intervention {
  readonly id: string;
  readonly n: number;
  readonly request: string;
  readonly module: string;
  readonly status: string;
  readonly work: { readonly allowanceSeconds: number };
  readonly ended?: { readonly used: object; readonly returned: object };
  readonly delivered?: object;
}

const CONTRACT = 'HOSTED';
const ZONE = 'Europe/Paris';
const SCHEDULE = `visit:${CONTRACT}:plannedMaintenance`;
const SECRET = 'JUNIPER-4';
const CONTACT = 'hanna@hosted.example';
const patience = { timeoutMs: 60_000 };
let stack: LocalStack;
let connection: Connection;
let temporal: Client;
let database: pg.Client;

beforeAll(async () => {
  stack = await startLocalStack();
  connection = await Connection.connect({ address: stack.temporalAddress });
  temporal = new Client({ connection, namespace: stack.temporalNamespace });
  database = new pg.Client(stack.databaseUrl);
  await database.connect();
}, 180_000);

afterAll(async () => {
  await database?.end();
  await connection?.close();
  await stack?.remove();
}, 60_000);

/** Terms of hosting with a visit of one hour a month, which delivers an action plan too. */
function terms(activeModules: Parameters<typeof managedHosting>[1]['activeModules']) {
  const monthlyCents = { hosting: 80_000, equipment: 20_000, services: 30_000 };
  const own = managedHosting({ customer: 'Hosted', provider: 'Host' }, { activeModules, monthlyCents });
  const plannedMaintenance = {
    ...own.modules?.list.plannedMaintenance,
    visit: { minutes: 60, every: 'month', delivers: ['report', 'actionPlan'] },
  };
  return { ...own, modules: { ...own.modules, list: { ...own.modules?.list, plannedMaintenance } } };
}

const visits = async (contract = CONTRACT) =>
  (await callApi<{ items: Intervention[] }>(stack, `/v1/interventions?contract=${contract}`)).items;

async function mails(): Promise<Mail[]> {
  const mails = await readMailbox(stack, CONTACT);
  return mails.map((mail) => ({ ...mail, text: mail.text.replace(/[ \u00a0\n]+/g, ' ') }));
}

async function mailWith(words: string): Promise<Mail> {
  let found: Mail | undefined;
  await until(async () => {
    found = (await mails()).find(({ text }) => text.includes(words));
    return found !== undefined;
  }, patience);
  return found ?? expect.unreachable();
}

async function isScheduled(): Promise<boolean> {
  try {
    await temporal.schedule.getHandle(SCHEDULE).describe();
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false;
    throw error;
  }
}

/** As if the relay had looked the last time more than a day ago. */
const aDayLater = () => database.query("UPDATE visit_schedules SET told_at = now() - interval '25 hours'");

/** The relay has looked once more, a day later. */
async function looked(): Promise<void> {
  await aDayLater();
  await until(async () => {
    const { rows } = await database.query("SELECT FROM visit_schedules WHERE told_at < now() - interval '1 day'");
    return rows.length === 0;
  }, patience);
}

/** The next date, from a week on, that opening hours admit. */
async function schedule(path: string): Promise<void> {
  for (let day = 8; ; day++) {
    const date = new Date(Date.now() + day * 86_400_000).toISOString().slice(0, 10);
    try {
      await callApi(stack, `${path}/schedule`, { from: `${date}T09:00:00Z`, to: `${date}T10:30:00Z` });
      return;
    } catch (error) {
      // Weekends and public holidays.
      if (day > 20 || !String(error).includes(': 422 ')) throw error;
    }
  }
}

describe('planned visits', () => {
  it('of the demonstration are there after a start', async () => {
    await until(async () => (await visits('DEMO-HOSTING')).length === 1, patience);
    expect(await visits('DEMO-HOSTING')).toMatchObject([{ module: 'plannedMaintenance' }]);
  });

  it('are scheduled with the contract, opened, done beyond their hour in units, and delivered', async () => {
    const { supervisor, billing } = stack.tokens;
    const body = { reference: CONTRACT, effectiveFrom: '2026-01-01', terms: terms(['plannedMaintenance', 'hosting']) };
    await callApi(stack, '/v1/contracts', body, supervisor);
    const contact = { name: `Hanna ${SECRET}`, email: CONTACT, language: 'fr', trained: true };
    await callApi(stack, `/v1/contracts/${CONTRACT}/contacts`, contact, supervisor);
    const today = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(Date.now());
    const order = { unit: 'timeUnit', pack: 16, signedOn: today, orderForm: 'BC-1' };
    await callApi(stack, `/v1/contracts/${CONTRACT}/orders`, order, billing);

    await until(async () => (await visits())[0]?.status === 'ready', patience);
    const [visit] = await visits();
    if (!visit) return expect.unreachable();
    expect(visit).toMatchObject({ module: 'plannedMaintenance', work: { allowanceSeconds: 3_600 } });
    const request = await callApi<object>(stack, `/v1/requests/${visit.request}`);
    expect(request).toMatchObject({ priority: 'planned', clocks: [], contract: CONTRACT });
    const receipt = await mailWith('Votre contrat comprend une visite planifiée');
    expect(receipt.subject).toContain('Visite planifiée : Télémaintenance planifiée');
    expect(receipt.text).not.toContain('bien reçu votre demande');

    // At eight on the first of each month, whatever the season.
    const { info, spec } = await temporal.schedule.getHandle(SCHEDULE).describe();
    expect(spec.timezone).toBe(ZONE);
    expect(info.nextActionTimes.length).toBeGreaterThan(6);
    for (const time of info.nextActionTimes) {
      expect(time.getTime()).toBe(visitOpensAt(visitPeriod('month', ZONE, time.getTime()), ZONE));
    }

    const path = `/v1/interventions/${visit.request}/${visit.n}`;
    await schedule(path);
    await callApi(stack, `${path}/logWork`, { minutes: 60 });
    await expect(callApi(stack, `${path}/logWork`, { minutes: 16 })).rejects.toThrow(': 409 ');
    // The hour of the module is used up: units need the customer's agreement.
    const asked = await mailWith('/approvals/');
    const link = /http:\/\/\S+\/approvals\/[a-z2-7]+/.exec(asked.text)?.[0] ?? '';
    const page = await (await fetch(link)).text();
    const form = { decision: 'approve', units: '2', asked: /name="asked" value="(\d+)"/.exec(page)?.[1] ?? '' };
    expect((await fetch(link, { method: 'POST', body: new URLSearchParams(form) })).status).toBe(200);
    await until(async () => {
      const { reserved } = await callApi<{ reserved: { timeUnit?: number } }>(stack, path);
      return reserved.timeUnit === 2;
    }, patience);
    await callApi(stack, `${path}/logWork`, { minutes: 16 });

    await expect(callApi(stack, `${path}/complete`, { text: 'Done.' })).rejects.toThrow('actionPlan');
    await callApi(stack, `${path}/complete`, { text: `It runs. ${SECRET}`, actionPlan: `New disks. ${SECRET}` });
    const done = await callApi<Intervention>(stack, path);
    expect(done).toMatchObject({ status: 'done', ended: { used: { timeUnit: 2 }, returned: none } });
    expect(done.delivered).toEqual({ report: `It runs. ${SECRET}`, actionPlan: `New disks. ${SECRET}` });
    const report = await mailWith(`It runs. ${SECRET}`);
    expect(report.text).toContain(`Le plan d’action que nous vous proposons : > New disks. ${SECRET}`);
    expect(report.text).toContain('Dont compris dans le forfait : 1 h');
    expect(report.text).toContain('Débité pour le travail fait : 2 × unité de temps');

    for (const id of [`request:${visit.request}`, visit.id]) {
      expect((await historyText(stack, id)).text).not.toMatch(/JUNIPER|hanna/i);
    }
  }, 180_000);

  it('are those of the period for which they were to be opened, however late, and each once', async () => {
    const handle = temporal.schedule.getHandle(SCHEDULE);
    const lastMonth = visitPeriod(
      'month',
      ZONE,
      visitOpensAt(visitPeriod('month', ZONE, Date.now()), ZONE) - 86_400_000,
    );
    const at = visitOpensAt(lastMonth, ZONE);
    const late = { start: new Date(at - 1_000), end: new Date(at + 1_000), overlap: 'ALLOW_ALL' } as const;
    const runs = async () =>
      (
        await temporal.workflow.count(
          `WorkflowType = 'plannedVisit' AND ContractReference = '${CONTRACT}' AND ExecutionStatus = 'Completed'`,
        )
      ).count;
    // At its creation, twice for last month, and once more for this; what still runs would not be started beside itself.
    await handle.backfill(late);
    await until(async () => (await runs()) === 2, patience);
    await handle.backfill(late);
    await until(async () => (await runs()) === 3, patience);
    await handle.trigger();
    await until(async () => (await runs()) === 4, patience);
    const { rows } = await database.query('SELECT period FROM planned_visits WHERE contract = $1 ORDER BY 1', [
      CONTRACT,
    ]);
    expect(rows.map(({ period }) => period)).toEqual([lastMonth, visitPeriod('month', ZONE, Date.now())]);
    // Each takes the time of its own period, once it has begun.
    const times = async () =>
      (await database.query('SELECT period FROM module_allowances WHERE contract = $1 ORDER BY 1', [CONTRACT])).rows;
    await until(async () => (await times()).length === 2, patience);
    expect(await times()).toEqual(rows);
    expect(await visits()).toHaveLength(2);
  });

  it('come back when their schedule was deleted by hand, and end with the module', async () => {
    const { supervisor } = stack.tokens;
    await temporal.schedule.getHandle(SCHEDULE).delete();
    expect(await isScheduled()).toBe(false);
    await aDayLater();
    await until(isScheduled, patience);
    // What is as it is to be is not touched.
    const handle = temporal.schedule.getHandle(SCHEDULE);
    await looked();
    expect((await handle.describe()).info.lastUpdatedAt).toBeUndefined();
    // Other times are put right; what was paused stays so.
    await handle.update(({ action, policies }) => {
      if (action.type !== 'startWorkflow') throw new Error('another action');
      return { action, policies, spec: { calendars: [{ hour: 5 }] }, state: {} };
    });
    await handle.pause('no visits in August');
    // Temporal takes both some time after it has answered.
    await until(async () => (await handle.describe()).state.paused, patience);
    await looked();
    const { spec, state } = await handle.describe();
    expect(spec).toMatchObject({ timezone: ZONE, calendars: [{ hour: [{ start: 8, end: 8 }] }] });
    expect(state).toMatchObject({ paused: true, note: 'no visits in August' });
    expect(await visits()).toHaveLength(2);

    const amendment = { effectiveFrom: '2026-01-01', reason: 'Without visits.', override: 'Agreed on both sides.' };
    const body = { ...amendment, terms: terms(['hosting']) };
    await callApi(stack, `/v1/contracts/${CONTRACT}/terms`, body, supervisor);
    await until(async () => !(await isScheduled()), patience);
  });
});
