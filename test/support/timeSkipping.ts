/** Starts the time-skipping server at a path. */
import { TestWorkflowEnvironment } from '@temporalio/testing';

/** The SDK waits five seconds for the server, which a machine that does much else may need for Java alone. */
const ATTEMPTS = 6;

/** A server of its own, found by `findTestServer`; tried again where it started too slowly. */
export async function startTimeSkipping(path: string): Promise<TestWorkflowEnvironment> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await TestWorkflowEnvironment.createTimeSkipping({
        server: { executable: { type: 'existing-path', path } },
      });
    } catch (error) {
      const isSlow = error instanceof Error && error.message.includes('did not start within');
      if (!isSlow || attempt === ATTEMPTS) throw error;
    }
  }
}
