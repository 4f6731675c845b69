/** Starts the parsing thread from its TypeScript source: on Node 20 a thread does not take tsx from its arguments. */
import { register } from 'tsx/esm/api';

register();
await import('./parseThread.ts');
