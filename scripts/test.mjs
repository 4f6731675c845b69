import { prepare } from './install.mjs';

await prepare();
await import('./testing/test.ts');
