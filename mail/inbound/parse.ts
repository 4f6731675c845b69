/** Parses messages in a thread with limits of time and memory, so that none can stop the process. */
import { Worker } from 'node:worker_threads';
import type { ParsedMail } from './parsedMail.ts';
import type { ParseNews, ParseOrder } from './parseThread.ts';

/** Bounds of reading one message. */
export interface ParserLimits {
  /** Longest a message may take, milliseconds; 5 seconds without it. */
  readonly timeMs?: number;
  /** Heap of the thread, MiB; 256 without it. */
  readonly heapMib?: number;
  /** Longest the thread may take to start, milliseconds; 30 seconds without it. */
  readonly startMs?: number;
}

/** One thread; messages wait for each other. */
export interface MailParser {
  /**
   * What the message says; when it cannot be read within the limits, what its headers say; undefined when not even that.
   * @throws Error when the thread cannot be started: nothing is known of the message then.
   */
  parse(raw: Uint8Array): Promise<ParsedMail | undefined>;
  close(): Promise<void>;
}

/** The message was given up: it took too long, or too much memory. */
class GivenUp extends Error {}

/** Starts no thread before the first message. */
export function createMailParser(limits: ParserLimits = {}): MailParser {
  const { timeMs = 5_000, heapMib = 256, startMs = 30_000 } = limits;
  let thread: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function attempt(raw: Uint8Array, onlyHeaders: boolean): Promise<ParsedMail | undefined> {
    thread ??= await startThread(heapMib, startMs, () => {
      thread = undefined;
    });
    const worker = thread;
    try {
      return await parsedBy(worker, { raw, onlyHeaders }, timeMs);
    } catch (error) {
      await worker.terminate();
      if (error instanceof GivenUp) return undefined;
      throw error;
    }
  }

  return {
    parse(raw) {
      const turn = last.then(async () => (await attempt(raw, false)) ?? (await attempt(raw, true)));
      last = turn.catch(() => {});
      return turn;
    },
    async close() {
      await last;
      await thread?.terminate();
    },
  };
}

/** Resolves once the thread has loaded what it needs, so that loading does not count as parsing. */
function startThread(heapMib: number, startMs: number, onGone: () => void): Promise<Worker> {
  const worker = new Worker(...threadFile(heapMib));
  worker.unref();
  return new Promise<Worker>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('the parsing thread did not start in time'));
      void worker.terminate();
    }, startMs);
    // Stays: a thread that dies between two messages must not end the process.
    worker.on('error', reject);
    worker.once('exit', () => {
      clearTimeout(timer);
      onGone();
      reject(new Error('the parsing thread ended'));
    });
    worker.once('message', () => {
      clearTimeout(timer);
      resolve(worker);
    });
  });
}

/** The thread's file beside this one, in the language that this one is in. */
function threadFile(heapMib: number): ConstructorParameters<typeof Worker> {
  const file = import.meta.url.endsWith('.ts') ? './parseThreadFromSource.mjs' : './parseThread.js';
  return [new URL(file, import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: heapMib }, execArgv: [] }];
}

function parsedBy(worker: Worker, order: ParseOrder, timeMs: number): Promise<ParsedMail | undefined> {
  return new Promise((resolve, reject) => {
    const end = (then: () => void) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onError);
      then();
    };
    const onMessage = (news: ParseNews) => {
      if (news.kind === 'parsed') end(() => resolve(news.mail));
    };
    const onError = () => end(() => reject(new GivenUp('the thread broke')));
    const timer = setTimeout(() => end(() => reject(new GivenUp('out of time'))), timeMs);
    worker.on('message', onMessage).on('error', onError).on('exit', onError);
    worker.postMessage(order);
  });
}
