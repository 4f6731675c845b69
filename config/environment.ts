/** What the processes are told by environment variables: each is checked at start, and all that is wrong is said at once. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';

const Port = z.coerce.number().int().min(0).max(65_535);
const Count = z.coerce.number().int().min(1);
const Domain = z
  .string()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/i, 'must be a domain name')
  .toLowerCase();

/** A URL of one of these schemes; what is wrong never repeats the value, which may hold a password. */
function urlOf(...schemes: string[]) {
  const expected = `must be a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  return z.string().refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url !== undefined && schemes.includes(url.protocol.slice(0, -1));
  }, expected);
}

/** One secret with its public name; `key` has 32 bytes or more. */
export interface NamedKey {
  readonly id: string;
  readonly key: Uint8Array;
}

const KEY_PATTERN = /^([A-Za-z0-9_-]{1,16}):((?:[0-9a-f]{2}){32,})$/i;

const TokenKeys = z.string().transform((text, context): [NamedKey, ...NamedKey[]] => {
  const keys = text.split(',').flatMap((item): NamedKey[] => {
    const [, id, hex] = KEY_PATTERN.exec(item.trim()) ?? [];
    return id === undefined || hex === undefined ? [] : [{ id, key: new Uint8Array(Buffer.from(hex, 'hex')) }];
  });
  const [first, ...others] = keys;
  if (first !== undefined && new Set(keys.map(({ id }) => id)).size === text.split(',').length) {
    return [first, ...others];
  }
  context.addIssue({
    code: 'custom',
    message: 'must be a comma list of id:hex, each with an id of its own and at least 32 bytes; the first one signs',
  });
  return z.NEVER;
});

/** A login in it would be shown with the other settings: receivers take a header. */
const TracesEndpoint = z.string().refine((text) => {
  if (text === 'off') return true;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}, 'must be off, or a URL that starts with http:// or https:// and has no login');

const TraceHeaders = z.string().transform((text, context): Readonly<Record<string, string>> => {
  const pairs = text === 'none' ? [] : text.split(',').map((pair) => /^\s*([\w-]+)=([\x20-\x7e]+)$/.exec(pair));
  if (pairs.every((pair) => pair !== null)) return Object.fromEntries(pairs.map(([, name, value]) => [name, value]));
  context.addIssue({ code: 'custom', message: 'must be a comma list of name=value, or none' });
  return z.NEVER;
});

const RANGES = ['loopback', 'linklocal', 'uniquelocal'];

/** Addresses, ranges of them (`10.0.0.0/8`), and names of ranges. */
const Proxies = z.string().transform((text, context): readonly string[] => {
  const items = text === 'none' ? [] : text.split(',').map((item) => item.trim());
  const isAddress = (item: string) => {
    const [address = '', length = '0', ...more] = item.split('/');
    const longest = isIP(address) === 6 ? 128 : 32;
    return isIP(address) > 0 && /^\d{1,3}$/.test(length) && Number(length) <= longest && more.length === 0;
  };
  if (items.every((item) => RANGES.includes(item) || isAddress(item))) return items;
  context.addIssue({
    code: 'custom',
    message: `must be none, or a comma list of addresses, ranges, ${RANGES.join(', ')}`,
  });
  return z.NEVER;
});

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Every setting: its variable, what it must be, and its value when the variable is not set (none: it must be set). */
const SETTINGS = {
  databaseUrl: { variable: 'DATABASE_URL', schema: urlOf('postgres', 'postgresql'), secret: true },
  databasePoolSize: { variable: 'DATABASE_POOL_SIZE', schema: Count, local: '10', production: '10' },
  temporalAddress: {
    variable: 'TEMPORAL_ADDRESS',
    schema: z.string().regex(/^[^\s:/]+:\d+$|^\[[0-9a-f:]+\]:\d+$/i, 'must be host:port'),
    local: '127.0.0.1:7233',
  },
  temporalNamespace: {
    variable: 'TEMPORAL_NAMESPACE',
    schema: z.string().min(1),
    local: 'default',
    production: 'default',
  },
  maxCachedWorkflows: { variable: 'MAX_CACHED_WORKFLOWS', schema: Count, local: '600', production: '600' },
  /** Whether Temporal is to choose workers by their version; a current version must be set then. */
  workerVersioning: { variable: 'WORKER_VERSIONING', schema: z.enum(['on', 'off']), local: 'off', production: 'off' },
  /** Whether the worker answers Nexus operations: where publishers have namespaces of their own, in theirs and in the requests'. */
  nexus: { variable: 'NEXUS', schema: z.enum(['on', 'off']), local: 'off', production: 'off' },
  apiHost: { variable: 'API_HOST', schema: z.string().min(1), local: '127.0.0.1', production: '127.0.0.1' },
  apiPort: { variable: 'API_PORT', schema: Port, local: '3000', production: '3000' },
  /** Whose word is taken for the address of a caller; without them that of the connection counts. */
  trustedProxies: { variable: 'TRUSTED_PROXIES', schema: Proxies, local: 'none', production: 'none' },
  /** Where people reach the product, in links of mails. */
  publicUrl: { variable: 'PUBLIC_URL', schema: urlOf('http', 'https'), local: 'http://127.0.0.1:3000' },
  smtpUrl: { variable: 'SMTP_URL', schema: urlOf('smtp', 'smtps'), secret: true, local: 'smtp://127.0.0.1:1025' },
  inboundHost: { variable: 'INBOUND_HOST', schema: z.string().min(1), local: '127.0.0.1', production: '127.0.0.1' },
  inboundPort: { variable: 'INBOUND_PORT', schema: Port, local: '2525', production: '2525' },
  mailDomain: { variable: 'MAIL_DOMAIN', schema: Domain, local: 'support.example' },
  /** The name that mails show as their sender. */
  mailName: {
    variable: 'MAIL_NAME',
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is they that are refused
    schema: z.string().regex(/^[^\u0000-\u001f\u007f<>"]{1,100}$/, 'must be a name of one line, without < > or "'),
    local: 'Support',
  },
  /** Where alerts go when a request has no assignee. */
  staffAlertAddress: { variable: 'STAFF_ALERT_ADDRESS', schema: z.email(), local: 'staff@support.example' },
  /** Keys of reply tokens and Message-IDs: the first signs, all verify. */
  tokenKeys: { variable: 'TOKEN_KEYS', schema: TokenKeys, secret: true },
  /** Where `/metrics` is; 0: nowhere. */
  metricsPort: { variable: 'METRICS_PORT', schema: Port, local: '0', production: '0' },
  metricsHost: { variable: 'METRICS_HOST', schema: z.string().min(1), local: '127.0.0.1', production: '127.0.0.1' },
  /** Where the worker has Temporal's own metrics; 0: nowhere. */
  sdkMetricsPort: { variable: 'SDK_METRICS_PORT', schema: Port, local: '0', production: '0' },
  /** Base URL of an OTLP/HTTP receiver of traces. */
  tracesEndpoint: {
    variable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    schema: TracesEndpoint,
    local: 'off',
    production: 'off',
  },
  tracesHeaders: {
    variable: 'OTEL_EXPORTER_OTLP_HEADERS',
    schema: TraceHeaders,
    secret: true,
    local: 'none',
    production: 'none',
  },
  /** Of traces that begin here, the share that is kept. */
  tracesShare: {
    variable: 'TRACES_SHARE',
    schema: z.coerce.number('must be a number from 0 to 1').min(0, 'must be 0 or more').max(1, 'must be 1 or less'),
    local: '1',
    production: '1',
  },
  logLevel: { variable: 'LOG_LEVEL', schema: z.enum(LOG_LEVELS), local: 'info', production: 'info' },
  /** How long running work may go on after SIGTERM, seconds. */
  shutdownGraceSeconds: { variable: 'SHUTDOWN_GRACE_SECONDS', schema: Count, local: '30', production: '30' },
} as const satisfies Record<string, Setting>;

interface Setting {
  readonly variable: string;
  readonly schema: z.ZodType;
  /** May be given as a file's path in `<VARIABLE>_FILE`. */
  readonly secret?: true;
  /** Value without the variable, outside production. */
  readonly local?: string;
  /** Value without the variable, in production; where there is none, production must set it. */
  readonly production?: string;
}

type SettingName = keyof typeof SETTINGS;

const EVERYWHERE = [
  'databaseUrl',
  'databasePoolSize',
  'temporalAddress',
  'temporalNamespace',
  'logLevel',
  'shutdownGraceSeconds',
  'metricsHost',
  'metricsPort',
  'tracesEndpoint',
  'tracesHeaders',
  'tracesShare',
] as const;

/** What each process reads; nothing else has to be set for it. */
const READ_BY = {
  api: [...EVERYWHERE, 'apiHost', 'apiPort', 'trustedProxies', 'publicUrl', 'mailDomain', 'tokenKeys'],
  worker: [
    ...EVERYWHERE,
    'maxCachedWorkflows',
    'workerVersioning',
    'nexus',
    'sdkMetricsPort',
    'publicUrl',
    'smtpUrl',
    'mailDomain',
    'mailName',
    'staffAlertAddress',
    'tokenKeys',
  ],
  relay: [
    ...EVERYWHERE,
    'publicUrl',
    'inboundHost',
    'inboundPort',
    'smtpUrl',
    'mailDomain',
    'mailName',
    'staffAlertAddress',
    'tokenKeys',
  ],
  /** Not a process that stays: what is made before the first start. */
  setup: ['databaseUrl', 'temporalAddress', 'temporalNamespace', 'logLevel'],
} as const satisfies Record<string, readonly SettingName[]>;

/** The processes of the product. */
export type ProcessName = keyof typeof READ_BY;

/** The settings of one process. */
export type Environment<P extends ProcessName = ProcessName> = {
  readonly [S in (typeof READ_BY)[P][number]]: z.output<(typeof SETTINGS)[S]['schema']>;
} & { readonly production: boolean };

/** Everything that is wrong with the environment, one line a variable; values are never repeated. */
export class EnvironmentInvalid extends Error {
  override readonly name = 'EnvironmentInvalid';
  /** Names of the variables. */
  readonly variables: readonly string[];

  constructor(problems: readonly { readonly variable: string; readonly problem: string }[]) {
    super(
      ['The environment is not usable:', ...problems.map(({ variable, problem }) => `  ${variable} ${problem}`)].join(
        '\n',
      ),
    );
    this.variables = problems.map(({ variable }) => variable);
  }
}

/**
 * The settings of `process`, from variables such as those of `process.env`. An empty variable counts as not set. Secrets
 * may also be given by the path of a file: `DATABASE_URL_FILE` for `DATABASE_URL`.
 * @throws EnvironmentInvalid naming every variable that is missing or wrong.
 */
export function readEnvironment<P extends ProcessName>(
  variables: Readonly<Record<string, string | undefined>>,
  process: P,
): Environment<P> {
  const production = variables.NODE_ENV === 'production';
  const problems: { variable: string; problem: string }[] = [];
  const values: Record<string, unknown> = { production };
  for (const name of READ_BY[process]) {
    const setting: Setting = SETTINGS[name];
    const given = readVariable(variables, setting);
    if ('problem' in given) {
      problems.push(given);
      continue;
    }
    const text = given.text ?? (production ? setting.production : setting.local);
    if (text === undefined) {
      const file = setting.secret ? ` (or ${setting.variable}_FILE)` : '';
      problems.push({ variable: setting.variable, problem: `is not set${file}${production ? '' : '; see README.md'}` });
      continue;
    }
    const parsed = setting.schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else problems.push({ variable: setting.variable, problem: parsed.error.issues.map(sayIssue).join(', ') });
  }
  if (problems.length > 0) throw new EnvironmentInvalid(problems);
  return values as Environment<P>;
}

/** One setting as a process has it. */
export interface EffectiveSetting {
  readonly variable: string;
  /** What it is set to, in words; of a secret only where it comes from. */
  readonly value: string;
  readonly source: 'environment' | 'file' | 'default' | 'missing';
}

/** What each setting of `process` is, and where that comes from; secrets are never in it. Says nothing of whether it is right. */
export function effectiveSettings(
  variables: Readonly<Record<string, string | undefined>>,
  process: ProcessName,
): EffectiveSetting[] {
  return READ_BY[process].map((name) => {
    const { variable, secret, ...otherwise }: Setting = SETTINGS[name];
    const given = variables[variable] || undefined;
    const path = (secret && variables[`${variable}_FILE`]) || undefined;
    if (path !== undefined) return { variable, value: `(secret, from ${path})`, source: 'file' };
    const value = given ?? (variables.NODE_ENV === 'production' ? otherwise.production : otherwise.local);
    if (value === undefined) return { variable, value: '', source: 'missing' };
    return { variable, value: secret ? '(secret)' : value, source: given === undefined ? 'default' : 'environment' };
  });
}

/** Every variable that some process reads, with those that name files. */
export function knownVariables(): string[] {
  return Object.values(SETTINGS).flatMap((setting: Setting) =>
    setting.secret ? [setting.variable, `${setting.variable}_FILE`] : [setting.variable],
  );
}

/** The processes, and commands with settings of their own. */
export const PROCESSES = Object.keys(READ_BY) as ProcessName[];

function readVariable(
  variables: Readonly<Record<string, string | undefined>>,
  { variable, secret }: Setting,
): { readonly text: string | undefined } | { readonly variable: string; readonly problem: string } {
  const text = variables[variable] || undefined;
  const fileVariable = `${variable}_FILE`;
  const path = (secret && variables[fileVariable]) || undefined;
  if (path === undefined) return { text };
  if (text !== undefined)
    return { variable: fileVariable, problem: `is set, and ${variable} as well: set one of them` };
  try {
    return { text: readFileSync(path, 'utf8').trim() };
  } catch (error) {
    return { variable: fileVariable, problem: `cannot be read (${(error as NodeJS.ErrnoException).code})` };
  }
}

function sayIssue(issue: { readonly code?: string | undefined; readonly message: string }): string {
  return issue.message.startsWith('must be') ? issue.message : `is wrong: ${issue.message}`;
}
