/** What can be known of the containers without running them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { knownVariables } from '../../config/environment.ts';
import { TEMPORAL_UI_VERSION, TEMPORAL_VERSION } from '../../scripts/production/servers.ts';
import { ROOT } from '../../scripts/stack/places.ts';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: string[];
  readonly environment?: Record<string, string>;
  readonly ports?: string[];
  readonly healthcheck?: object;
  readonly container_name?: string;
  readonly depends_on?: Record<string, { condition: string }>;
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service> };
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);
const PINNED = /^[a-z0-9./-]+:\d+\.\d+(\.\d+)?(-[a-z-]+)?$/;

const dockerfile = read('Dockerfile').split('\n');
const instruction = (name: string) =>
  dockerfile.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));

describe('docker-compose.yml', () => {
  it('has every process, each of an image of one version', () => {
    expect(ours.map(([name]) => name)).toEqual(['setup', 'api', 'relay', 'worker']);
    expect(services.filter(([, { image }]) => !PINNED.test(image))).toEqual([]);
  });

  it('has the versions of Temporal that run without containers', () => {
    const image = (name: string) => compose.services[name]?.image;
    expect(image('temporal')).toBe(`temporalio/server:${TEMPORAL_VERSION}`);
    expect(image('temporal-schema')).toBe(`temporalio/admin-tools:${TEMPORAL_VERSION}`);
    expect(image('temporal-ui')).toBe(`temporalio/ui:${TEMPORAL_UI_VERSION}`);
  });

  it('publishes the API and incoming mail, nothing else', () => {
    const published = services.filter(([, { ports }]) => ports !== undefined).map(([name]) => name);
    expect(published).toEqual(['api', 'relay']);
  });

  it('sets only variables that the product knows', () => {
    const known = [...knownVariables(), 'NODE_ENV'];
    const unknown = ours.flatMap(([, { environment = {} }]) =>
      Object.keys(environment).filter((variable) => !known.includes(variable)),
    );
    expect(unknown).toEqual([]);
  });

  it('starts compiled files of sources that are there', () => {
    const missing = ours
      .map(([, { command }]) => command?.[1] ?? '')
      .filter((file) => !existsSync(join(ROOT, file.replace(/^dist\//, '').replace(/\.js$/, '.ts'))));
    expect(missing).toEqual([]);
  });

  it('lets nobody write in the Temporal UI, and the worker be many', () => {
    expect(compose.services['temporal-ui']?.environment?.TEMPORAL_DISABLE_WRITE_ACTIONS).toBe('true');
    const { container_name, ports } = compose.services.worker ?? {};
    expect([container_name, ports]).toEqual([undefined, undefined]);
  });

  it('knows who is well, and waits for those', () => {
    for (const name of ['postgres', 'temporal', 'api', 'relay']) {
      expect(compose.services[name]?.healthcheck, name).toBeDefined();
    }
    for (const [name, { depends_on = {} }] of services) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const needs = condition === 'service_healthy' ? 'healthcheck' : 'command';
        expect(compose.services[other]?.[needs], `${name} waits for ${other}`).toBeDefined();
      }
    }
  });
});

describe('the Dockerfile', () => {
  it('builds on Node 24 of one version, and runs as nobody special', () => {
    expect(instruction('FROM').every((image) => /^node:24\.\d+\.\d+-bookworm-slim( AS build)?$/.test(image))).toBe(
      true,
    );
    expect(instruction('USER').at(-1)).toBe('node');
  });

  it('copies what is there, and what the context has', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = instruction('COPY')
      .filter((line) => !line.startsWith('--from'))
      .flatMap((line) => line.split(' ').slice(0, -1));
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(copied.filter((path) => !allowed.includes(path))).toEqual([]);
    const { include } = JSON.parse(read('tsconfig.build.json')) as { include: string[] };
    expect(include.filter((folder) => !copied.includes(folder))).toEqual([]);
  });
});
