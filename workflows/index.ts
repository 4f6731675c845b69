/** What the worker registers: workflow functions, and nothing else. */
export { escalation } from './escalation.ts';
export { supportRequest } from './supportRequest.ts';
