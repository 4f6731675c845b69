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
  /** Told what a process warns of. */
  readonly report: (message: string) => void;
  /** Whether to start what `npm run build` left, which is ready sooner; otherwise the source of this checkout. */
  readonly isBuilt?: boolean;
}

const GRACE_SECONDS = 30;

/** The mailbox, where there is no other mail server; it comes first, for the others send to it. */
export function mailboxProcess(around: Surroundings): ProcessOptions {
  const { directory, ports } = around.settings;
  return {
    ...product('mailbox', 'mail/mailbox/main.ts', around),
    environment: { ...environmentOf(around), RELANCE_DATA: join(directory, 'mailbox') },
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

function product(name: string, entry: string, around: Surroundings): Omit<ProcessOptions, 'isReady'> {
  return {
    name,
    command: process.execPath,
    arguments: around.isBuilt ? [join('dist', entry.replace(/\.ts$/, '.js'))] : ['--import', 'tsx', entry],
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

function environmentOf({ settings, secrets, databaseUrl, temporalAddress }: Surroundings): NodeJS.ProcessEnv {
  const { ports } = settings;
  return {
    SHUTDOWN_GRACE_SECONDS: String(GRACE_SECONDS),
    PUBLIC_URL: `http://127.0.0.1:${ports.API_PORT}`,
    TOKEN_KEYS: secrets.tokenKeys,
    ...process.env,
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
