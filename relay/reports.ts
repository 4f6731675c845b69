/** Files what escalations had to tell requests whose workflows had ended: until it succeeds, nothing is dropped. */
import type { Pool } from 'pg';
import type { RequestDoor } from '../client/requestDoor.ts';
import { Unavailable } from '../client/unavailable.ts';
import { listReportsToFile, markFiled, putOffReport } from '../db/reportsToFile.ts';
import { errorName } from './errorName.ts';
import { type Loop, startLoop } from './loop.ts';

/** What filing reports needs. */
export interface ReportsDeps {
  readonly pool: Pool;
  readonly door: Pick<RequestDoor, 'report'>;
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
  /** Pause between two looks, milliseconds; 5 seconds without it. */
  readonly pauseMs?: number;
}

const AT_ONCE = 20;

/** Starts to look for them. A report counts once by its id: several relays may file it. */
export function startReports({ pool, door, log, pauseMs = 5_000 }: ReportsDeps): Loop {
  return startLoop(
    async () => {
      let filed = 0;
      for (const { id, request, report } of await listReportsToFile(pool, AT_ONCE)) {
        try {
          await door.report(request, report);
          await markFiled(pool, id);
          filed++;
        } catch (error) {
          // Temporal is away: it will be for the others too.
          if (error instanceof Unavailable) throw error;
          const code = errorName(error);
          log.error({ request, error: code }, 'a report of an escalation cannot be filed yet');
          await putOffReport(pool, id, code);
        }
      }
      // The next one of a request comes after the one that was filed.
      return filed > 0;
    },
    { name: 'reports', pauseMs, log },
  );
}
