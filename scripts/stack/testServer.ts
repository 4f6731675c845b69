/** Finds Temporal's time-skipping test server, or gets it: told, kept from before, downloaded, or from Maven Central. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOOLS } from './places.ts';
import { downloadBySdk } from './sdkDownload.ts';
import { findOnPath } from './temporalBinary.ts';

const VERSION = '1.38.0';
const DOWNLOADED = join(TOOLS, 'bin', 'temporal-test-server');
const DIRECTORY = join(TOOLS, 'test-server');
const WRAPPER = join(DIRECTORY, 'run');

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>relance</groupId>
  <artifactId>test-server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

/** Starts fast rather than running fast: a test file's server lives for seconds. */
const SCRIPT = `#!/bin/sh
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -cp "$(dirname "$0")/lib/*" io.temporal.testserver.TestServer "$@"
`;

/**
 * Path of the server, as `{ executable: { type: 'existing-path', path } }` takes it.
 * @throws Error that says what may be installed.
 */
export async function findTestServer(report: (message: string) => void): Promise<string> {
  const told = process.env.TEMPORAL_TEST_SERVER;
  if (told) return told;
  if (existsSync(DOWNLOADED)) return DOWNLOADED;
  if (existsSync(WRAPPER)) return WRAPPER;
  mkdirSync(join(TOOLS, 'bin'), { recursive: true });
  if (await downloadBySdk('time-skipping server', DOWNLOADED, report)) return DOWNLOADED;
  if (findOnPath('mvn') && findOnPath('java')) {
    fetchFromMaven(report);
    return WRAPPER;
  }
  throw new Error(
    'There is no time-skipping test server: put Java and Maven on PATH, or set TEMPORAL_TEST_SERVER to the path of one.',
  );
}

function fetchFromMaven(report: (message: string) => void): void {
  report(`Getting Temporal's time-skipping test server ${VERSION} from Maven Central`);
  const unfinished = `${DIRECTORY}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    writeFileSync(join(unfinished, 'pom.xml'), POM);
    writeFileSync(join(unfinished, 'run'), SCRIPT, { mode: 0o755 });
    const { status } = spawnSync(
      'mvn',
      ['-B', '-ntp', '-q', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=lib'],
      { cwd: unfinished, stdio: ['ignore', 'inherit', 'inherit'] },
    );
    if (status !== 0) throw new Error('Maven could not get the time-skipping test server; its reason is above.');
    rmSync(DIRECTORY, { recursive: true, force: true });
    renameSync(unfinished, DIRECTORY);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
