/** The log of a process: JSON lines on standard output. Ids, types and codes only; never names, addresses, texts, tokens. */
import { type Logger, pino } from 'pino';

/** @param process Name of the process, in each line. */
export function createLog(process: string, level: string): Logger {
  return pino({ name: process, level, base: { process } });
}
