/** The server programs of production, built where there are no containers. The versions are those of docker-compose.yml. */
import { join } from 'node:path';
import { goInstall } from '../stack/goInstall.ts';
import { TOOLS } from '../stack/places.ts';
import { findOnPath, isExecutable } from '../stack/temporalBinary.ts';

/** Of Temporal's server, its schema and the tool that applies it. */
export const TEMPORAL_VERSION = '1.32.0';
/** Of its UI. */
export const TEMPORAL_UI_VERSION = '2.54.1';

/** Paths of the commands. */
export interface ServerPrograms {
  readonly temporal: string;
  /** Makes and updates Temporal's schema, which it carries. */
  readonly sqlTool: string;
  readonly ui: string;
}

/** The programs, built when they are missing. @throws Error when they are, and Go is not on PATH. */
export async function findServers(report: (message: string) => void): Promise<ServerPrograms> {
  // Two of the three are called `server`.
  const forTemporal = join(TOOLS, 'bin', `temporal-server-${TEMPORAL_VERSION}`);
  const forUi = join(TOOLS, 'bin', `temporal-ui-${TEMPORAL_UI_VERSION}`);
  const programs = {
    temporal: join(forTemporal, 'server'),
    sqlTool: join(forTemporal, 'sql'),
    ui: join(forUi, 'server'),
  };
  if (Object.values(programs).every(isExecutable)) return programs;
  if (!findOnPath('go')) throw new Error("Temporal's server of production is built from source: put Go on PATH.");
  await goInstall(
    {
      what: "Temporal's server",
      packages: ['server', 'tools/sql'].map((name) => `go.temporal.io/server/cmd/${name}@v${TEMPORAL_VERSION}`),
      into: forTemporal,
      minutes: 5,
    },
    report,
  );
  await goInstall(
    {
      what: "Temporal's UI",
      packages: [`github.com/temporalio/ui-server/v2/cmd/server@v${TEMPORAL_UI_VERSION}`],
      into: forUi,
      minutes: 1,
    },
    report,
  );
  return programs;
}
