/** What the worker registers: workflow functions, and nothing else. */
export { supportRequest } from './supportRequest.ts';
