/** Sends escalations that were set on their way and then left: Temporal was away, or the API ended in between. */
import { type SendAgainDependencies, sendAgain } from '../client/sendAgain.ts';
import { Unavailable } from '../client/unavailable.ts';
import { listLeftSending } from '../db/leftSending.ts';
import { errorName } from './errorName.ts';
import { type Loop, startLoop } from './loop.ts';

/** What sending what was left needs. */
export interface SendingsDeps extends SendAgainDependencies {
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
  /** How long a row is left to whoever sends it, seconds; 60 without it. */
  readonly afterSeconds?: number;
  /** Pause between two looks, milliseconds; 15 seconds without it. */
  readonly pauseMs?: number;
}

const AT_ONCE = 20;

/** Starts to look for them. A request takes each escalation once: several relays may do it. */
export function startSendings({ log, afterSeconds = 60, pauseMs = 15_000, ...deps }: SendingsDeps): Loop {
  return startLoop(
    async () => {
      for (const left of await listLeftSending(deps.pool, afterSeconds, AT_ONCE)) {
        const escalation = left.id;
        try {
          const result = await sendAgain(deps, left);
          if (result !== 'known')
            log.warn({ escalation, result }, 'an escalation that was left on its way was taken up');
        } catch (error) {
          if (error instanceof Unavailable) throw error;
          log.error({ escalation, error: errorName(error) }, 'an escalation cannot be sent yet');
        }
      }
      return false;
    },
    { name: 'sendings', pauseMs, log },
  );
}
