import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EnvironmentInvalid, effectiveSettings, type ProcessName, readEnvironment } from '../../config/environment.ts';

const KEY = 'ab'.repeat(32);
const LOCAL = { DATABASE_URL: 'postgres://me:secret@127.0.0.1:5433/relance', TOKEN_KEYS: `k1:${KEY}` };
const PRODUCTION = {
  ...LOCAL,
  NODE_ENV: 'production',
  TEMPORAL_ADDRESS: 'temporal.internal.test:7233',
  PUBLIC_URL: 'https://support.test',
  SMTP_URL: 'smtps://me:secret@mail.test',
  MAIL_DOMAIN: 'support.test',
  MAIL_NAME: 'Support Exemple',
  STAFF_ALERT_ADDRESS: 'staff@support.test',
};

function problemOf(variables: Record<string, string>, process: ProcessName): EnvironmentInvalid {
  try {
    readEnvironment(variables, process);
  } catch (error) {
    if (error instanceof EnvironmentInvalid) return error;
    throw error;
  }
  throw new Error('it was taken as valid');
}

describe('readEnvironment', () => {
  it('needs no more than a database and keys on a developer machine', () => {
    const worker = readEnvironment(LOCAL, 'worker');
    expect(worker).toMatchObject({
      databaseUrl: LOCAL.DATABASE_URL,
      databasePoolSize: 10,
      temporalAddress: '127.0.0.1:7233',
      temporalNamespace: 'default',
      maxCachedWorkflows: 600,
      smtpUrl: 'smtp://127.0.0.1:1025',
      mailDomain: 'support.example',
      logLevel: 'info',
      shutdownGraceSeconds: 30,
      production: false,
    });
    expect(worker.tokenKeys).toEqual([{ id: 'k1', key: new Uint8Array(32).fill(0xab) }]);
    expect(readEnvironment({ ...LOCAL, API_PORT: '8080' }, 'api').apiPort).toBe(8080);
    expect(readEnvironment({ ...LOCAL, INBOUND_PORT: '' }, 'relay').inboundPort).toBe(2525);
  });

  it.each<[ProcessName, string[]]>([
    ['api', ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'PUBLIC_URL', 'MAIL_DOMAIN', 'TOKEN_KEYS']],
    [
      'worker',
      [
        'DATABASE_URL',
        'TEMPORAL_ADDRESS',
        'PUBLIC_URL',
        'SMTP_URL',
        'MAIL_DOMAIN',
        'MAIL_NAME',
        'STAFF_ALERT_ADDRESS',
        'TOKEN_KEYS',
      ],
    ],
  ])('names at once every variable that production must set for the %s', (process, missing) => {
    expect(problemOf({ NODE_ENV: 'production' }, process).variables).toEqual(missing);
    expect(readEnvironment(PRODUCTION, process)).toMatchObject({ production: true, mailDomain: 'support.test' });
  });

  it.each([
    ['API_PORT', '70000'],
    ['API_PORT', 'http'],
    ['DATABASE_URL', 'mysql://me:secret@db.test/x'],
    ['TEMPORAL_ADDRESS', 'http://127.0.0.1:7233'],
    ['PUBLIC_URL', 'javascript:alert(1)'],
    ['MAIL_DOMAIN', 'support example'],
    ['LOG_LEVEL', 'loud'],
    ['DATABASE_POOL_SIZE', '0'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'traces.test:4318'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://me:secret@traces.test:4318'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization'],
    ['TRACES_SHARE', '1.1'],
    ['TRACES_SHARE', 'all'],
    ['TOKEN_KEYS', KEY],
    ['TOKEN_KEYS', 'k1:abcd'],
    ['TOKEN_KEYS', `k1:${KEY},k1:${KEY}`],
    ['TOKEN_KEYS', `k1:${KEY},`],
  ])('refuses %s=%s without repeating it', (variable, value) => {
    const problem = problemOf({ ...LOCAL, [variable]: value }, 'api');
    expect(problem.variables).toEqual([variable]);
    expect(problem.message).not.toContain('secret');
    expect(problem.message).not.toContain(KEY);
  });

  it('says all that is wrong in one message, a line each', () => {
    const { message } = problemOf({ API_PORT: 'x', LOG_LEVEL: 'loud' }, 'api');
    expect(message.split('\n')).toHaveLength(5);
    expect(message).toMatch(/^ {2}DATABASE_URL is not set \(or DATABASE_URL_FILE\)/m);
  });

  it('refuses a sender name that would write headers', () => {
    expect(problemOf({ ...LOCAL, MAIL_NAME: 'Support\r\nBcc: all@example.com' }, 'worker').variables).toEqual([
      'MAIL_NAME',
    ]);
  });

  it('keeps the order of keys: the first one signs', () => {
    const { tokenKeys } = readEnvironment({ ...LOCAL, TOKEN_KEYS: `new:${'cd'.repeat(40)}, old:${KEY}` }, 'relay');
    expect(tokenKeys.map(({ id, key }) => [id, key.length])).toEqual([
      ['new', 40],
      ['old', 32],
    ]);
  });

  it('sends traces nowhere unless it is told where', () => {
    expect(readEnvironment(LOCAL, 'worker')).toMatchObject({
      tracesEndpoint: 'off',
      tracesHeaders: {},
      tracesShare: 1,
    });
    const told = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://traces.test/otlp',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer a=b, x-tenant=one',
      TRACES_SHARE: '0.05',
    };
    expect(readEnvironment({ ...LOCAL, ...told }, 'relay')).toMatchObject({
      tracesEndpoint: 'https://traces.test/otlp',
      tracesHeaders: { authorization: 'Bearer a=b', 'x-tenant': 'one' },
      tracesShare: 0.05,
    });
  });

  it('reads secrets from files', () => {
    const directory = mkdtempSync(join(tmpdir(), 'environment-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const path = join(directory, 'url');
    writeFileSync(path, `${LOCAL.DATABASE_URL}\n`);
    const { DATABASE_URL, ...others } = LOCAL;
    expect(readEnvironment({ ...others, DATABASE_URL_FILE: path }, 'api').databaseUrl).toBe(DATABASE_URL);
    expect(problemOf({ ...LOCAL, DATABASE_URL_FILE: path }, 'api').variables).toEqual(['DATABASE_URL_FILE']);
    expect(problemOf({ ...others, DATABASE_URL_FILE: join(directory, 'none') }, 'api').message).toContain('ENOENT');
  });
});

describe('effectiveSettings', () => {
  it('says what each setting is and where from, and no secret', () => {
    const { DATABASE_URL: _url, ...others } = LOCAL;
    const settings = effectiveSettings({ ...others, DATABASE_URL_FILE: '/run/secrets/url', API_PORT: '8080' }, 'api');
    const of = (wanted: string) => settings.find(({ variable }) => variable === wanted);
    expect(of('DATABASE_URL')).toMatchObject({ value: '(secret, from /run/secrets/url)', source: 'file' });
    expect(of('TOKEN_KEYS')).toMatchObject({ value: '(secret)', source: 'environment' });
    expect(of('API_PORT')).toMatchObject({ value: '8080', source: 'environment' });
    expect(of('LOG_LEVEL')).toMatchObject({ value: 'info', source: 'default' });
    expect(
      effectiveSettings({ NODE_ENV: 'production' }, 'api').find(({ source }) => source === 'missing'),
    ).toBeDefined();
    expect(JSON.stringify(settings)).not.toContain(KEY);
  });
});

describe('TRUSTED_PROXIES', () => {
  const proxies = (text: string) => readEnvironment({ ...LOCAL, TRUSTED_PROXIES: text }, 'api').trustedProxies;

  it('is a list of addresses, ranges and names of ranges', () => {
    expect(readEnvironment(LOCAL, 'api').trustedProxies).toEqual([]);
    expect(proxies('none')).toEqual([]);
    expect(proxies('loopback, 10.0.0.0/8,::1,fd00::/8')).toEqual(['loopback', '10.0.0.0/8', '::1', 'fd00::/8']);
  });

  it.each(['true', '1', 'proxy.internal.test', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/', 'loopback,'])(
    'is not %j',
    (text) => {
      expect(problemOf({ ...LOCAL, TRUSTED_PROXIES: text }, 'api').variables).toEqual(['TRUSTED_PROXIES']);
    },
  );
});
