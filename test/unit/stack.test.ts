import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { claimDirectory, releaseDirectory } from '../../scripts/stack/leftBehind.ts';
import { checkPorts, freePorts } from '../../scripts/stack/ports.ts';
import { createProcesses, type ProcessOptions } from '../../scripts/stack/processes.ts';
import { readSecrets } from '../../scripts/stack/secrets.ts';
import { readSettings, wantedPorts } from '../../scripts/stack/settings.ts';
import { countTests } from '../../scripts/testing/figures.ts';
import { createTestDirectory } from '../support/directory.ts';
import { until } from '../support/until.ts';

let directory: string;

beforeEach(() => {
  directory = createTestDirectory('unit');
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** A process that says it is ready, then does what `script` says until it is stopped. */
function child(name: string, script = '', more: Partial<ProcessOptions> = {}): ProcessOptions {
  const body = `setInterval(() => {}, 1000); ${script}; console.log('ready')`;
  return {
    name,
    command: process.execPath,
    arguments: ['-e', body],
    isReady: (output) => output.includes('ready'),
    ...more,
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('processes', () => {
  it('are stopped in reverse order, the deaf ones by force', async () => {
    const deaths: string[] = [];
    const processes = createProcesses(directory, (message) => deaths.push(message));
    const log = join(directory, 'order');
    const note = (name: string) =>
      `process.on('SIGTERM', () => { require('fs').appendFileSync(${JSON.stringify(log)}, '${name} '); process.exit(0); })`;
    const first = await processes.start(child('first', note('first')));
    const deaf = await processes.start(child('deaf', `process.on('SIGTERM', () => {})`, { graceMs: 100 }));
    await processes.start(child('last', note('last')));
    await processes.stopAll();
    expect(readFileSync(log, 'utf8')).toBe('last first ');
    expect([first.pid, deaf.pid].filter(isAlive)).toEqual([]);
    expect(deaths).toEqual([]);
    await expect(processes.start(child('late'))).rejects.toThrow('the stack stops');
  });

  it('say which one ended by itself, with its last lines', async () => {
    const deaths: string[] = [];
    const processes = createProcesses(directory, (message) => deaths.push(message));
    onTestFinished(() => processes.stopAll());
    const fragile = await processes.start(child('fragile', `console.log('about to fall')`));
    process.kill(fragile.pid, 'SIGKILL');
    await until(() => deaths.length > 0);
    expect(deaths[0]).toMatch(/^fragile ended unexpectedly \(signal SIGKILL\)[\s\S]*about to fall/);
    expect(readFileSync(join(directory, 'logs', 'fragile.log'), 'utf8')).toContain('about to fall');
  });

  it('that end or stay silent before they are ready are an error', async () => {
    const processes = createProcesses(directory, () => undefined);
    const failing = child('failing', `console.error('no such thing'); process.exit(3)`);
    await expect(processes.start(failing)).rejects.toThrow(
      /failing ended before it was ready \(exit code 3\)[\s\S]*no such/,
    );
    const silent = child('silent', '', { isReady: () => false, readyWithinMs: 200 });
    await expect(processes.start(silent)).rejects.toThrow(/silent was not ready after 0.2 seconds/);
    const absent = processes.start(child('absent', '', { command: '/nowhere/at/all' }));
    // Its log is open from the start: what opens later fails when the folder has gone meanwhile.
    expect(existsSync(join(directory, 'logs', 'absent.log'))).toBe(true);
    await expect(absent).rejects.toThrow(/ENOENT/);
  });
});

describe('a directory', () => {
  it('is claimed from a stack that is gone, whose processes are stopped', async () => {
    const processes = createProcesses(directory, () => undefined);
    onTestFinished(() => processes.stopAll());
    await claimDirectory(directory);
    const left = await processes.start(child('left'));
    expect(await claimDirectory(directory)).toEqual(['left']);
    // It is dead by now; its id stays until this process, its parent, has been told.
    await until(() => !isAlive(left.pid));
    releaseDirectory(directory);
    expect(existsSync(join(directory, 'processes.json'))).toBe(false);
  });

  it('is refused while another stack runs there', async () => {
    const claiming = `import { claimDirectory } from './scripts/stack/leftBehind.ts';
      await claimDirectory(${JSON.stringify(directory)}); console.log('ready'); setInterval(() => {}, 1000);`;
    const elsewhere = join(directory, 'elsewhere');
    mkdirSync(elsewhere);
    const processes = createProcesses(elsewhere, () => undefined);
    onTestFinished(() => processes.stopAll());
    await processes.start({
      ...child('other'),
      arguments: ['--import', 'tsx', '--input-type=module', '-e', claiming],
    });
    await expect(claimDirectory(directory)).rejects.toThrow(/A stack already runs on .* stop that one/);
    releaseDirectory(directory);
    expect(existsSync(join(directory, 'processes.json'))).toBe(true);
  });
});

describe('ports', () => {
  it('that are busy, or wanted twice, are all named with the variable to change', async () => {
    const [busy = 0, free = 0] = await freePorts(2);
    const server = createServer().listen(busy, '127.0.0.1');
    onTestFinished(() => void server.close());
    await until(() => server.listening);
    const wanted = [
      { variable: 'API_PORT', port: busy, what: 'API' },
      { variable: 'INBOUND_PORT', port: free, what: 'incoming mail' },
      { variable: 'POSTGRES_PORT', port: free, what: 'PostgreSQL' },
    ];
    await expect(checkPorts(wanted)).rejects.toThrow(
      [
        `Port ${busy} (API) is busy: set API_PORT to another one.`,
        `Port ${free} (PostgreSQL) is wanted by incoming mail as well: set POSTGRES_PORT to another one.`,
      ].join('\n'),
    );
    await expect(checkPorts(wanted.slice(1, 2))).resolves.toBeUndefined();
  });

  it('that are free are given once, also by processes at the same time, and never those that systems give', async () => {
    const asking = `import { freePorts } from './scripts/stack/ports.ts';
      console.log('ports ' + (await freePorts(40)).join()); setInterval(() => {}, 1000);`;
    const processes = createProcesses(directory, () => undefined);
    onTestFinished(() => processes.stopAll());
    const given: number[] = [...(await freePorts(40)), ...(await freePorts(40))];
    const ask = async (name: string) => {
      await processes.start({
        ...child(name),
        arguments: ['--import', 'tsx', '--input-type=module', '-e', asking],
        onLine: (line) => given.push(...line.replace('ports ', '').split(',').map(Number)),
        isReady: (output) => output.includes('ports'),
      });
    };
    await Promise.all([ask('one'), ask('other')]);
    expect(given).toHaveLength(160);
    expect(new Set(given).size).toBe(160);
    expect(Math.min(...given)).toBeGreaterThanOrEqual(20_000);
    expect(Math.max(...given)).toBeLessThan(32_768);
  });
});

describe('settings', () => {
  it('start only what is not external', () => {
    const all = wantedPorts(readSettings({})).map(({ variable }) => variable);
    expect(all).toHaveLength(7);
    const external = readSettings({
      DATABASE_URL: 'postgres://db.test/x',
      TEMPORAL_ADDRESS: 'temporal.test:7233',
      SMTP_URL: 'smtp://mail.test',
      API_PORT: '8080',
    });
    expect(wantedPorts(external).map(({ variable, port }) => [variable, port])).toEqual([
      ['API_PORT', 8080],
      ['INBOUND_PORT', 2525],
    ]);
  });

  it('name all that is wrong, and refuse production', () => {
    const wrong = { API_PORT: 'http', INBOUND_PORT: '70000', NODE_ENV: 'production' };
    expect(() => readSettings(wrong)).toThrow(/NODE_ENV[\s\S]*API_PORT[\s\S]*INBOUND_PORT/);
  });
});

describe('secrets', () => {
  it('are made once, for their owner alone', () => {
    const made = readSecrets(directory);
    expect(made.tokenKeys).toMatch(/^local:[0-9a-f]{64}$/);
    expect(readSecrets(directory)).toEqual(made);
    expect(statSync(join(directory, 'secrets.json')).mode & 0o777).toBe(0o600);
  });
});

describe('the closing line', () => {
  it('counts a file that could not be loaded as a failed test', () => {
    const failed = { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] };
    const broken = { status: 'failed', assertionResults: [] };
    const good = { status: 'passed', assertionResults: [{ status: 'passed' }] };
    const report = { numPassedTests: 2, numFailedTests: 1, testResults: [failed, broken, good] };
    expect(countTests(report)).toEqual({ passed: 2, failed: 2 });
  });
});
