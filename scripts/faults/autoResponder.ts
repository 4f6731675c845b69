/** A machine at the customer's that answers each of our mails, several times, and one that does not say what it is. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { storeContact } from '../../db/contracts.ts';
import { until } from '../../test/support/until.ts';
import { CONTACT_ADDRESS, DOMAIN, type FaultStack } from './faultStack.ts';
import type { TakenMail } from './mailSink.ts';
import { type HandedMail, handOver, writtenMail } from './smtpClient.ts';
import { type Journal, live } from './traffic.ts';

interface Outcome {
  readonly wrong: readonly string[];
  readonly figures: readonly string[];
}

/** How often the machine answers one mail, each time with another sign. */
const EACH = 5;
/** By which a machine's mail is known: a header, a subject, or where it goes. */
const SIGNS: readonly ((mail: HandedMail) => HandedMail)[] = [
  (mail) => withHeader(mail, 'Auto-Submitted: auto-replied'),
  (mail) => withHeader(mail, 'X-Auto-Response-Suppress: All'),
  (mail) => withHeader(mail, 'Precedence: auto_reply'),
  (mail) => withHeader(mail, 'X-Autoreply: yes'),
  (mail) => ({ ...mail, from: '' }),
  (mail) => ({ ...mail, raw: mail.raw.replace(/^Subject: /m, 'Subject: Out of office: ') }),
];
/** Domain of its Message-IDs. */
const MACHINE = 'machine.customer.example';
/** Of the demonstration: the comparison looks at lives that nobody opens by mail. */
const OTHER_CONTRACT = 'DEMO-SECONDS';
const DECIDED_WITHIN_MS = 180_000;

/** Every mail to the customer is answered at once, until there were enough; meanwhile lives go on as ever. */
export async function answerEverything(stack: FaultStack, journal: Journal, isShort: boolean): Promise<Outcome> {
  const enough = isShort ? 50 : 1_000;
  const echo = await createEcho(stack);
  const waiting: HandedMail[] = [];
  let made = 0;
  let sent = 0;
  let isOver = false;
  stack.sink.onTaken = (mail) => {
    if (mail.to === echo) waiting.push(echoOf(echo));
    if (mail.to !== CONTACT_ADDRESS) return;
    for (let one = 0; one < EACH && made < enough; one++) waiting.push(automaticAnswer(mail, made++));
  };
  const sending = (async () => {
    while (!isOver || waiting.length > 0) {
      const next = waiting.shift();
      if (next === undefined) await sleep(20);
      else if ((await handOver(stack.inboundPort, next)) === 250) sent += 1;
      else waiting.push(next);
    }
  })();
  // The one without a sign says the same again and again, to the address that everybody may write to.
  for (let one = 0; one < (isShort ? 5 : 50); one++) waiting.push(echoOf(echo));
  const lives = Array.from({ length: isShort ? 4 : 15 }, () => live(stack, journal));
  const wrong: string[] = [];
  await until(() => made >= enough, { timeoutMs: 240_000, everyMs: 100 }).catch(() => {
    wrong.push(`only ${made} of ${enough} answers had a mail to answer`);
  });
  await Promise.all(lives);
  isOver = true;
  await sending;
  await untilDecided(stack);
  stack.sink.onTaken = () => undefined;
  const { automatic, others } = await machineMails(stack);
  const { openings, answers } = await echoes(stack, echo);
  if (automatic !== made) wrong.push(`${made} automatic mails: ${automatic} known as such, others ${others}`);
  if (openings !== 1) wrong.push(`one text said again and again opened ${openings} requests`);
  if (answers > 1) wrong.push(`${answers} automatic answers of ours to one sender`);
  return {
    wrong,
    figures: [`${sent} mails of machines`, `${answers} automatic answer of ours to the one without a sign`],
  };
}

function automaticAnswer({ id, replyTo, bouncesTo, subject }: TakenMail, count: number): HandedMail {
  const sign = SIGNS[count % SIGNS.length] ?? ((mail) => mail);
  const mail = writtenMail({
    from: CONTACT_ADDRESS,
    // Some answer to the envelope sender.
    to: count % 7 === 0 ? bouncesTo : replyTo,
    messageId: `<${randomUUID()}@${MACHINE}>`,
    subject: `Re: ${subject}`,
    inReplyTo: id,
    text: 'I have received your mail, and will answer when I am back.',
  });
  return sign(mail);
}

function echoOf(from: string): HandedMail {
  return writtenMail({
    from,
    to: `sr@${DOMAIN}`,
    messageId: `<${randomUUID()}@customer.example>`,
    subject: 'Thank you for your mail',
    text: 'It will be answered.',
  });
}

function withHeader(mail: HandedMail, header: string): HandedMail {
  return { ...mail, raw: `${header}\r\n${mail.raw}` };
}

async function createEcho({ pool }: FaultStack): Promise<string> {
  const id = `echo-${randomUUID()}`;
  const email = `${id}@customer.example`;
  const person = { id, contract: OTHER_CONTRACT, name: 'Echo Fictive', language: 'en', trained: true } as const;
  await storeContact(pool, { ...person, email });
  return email;
}

async function untilDecided({ pool }: FaultStack): Promise<void> {
  await until(
    async () => {
      const { rowCount } = await pool.query("SELECT FROM inbound_mails WHERE stage = 'received' LIMIT 1");
      return rowCount === 0;
    },
    { timeoutMs: DECIDED_WITHIN_MS, everyMs: 200 },
  );
}

async function machineMails({ pool }: FaultStack): Promise<{ automatic: number; others: string }> {
  const { rows } = await pool.query<{ disposition: string; mails: number }>(
    'SELECT disposition, count(*)::int AS mails FROM inbound_mails WHERE message_id LIKE $1 GROUP BY 1',
    [`%@${MACHINE}%`],
  );
  const others = rows.filter(({ disposition }) => disposition !== 'automatic');
  return {
    automatic: rows.find(({ disposition }) => disposition === 'automatic')?.mails ?? 0,
    others: others.map(({ disposition, mails }) => `${disposition} ${mails}`).join(', ') || 'none',
  };
}

/** Requests that the one without a sign opened, and mails of ours to it that a machine wrote. */
async function echoes({ pool }: FaultStack, echo: string): Promise<{ openings: number; answers: number }> {
  const { rows } = await pool.query<{ openings: number; answers: number }>(
    `SELECT (SELECT count(*)::int FROM inbound_mails WHERE sender = $1 AND disposition = 'opening') AS openings,
            (SELECT count(*)::int FROM outbound_mails WHERE address = $1) AS answers`,
    [echo],
  );
  return rows[0] ?? { openings: 0, answers: 0 };
}
