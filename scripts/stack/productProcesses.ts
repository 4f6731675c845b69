/** The product's own processes on a local stack: what each is told, and when it is ready. */
import { connect } from 'node:net';
import { join } from 'node:path';
import { ROOT } from './places.ts';
import type { ProcessOptions } from './processes.ts';
import type { Secrets } from './secrets.ts';
import type { StackSettings } from './settings.ts';

/** What the processes find running. */
export interface Surroundings {
  readonly settings: StackSettings;
  readonly secrets: Secrets;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  /** Folder of the compiled product, which then runs as production does; without it the source runs. */
  readonly built?: string;
  /** Told what a process warns of. */
  readonly report: (message: string) => void;
}

const GRACE_SECONDS = 30;

/** The mailbox, where there is no other mail server; it comes first, for the others send to it. */
export function mailboxProcess(around: Surroundings): ProcessOptions {
  const { directory, ports } = around.settings;
  return {
    ...product('mailbox', 'mail/mailbox/main.ts', withoutBuilt(around)),
    environment: { ...environmentOf(withoutBuilt(around)), RELANCE_DATA: join(directory, 'mailbox') },
    isReady: async () => (await answers(ports.MAILBOX_HTTP_PORT)) && (await answers(ports.MAILBOX_SMTP_PORT)),
  };
}

/** Worker, relay and API. */
export function productProcesses(around: Surroundings): ProcessOptions[] {
  const { ports } = around.settings;
  return [
    { ...product('worker', 'worker/main.ts', around), isReady: (output) => output.includes('worker ready') },
    { ...product('relay', 'relay/main.ts', around), isReady: () => answers(ports.INBOUND_PORT) },
    {
      ...product('api', 'api/main.ts', around),
      isReady: async () => (await fetch(`http://127.0.0.1:${ports.API_PORT}/readyz`)).ok,
    },
  ];
}

/** The mailbox is no part of the product, and refuses to run in production. */
function withoutBuilt({ built: _built, ...around }: Surroundings): Surroundings {
  return around;
}

function product(name: string, entry: string, around: Surroundings): Omit<ProcessOptions, 'isReady'> {
  const { built } = around;
  return {
    name,
    command: process.execPath,
    arguments: built ? [join(built, entry.replace(/\.ts$/, '.js'))] : ['--import', 'tsx', entry],
    directory: ROOT,
    environment: environmentOf(around),
    readyWithinMs: 120_000,
    graceMs: (GRACE_SECONDS + 5) * 1_000,
    onLine: (line) => {
      const warning = warningIn(line);
      if (warning) around.report(`${name}: ${warning}`);
    },
  };
}

/** What production has no default for. */
const PRODUCTION = {
  MAIL_DOMAIN: 'support.example',
  MAIL_NAME: 'Support',
  STAFF_ALERT_ADDRESS: 'staff@support.example',
} as const;

/** The environment of the product's processes. */
export function environmentOf(around: Surroundings): NodeJS.ProcessEnv {
  const { settings, secrets, databaseUrl, temporalAddress, built } = around;
  const { ports } = settings;
  return {
    ...(built && PRODUCTION),
    SHUTDOWN_GRACE_SECONDS: String(GRACE_SECONDS),
    PUBLIC_URL: `http://127.0.0.1:${ports.API_PORT}`,
    TOKEN_KEYS: secrets.tokenKeys,
    ...process.env,
    ...(built && { NODE_ENV: 'production' }),
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress,
    TEMPORAL_NAMESPACE: settings.temporalNamespace,
    SMTP_URL: settings.smtpUrl ?? `smtp://127.0.0.1:${ports.MAILBOX_SMTP_PORT}`,
    API_PORT: String(ports.API_PORT),
    INBOUND_PORT: String(ports.INBOUND_PORT),
    MAILBOX_SMTP_PORT: String(ports.MAILBOX_SMTP_PORT),
    MAILBOX_HTTP_PORT: String(ports.MAILBOX_HTTP_PORT),
  };
}

const WARN = 40;

/** What a line of a log warns of; everything else is in the log's file alone. */
function warningIn(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { level, msg, ...facts } = JSON.parse(line) as Record<string, unknown>;
    if (typeof level !== 'number' || level < WARN) return undefined;
    const { time: _time, name: _name, process: _process, pid: _pid, hostname: _host, ...others } = facts;
    return `${msg} ${Object.keys(others).length > 0 ? JSON.stringify(others) : ''}`.trim();
  } catch {
    return undefined;
  }
}

/** Whether something listens on a port of 127.0.0.1. */
async function answers(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
