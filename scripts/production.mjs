import { prepare } from './install.mjs';

await prepare();
await import('./production/start.ts');
