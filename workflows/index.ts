/** What the worker registers: workflow functions, and nothing else. */
export { contract } from './contract.ts';
export { escalation } from './escalation.ts';
export { supportRequest } from './supportRequest.ts';
