import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes: begun last, they would keep one core waiting. */
const LONG = /(e2e\/faults|workflows\/intervention)\.test\.ts$/;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** One tier of tests: a folder of test/, run after the tiers before it. Two files at a time: two cores. */
function tier(name: string, order: number, files: { maxWorkers: number; testTimeout: number; needsServers: boolean }) {
  return {
    extends: true as const,
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      maxWorkers: files.maxWorkers,
      testTimeout: files.testTimeout,
      hookTimeout: 90_000,
      sequence: { groupOrder: order },
      ...(files.needsServers && { globalSetup: ['test/support/servers.ts'] }),
    },
  };
}

export default defineConfig({
  test: {
    pool: 'forks',
    sequence: { sequencer: LongFirst },
    projects: [
      tier('unit', 1, { maxWorkers: 2, testTimeout: 20_000, needsServers: false }),
      tier('workflows', 2, { maxWorkers: 2, testTimeout: 60_000, needsServers: true }),
      tier('activities', 3, { maxWorkers: 2, testTimeout: 30_000, needsServers: true }),
      tier('api', 4, { maxWorkers: 2, testTimeout: 30_000, needsServers: true }),
      tier('e2e', 5, { maxWorkers: 2, testTimeout: 180_000, needsServers: true }),
      tier('replay', 6, { maxWorkers: 1, testTimeout: 120_000, needsServers: true }),
    ],
  },
});
