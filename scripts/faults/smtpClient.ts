/** A sender of mail that says each line by hand, so that it may be cut off at any of them. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A whole message: CRLF at line ends, no line that begins with a dot. */
export interface HandedMail {
  readonly from: string;
  readonly to: string;
  readonly raw: string;
}

/** A mail as people write it, answering one of ours where it has `inReplyTo`. */
export function writtenMail(mail: {
  readonly from: string;
  readonly to: string;
  readonly messageId: string;
  readonly subject: string;
  readonly inReplyTo?: string;
  readonly headers?: readonly string[];
  readonly text: string;
}): HandedMail {
  const lines = [
    `From: ${mail.from}`,
    `To: ${mail.to}`,
    `Message-ID: ${mail.messageId}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Subject: ${mail.subject}`,
    ...(mail.inReplyTo === undefined ? [] : [`In-Reply-To: ${mail.inReplyTo}`, `References: ${mail.inReplyTo}`]),
    ...(mail.headers ?? []),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    mail.text,
    '',
  ];
  return { from: mail.from, to: mail.to, raw: lines.join('\r\n') };
}

/** Hands a mail over; the code of the server's last answer, 0 when it hung up. */
export async function handOver(port: number, mail: HandedMail): Promise<number> {
  return await talk(port, mail, async (session) => await session.say(`${mail.raw}\r\n.`));
}

/** Says half of a mail, has `cut` done, and hangs up; whether the server had asked for the data. */
export async function handOverHalf(port: number, mail: HandedMail, cut: () => Promise<void>): Promise<boolean> {
  let isAsked = false;
  await talk(port, mail, async (session) => {
    isAsked = true;
    session.write(mail.raw.slice(0, mail.raw.length / 2));
    await cut();
    return 0;
  });
  return isAsked;
}

interface Session {
  write(text: string): void;
  /** A line, and the code of its answer. */
  say(line: string): Promise<number>;
}

const PATIENCE_MS = 15_000;

async function talk(port: number, mail: HandedMail, data: (session: Session) => Promise<number>): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  const answers = answersOf(socket);
  const session: Session = {
    write: (text) => void socket.write(text),
    say(line) {
      socket.write(`${line}\r\n`);
      return answers();
    },
  };
  try {
    let code = await answers();
    for (const line of ['EHLO customer.example', `MAIL FROM:<${mail.from}>`, `RCPT TO:<${mail.to}>`]) {
      if (code >= 400 || code === 0) return code;
      code = await session.say(line);
    }
    if (code >= 400 || code === 0) return code;
    code = await session.say('DATA');
    return code === 354 ? await data(session) : code;
  } finally {
    socket.destroy();
  }
}

/** The code of each answer in turn; 0 once the server has hung up. */
function answersOf(socket: Socket): () => Promise<number> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  return async () => {
    for (;;) {
      const whole = /^(?:\d{3}-.*\r\n)*(\d{3}) .*\r\n/.exec(text);
      if (whole) {
        text = text.slice(whole[0].length);
        return Number(whole[1]);
      }
      if (socket.destroyed || socket.readableEnded) return 0;
      await Promise.race([once(socket, 'data'), once(socket, 'close')]).catch(() => undefined);
    }
  };
}
