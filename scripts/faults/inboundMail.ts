/** The receiver of mail killed while it is told a mail, and right after it took one; each mail comes five times. */
import { randomUUID } from 'node:crypto';
import { replyAddress } from '../../mail/tokens.ts';
import { until } from '../../test/support/until.ts';
import { CONTACT_ADDRESS, DOMAIN, type FaultStack } from './faultStack.ts';
import { linesOf } from './reconciler.ts';
import { type HandedMail, handOver, handOverHalf, writtenMail } from './smtpClient.ts';
import { callUntilAnswered, type Journal, openingOf, type ToldLife } from './traffic.ts';

interface Outcome {
  readonly wrong: readonly string[];
  readonly figures: readonly string[];
}

/** How often each mail is taken, that is, answered 250. */
const TIMES = 5;
const TAKEN = 250;
const RELAYED_WITHIN_MS = 60_000;

/** Lives that are answered by mail in such a way, and then asked again. */
export async function killReceiver(stack: FaultStack, journal: Journal, isShort: boolean): Promise<Outcome> {
  const wrong: string[] = [];
  const taken: string[] = [];
  let kills = 0;
  let longest = 0;
  const rounds = isShort ? 1 : 10;
  for (let round = 0; round < rounds; round++) {
    const life = { subject: `Fault ${randomUUID()}`, done: [], cycles: 2 } as ToldLife;
    journal.lives.push(life);
    const number = await openAndAsk(stack, journal, life);
    if (number === undefined) {
      wrong.push(`round ${round + 1}: no request to answer`);
      continue;
    }
    const mail = await answerOf(stack, number);
    await loseReceiver(mail);
    const start = Date.now();
    if (!(await isAnswered(number))) wrong.push(`${number}: its answer did not reach it`);
    longest = Math.max(longest, Date.now() - start);
    // The second cycle begins; what comes of the same mail from now on must leave it alone.
    const again = await callUntilAnswered(stack, journal, `/v1/requests/${number}/ask`, { text: 'And which release?' });
    if (again === undefined || again.status >= 300) wrong.push(`${number}: asked again, answered ${again?.status}`);
    while (timesOf(mail) < TIMES) await untilTaken(mail);
    wrong.push(...(await copiesOf(stack, mail, timesOf(mail))));
  }
  return {
    wrong,
    figures: [
      `${kills} kills`,
      `${taken.length} mails taken`,
      `an answer at its request after ${(longest / 1_000).toFixed(1)} s at most`,
    ],
  };

  /** Killed during DATA, and right after 250: once the mail was taken by one that is gone a moment later. */
  async function loseReceiver(mail: HandedMail): Promise<void> {
    await handOverHalf(stack.inboundPort, mail, () => stack.parts.relay.kill());
    await stack.parts.relay.start();
    await untilTaken(mail);
    await stack.parts.relay.kill();
    kills += 2;
    await stack.parts.relay.start();
    // Its sender was told 250; another server on the way sends it all the same.
    await untilTaken(mail);
  }

  async function untilTaken(mail: HandedMail): Promise<void> {
    await until(async () => (await handOver(stack.inboundPort, mail)) === TAKEN, { timeoutMs: 30_000, everyMs: 200 });
    taken.push(mail.raw);
  }

  function timesOf({ raw }: HandedMail): number {
    return taken.filter((one) => one === raw).length;
  }

  async function isAnswered(number: string): Promise<boolean> {
    return await until(async () => (await linesOf(stack, number)).includes('answered'), {
      timeoutMs: RELAYED_WITHIN_MS,
    }).then(
      () => true,
      () => false,
    );
  }
}

async function openAndAsk(stack: FaultStack, journal: Journal, life: ToldLife): Promise<string | undefined> {
  const opened = await callUntilAnswered(stack, journal, '/v1/requests', openingOf(life.subject));
  if (opened?.status !== 201) return undefined;
  const { number } = JSON.parse(opened.text) as { number: string };
  life.number = number;
  for (const [command, body] of [
    ['acknowledge', {}],
    ['ask', { text: 'Which version is it?' }],
  ] as const) {
    const answer = await callUntilAnswered(stack, journal, `/v1/requests/${number}/${command}`, body);
    if (answer === undefined || answer.status >= 300) return undefined;
    life.done.push(command);
  }
  return number;
}

/** The customer's answer to the question, once that has left. */
async function answerOf({ pool }: FaultStack, number: string): Promise<HandedMail> {
  const question = await until(
    async () => {
      const { rows } = await pool.query<{ token: string; id: string }>(
        `SELECT token, message_id AS id FROM outbound_mails
         WHERE number = $1 AND kind = 'question' AND status = 'accepted'`,
        [number],
      );
      return rows[0];
    },
    { timeoutMs: 30_000 },
  );
  return writtenMail({
    from: CONTACT_ADDRESS,
    to: replyAddress(question.token, DOMAIN),
    messageId: `<${randomUUID()}@customer.example>`,
    subject: `Re: [${number}] Question`,
    inReplyTo: question.id,
    text: `Version 4.2.\r\n${'It is the same on every machine that we have. '.repeat(20)}`,
  });
}

/** Of a mail that was taken so often, each copy is there, and one of them is an answer. */
async function copiesOf({ pool }: FaultStack, mail: HandedMail, times: number): Promise<string[]> {
  const id = /^Message-ID: (.*)\r$/m.exec(mail.raw)?.[1];
  const dispositions = await until(
    async () => {
      const { rows } = await pool.query<{ disposition: string; stage: string }>(
        `SELECT disposition, stage FROM inbound_mails WHERE convert_from(raw, 'UTF8') LIKE $1`,
        [`%Message-ID: ${id}%`],
      );
      return rows.every(({ stage }) => stage !== 'received') ? rows.map(({ disposition }) => disposition) : undefined;
    },
    { timeoutMs: RELAYED_WITHIN_MS, everyMs: 100 },
  );
  const answers = dispositions.filter((one) => one === 'answer').length;
  const copies = dispositions.filter((one) => one === 'duplicate').length;
  return [
    ...(dispositions.length < times ? [`mail ${id}: taken ${times} times, there ${dispositions.length} times`] : []),
    ...(answers === 1 ? [] : [`mail ${id}: ${answers} answers`]),
    ...(answers + copies === dispositions.length ? [] : [`mail ${id}: ${dispositions.join(', ')}`]),
  ];
}
