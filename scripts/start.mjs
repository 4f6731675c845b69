import { prepare } from './install.mjs';

await prepare();
await import('./stack/start.ts');
