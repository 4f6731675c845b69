/** Entry of the mailbox process; development only. */
import { once } from 'node:events';
import { pino } from 'pino';
import { z } from 'zod';
import { startMailbox } from './mailbox.ts';

const Port = z.coerce.number().int().min(0).max(65_535);
const Environment = z.object({
  MAILBOX_SMTP_PORT: Port.default(1025),
  MAILBOX_HTTP_PORT: Port.default(8025),
  INBOUND_HOST: z.string().default('127.0.0.1'),
  INBOUND_PORT: Port.default(2525),
  MAIL_DOMAIN: z.string().default('support.example'),
  /** Directory in which mails are kept over restarts. */
  RELANCE_DATA: z.string().optional(),
});

const environment = Environment.parse(process.env);
const log = pino({ name: 'mailbox' });
const mailbox = await startMailbox({
  smtpPort: environment.MAILBOX_SMTP_PORT,
  httpPort: environment.MAILBOX_HTTP_PORT,
  inbound: { host: environment.INBOUND_HOST, port: environment.INBOUND_PORT },
  supportAddress: `sr@${environment.MAIL_DOMAIN}`,
  ...(environment.RELANCE_DATA === undefined ? {} : { directory: environment.RELANCE_DATA }),
});
log.info({ smtpPort: mailbox.smtpPort, url: `http://127.0.0.1:${mailbox.httpPort}` }, 'mailbox ready');

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
await mailbox.close();
