import { prepare } from './install.mjs';

await prepare();
await import('./demo/demo.ts');
