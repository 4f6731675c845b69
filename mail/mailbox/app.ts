/** The mailbox over HTTP: pages for people, JSON for scripts. */
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { z } from 'zod';
import { ANSWER_KINDS, type Correspondent } from './answers.ts';
import type { MailboxMessage, MessageStore } from './messages.ts';
import { listPage, messagePage, notFoundPage, SCRIPT_SOURCE, troublePage } from './pages.ts';

/** What the page needs. */
export interface MailboxAppDeps {
  readonly store: MessageStore;
  readonly correspondent: Correspondent;
  readonly supportAddress: string;
}

const Answer = z.object({
  text: z.string().max(100_000).default(''),
  kind: z.enum(ANSWER_KINDS).default('answer'),
  to: z.string().max(320).optional(),
});
const NewMail = z.object({
  from: z.email(),
  to: z.email(),
  subject: z.string().max(1_000),
  text: z.string().max(2_000_000),
});

/** The app, without a port. Pages run no script but their own, and load nothing. */
export function createMailboxApp({ store, correspondent, supportAddress }: MailboxAppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(fromThisMachineOnly);
  app.use(express.json({ limit: '3mb' }), express.urlencoded({ extended: false, limit: '3mb' }));

  app.get('/', (req, res) => {
    const filter = filterOf(req);
    res.send(
      listPage({ messages: matching(store.list(), filter), filter, supportAddress, sent: req.query.sent === '1' }),
    );
  });
  app.get('/messages/:id', (req, res) => {
    const message = store.find(req.params.id);
    if (!message) return void res.status(404).send(notFoundPage());
    res.send(messagePage({ message, sent: req.query.sent === '1' }));
  });
  app.post('/messages/:id/answer', async (req, res) => {
    const message = store.find(req.params.id);
    if (!message) return void res.status(404).send(notFoundPage());
    const { kind, text, to } = answerTo(message, req.body);
    await correspondent.answer(message, kind, text, to);
    res.redirect(303, `/messages/${message.id}?sent=1`);
  });
  app.post('/write', async (req, res) => {
    await correspondent.write(NewMail.parse(req.body));
    res.redirect(303, '/?sent=1');
  });

  app.get('/api/messages', (req, res) => {
    res.json(matching(store.list(), filterOf(req)).map(({ html: _html, rawHeaders: _raw, ...summary }) => summary));
  });
  app.get('/api/messages/:id', (req, res) => {
    const message = store.find(req.params.id);
    if (!message) return void res.status(404).json({ error: 'no such message' });
    res.json(message);
  });
  app.post('/api/messages/:id/answer', async (req, res) => {
    const message = store.find(req.params.id);
    if (!message) return void res.status(404).json({ error: 'no such message' });
    const { kind, text, to } = answerTo(message, req.body);
    res.json({ messageId: await correspondent.answer(message, kind, text, to) });
  });
  app.post('/api/write', async (req, res) => {
    res.json({ messageId: await correspondent.write(NewMail.parse(req.body)) });
  });

  app.use((_req, res) => void res.status(404).send(notFoundPage()));
  app.use((error: unknown, req: Request, res: Response, _next: NextFunction) => {
    const { status, message } = troubleOf(error);
    res.status(status);
    if (req.path.startsWith('/api/')) res.json({ error: message });
    else res.send(troublePage(message));
  });
  return app;
}

/** Only to the addresses that the mail itself offers. */
function answerTo(message: MailboxMessage, body: unknown): z.infer<typeof Answer> {
  const known = [message.replyTo, ...message.actions.map(({ address }) => address)];
  return Answer.refine(({ to }) => to === undefined || known.includes(to), {
    path: ['to'],
    message: 'is no address of this mail',
  }).parse(body);
}

/** A page elsewhere must neither read mails through a name of its own nor send any. */
function fromThisMachineOnly(req: Request, res: Response, next: NextFunction): void {
  const host = req.hostname;
  const origin = req.get('origin');
  const own = ['localhost', '127.0.0.1'].includes(host);
  if (!own || (origin !== undefined && origin !== `http://${req.get('host')}`)) {
    res.status(403).json({ error: 'only from this machine' });
    return;
  }
  res.set({
    'Content-Security-Policy': `default-src 'none'; style-src 'unsafe-inline'; script-src ${SCRIPT_SOURCE}; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'self'`,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  });
  next();
}

/** Which mails are shown. */
export interface Filter {
  readonly to: string;
  readonly subject: string;
}

function filterOf(req: Request): Filter {
  const { to, subject } = req.query;
  return { to: typeof to === 'string' ? to : '', subject: typeof subject === 'string' ? subject : '' };
}

function matching(messages: readonly MailboxMessage[], filter: Filter): readonly MailboxMessage[] {
  const holds = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase());
  return messages.filter((message) => holds(message.to, filter.to) && holds(message.subject, filter.subject));
}

function troubleOf(error: unknown): { readonly status: number; readonly message: string } {
  if (error instanceof z.ZodError) {
    return {
      status: 400,
      message: error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
    };
  }
  const { status, response, code } = error as { status?: number; response?: string; code?: string };
  if (status !== undefined) return { status, message: 'The request could not be read.' };
  return { status: 502, message: `The inbound mail server did not take it: ${response ?? code ?? 'no reason given'}` };
}
