/** How many tests passed and failed. */

/** How many tests there were. */
export interface Figures {
  readonly passed: number;
  readonly failed: number;
}

/** The part of the test runner's JSON report that counts. */
export interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** Counts tests; a file that failed outside of its tests, for one that cannot be loaded, counts as a failed one. */
export function countTests({ numPassedTests, numFailedTests, testResults }: TestReport): Figures {
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + brokenFiles.length };
}
