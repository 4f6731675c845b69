/** The worker process; it exits with 0 once it has drained. */
import { runWorker } from './run.ts';

await runWorker();
