/** A whole life of a request against the running stack, told as it happens; every due moment is checked against the terms. */
import { randomUUID } from 'node:crypto';
import { dataDirectory } from '../stack/places.ts';
import { type Checks, createChecks, historyText } from './checks.ts';
import { call, readStack, type Stack, until } from './stack.ts';

interface View {
  readonly number: string;
  readonly status: string;
  readonly waiting?: {
    readonly since: string;
    readonly remindersSent: number;
    readonly nextReminder?: { readonly step: number; readonly at: string };
    readonly closesAt?: string;
  };
  readonly closed?: { readonly at: string; readonly reason: string };
  readonly clocks: readonly {
    readonly name: string;
    readonly status: string;
    readonly startedAt: string;
    readonly dueAt?: string;
    readonly metAt?: string;
    readonly took?: { readonly withoutPauses: number };
  }[];
}

interface Line {
  readonly type: string;
  readonly at: string;
  readonly facts: { readonly step?: number };
}

interface Mail {
  readonly id: string;
  readonly subject: string;
  readonly messageId: string;
}

interface OpenedDelay {
  readonly openedSeconds: number;
}

interface Severity {
  readonly clocks: { readonly [name: string]: { readonly delay: OpenedDelay } };
  readonly reminders: { readonly after: readonly OpenedDelay[]; readonly closeAfterThird: OpenedDelay };
}

const SUBJECT = 'The parts list of assembly 4711 stays empty';
const DESCRIPTION = 'Opening the assembly shows an empty parts list, every time, for everybody.';
const WORKAROUND = 'Please open the parts list from the file menu instead of the toolbar.';
const ANSWER = 'The menu entry is greyed out here, so I cannot try it.';
const QUESTION = 'Which version does the about box show?';

/** How late a machine may be with what it does at a due instant: the mail has to leave, milliseconds. */
const LATE = 3_000;

const say = (line: string) => console.log(line);

async function demonstrate(stack: Stack, checks: Checks): Promise<void> {
  const agent = stack.tokens.agent;
  const contract = stack.contracts.find(({ reference }) => reference === 'DEMO-SECONDS');
  if (!contract) throw new Error('The contract DEMO-SECONDS is not loaded.');
  const { terms } = await call<{ terms: { priorities: { blocking: Severity } } }>(
    `${stack.api}/v1/contracts/${contract.reference}`,
    { token: agent },
  );
  const blocking = terms.priorities.blocking;
  const ms = (delay: OpenedDelay | undefined) => (delay?.openedSeconds ?? Number.NaN) * 1000;

  const post = (path: string, body: object) =>
    call<View>(`${stack.api}/v1/requests${path}`, { method: 'POST', token: agent, key: randomUUID(), body });

  const opened = await post('', {
    contract: contract.reference,
    contact: contract.contact.id,
    priority: 'blocking',
    subject: SUBJECT,
    description: DESCRIPTION,
    reproducible: true,
    attributableToProduct: true,
    channel: 'phone',
  });
  const { number } = opened;
  say(`1. Opened ${number}: a blocking anomaly. The customer gets a receipt with the number.`);
  const read = () => call<View>(`${stack.api}/v1/requests/${number}`, { token: agent });
  const timeline = async () =>
    (await call<{ items: Line[] }>(`${stack.api}/v1/requests/${number}/timeline`, { token: agent })).items;
  const inbox = async () =>
    (await call<Mail[]>(`${stack.mailbox}/api/messages?to=${contract.contact.email}&subject=${number}`)).reverse();
  const mailed = (count: number) =>
    until(`mail ${count} of ${number}`, 30, async () => {
      const mails = await inbox();
      return mails.length >= count ? mails : undefined;
    });
  await mailed(1);
  for (const { name, startedAt, dueAt } of opened.clocks) {
    const expected = Date.parse(startedAt) + ms(blocking.clocks[name]?.delay);
    checks.instant(
      `${name} is due ${ms(blocking.clocks[name]?.delay) / 1000} s after registration`,
      Date.parse(dueAt ?? ''),
      expected,
    );
  }

  const acknowledged = await post(`/${number}/acknowledge`, {});
  say('2. An agent acknowledges it: "in progress".');
  const met = acknowledged.clocks.find(({ name }) => name === 'acknowledgement');
  checks.same('acknowledgement is met', met?.status, 'met');
  const took = Date.parse(met?.metAt ?? '') - Date.parse(met?.startedAt ?? '');
  checks.same('and took the time since registration', met?.took?.withoutPauses, took / 1000);

  await post(`/${number}/proposeWorkaround`, { text: WORKAROUND });
  say('3. The agent proposes a workaround and asks to have it tested: waiting on the customer.');
  const first = await remindersUpTo(2);
  await mailed(5);

  const reminder = (await inbox()).at(-1);
  if (!reminder) throw new Error('The second reminder is not in the mailbox.');
  await call(`${stack.mailbox}/api/messages/${reminder.id}/answer`, {
    method: 'POST',
    body: { kind: 'answer', text: ANSWER },
  });
  say('6. The customer answers the second reminder, by a real e-mail.');
  const answered = await until('the answer', 20, async () => {
    const view = await read();
    return view.status === 'inProgress' ? view : undefined;
  });
  const answeredAt = at(await timeline(), 'answered');
  const workaround = answered.clocks.find(({ name }) => name === 'workaround');
  const paused = answeredAt - first.since;
  const due = Date.parse(workaround?.startedAt ?? '') + ms(blocking.clocks.workaround?.delay) + paused;
  checks.instant('the workaround clock is due later by just the time waited', Date.parse(workaround?.dueAt ?? ''), due);

  await post(`/${number}/ask`, { text: QUESTION });
  say('7. The agent asks a question: waiting again, and the cycle starts from the beginning.');
  const second = await remindersUpTo(3);
  const last = second.sent.at(-1) ?? Number.NaN;
  const closing = await until('the announcement of the closing', 10, async () => (await read()).waiting?.closesAt);
  checks.instant(
    'the closing is due one step after the third reminder',
    Date.parse(closing),
    last + ms(blocking.reminders.closeAfterThird),
  );
  const closed = await until('the closing', 30, async () => {
    const view = await read();
    return view.status === 'closed' ? view : undefined;
  });
  say('11. Nobody answered: closed automatically, and the customer is told how to reopen it.');
  checks.same('closed for want of an answer', closed.closed?.reason, 'noAnswer');
  checks.instant('closed at its due moment', Date.parse(closed.closed?.at ?? ''), Date.parse(closing), LATE);

  const mails = await mailed(10);
  const { items } = await call<{ items: { kind?: string; direction: string }[] }>(
    `${stack.api}/v1/requests/${number}/mails`,
    { token: agent },
  );
  const kinds = items.filter(({ direction }) => direction === 'out').map(({ kind }) => kind);
  const cycle = ['reminder', 'reminder', 'reminder'];
  const expected = [
    'receipt',
    'acknowledgement',
    'workaround',
    'reminder',
    'reminder',
    'question',
    ...cycle,
    'closing',
  ];
  checks.same('one mail per step', kinds, expected);
  checks.same('each arrived once', mails.length, expected.length);
  checks.same('each with a Message-ID of its own', new Set(mails.map(({ messageId }) => messageId)).size, mails.length);

  await untold(number);
  say('');
  say(`Look at it: ${stack.mailbox} (the mails), ${stack.temporalUi} (the workflow request:${number}).`);

  /** Waits for the reminders of one cycle; each is due as the terms say, from the waiting and from the reminder before. */
  async function remindersUpTo(steps: number): Promise<{ since: number; sent: number[] }> {
    const before = (await timeline()).filter(({ type }) => type === 'reminderSent').length;
    const since = Date.parse((await read()).waiting?.since ?? '');
    const sent: number[] = [];
    for (let step = 1; step <= steps; step++) {
      const after = blocking.reminders.after;
      const previous = sent.at(-1);
      const spaced = previous === undefined ? 0 : previous + ms(after[step - 1]) - ms(after[step - 2]);
      const expected = Math.max(since + ms(after[step - 1]), spaced);
      const next = await until(`reminder ${step} to be planned`, 10, async () => {
        const { waiting } = await read();
        return waiting?.nextReminder?.step === step ? waiting.nextReminder : undefined;
      });
      checks.instant(`reminder ${step} is due as the terms say`, Date.parse(next.at), expected);
      const line = await until(
        `reminder ${step}`,
        60,
        async () => (await timeline()).filter(({ type }) => type === 'reminderSent')[before + step - 1],
      );
      sent.push(Date.parse(line.at));
      say(`${steps === 2 ? 3 + step : 7 + step}. Reminder ${step} went out.`);
      checks.instant(`and went out then`, Date.parse(line.at), expected, LATE);
    }
    return { since, sent };
  }

  /** The history names nobody and quotes nothing. */
  async function untold(of: string): Promise<void> {
    const { text, events } = await historyText(stack, `request:${of}`);
    checks.same('the history can be read', text.includes('proposeWorkaround') && events > 50, true);
    const personal = [
      contract?.contact.name,
      contract?.contact.email,
      SUBJECT,
      DESCRIPTION,
      WORKAROUND,
      ANSWER,
      QUESTION,
    ];
    const found = personal.filter((words) => words !== undefined && text.includes(words));
    checks.same(`no personal data in its ${events} events`, found, []);
  }
}

function at(lines: readonly Line[], type: string): number {
  return Date.parse(lines.findLast((line) => line.type === type)?.at ?? '');
}

const checks = createChecks(say);
try {
  await demonstrate(readStack(dataDirectory(process.env.RELANCE_DATA)), checks);
} catch (error) {
  say(`✗ ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
say(`${checks.passed} checks passed, ${checks.failed.length} failed.`);
if (checks.failed.length > 0) process.exitCode = 1;
