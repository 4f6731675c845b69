/** Finds Toxiproxy, which troubles connections on purpose: on PATH, kept from before, or built. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TOOLS } from './places.ts';
import { findOnPath } from './temporalBinary.ts';

const PACKAGE = 'github.com/Shopify/toxiproxy/v2/cmd/server@v2.5.0';
const KEPT = join(TOOLS, 'bin', 'toxiproxy');

/** Path of its server. @throws Error that says what may be installed. */
export function findToxiproxy(report: (message: string) => void): string {
  const onPath = findOnPath('toxiproxy-server');
  if (onPath) return onPath;
  if (existsSync(KEPT)) return KEPT;
  if (!findOnPath('go')) throw new Error('There is no Toxiproxy: put `toxiproxy-server` or Go on PATH.');
  report(`Building Toxiproxy once (go install ${PACKAGE}): half a minute`);
  // The command is called `server`, as others are: it is built apart and renamed.
  const apart = join(TOOLS, 'bin', `toxiproxy.${process.pid}`);
  mkdirSync(apart, { recursive: true });
  try {
    const { status, stderr } = spawnSync('go', ['install', PACKAGE], {
      env: { ...process.env, GOBIN: apart, CGO_ENABLED: '0' },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`Toxiproxy cannot be built:\n${stderr}`);
    renameSync(join(apart, 'server'), KEPT);
  } finally {
    rmSync(apart, { recursive: true, force: true });
  }
  return KEPT;
}
