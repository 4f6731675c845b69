/** What terms may say and hardly mean: warned of, never rewritten. */
import type { Delay } from '../domain/terms.ts';
import type { Finding } from './inspection.ts';
import type { ContractTerms } from './terms.ts';

type Priority = ContractTerms['priorities'][string];
type Clock = Exclude<Priority['clocks']['resolution'], string | undefined>;

/** Everything odd in terms that hold. */
export function odditiesIn(terms: ContractTerms): Finding[] {
  return [
    ...unreachedPriorities(terms),
    ...Object.entries(terms.priorities).flatMap(([name, priority]) => inPriority(`priorities.${name}`, priority)),
    ...closuresWherePromised(terms),
  ];
}

function unreachedPriorities({ priorityScheme, priorities }: ContractTerms): Finding[] {
  if (priorityScheme.by !== 'matrix') return [];
  const reached = new Set(Object.values(priorityScheme.cells).flatMap((row) => Object.values(row)));
  return Object.keys(priorities)
    .filter((name) => !reached.has(name))
    .map((name) => ({ path: `priorities.${name}`, message: 'No urgency and impact yield this priority.' }));
}

function inPriority(path: string, { clocks, reminders }: Priority): Finding[] {
  const found: Finding[] = [];
  const { acknowledgement, workaround, resolution } = clocks;
  if (isClock(acknowledgement) && acknowledgement.pausedWhile.includes('waiting')) {
    const message = 'While nobody has taken the request up, this stands still for as long as the customer is asked.';
    found.push({ path: `${path}.clocks.acknowledgement.pausedWhile`, message });
  }
  if (isClock(workaround) && isClock(resolution) && isLonger(workaround.delay, resolution.delay)) {
    found.push({ path: `${path}.clocks.workaround.delay`, message: 'The workaround is due after the resolution.' });
  }
  if (reminders && !reminders.contractual) {
    const message =
      'Reminders, and closing after them, are not promised by the contract: they are a habit of the house.';
    found.push({ path: `${path}.reminders.contractual`, message });
  }
  return found;
}

/** Only families A and B stop clocks on announced closures. */
function closuresWherePromised({ family, calendars }: ContractTerms): Finding[] {
  if (family === 'A' || family === 'B') return [];
  return Object.entries(calendars)
    .filter(([, calendar]) => calendar.closuresAdmitted)
    .map(([name]) => ({
      path: `calendars.${name}.closuresAdmitted`,
      message: `Contracts of family ${family} do not let announced closures stop their clocks.`,
    }));
}

function isClock(clock: Priority['clocks']['resolution']): clock is Clock {
  return typeof clock === 'object';
}

/** Of two delays that can be compared: of one kind, on one calendar. */
function isLonger(one: Delay, other: Delay): boolean {
  if ('calendarHours' in one) return 'calendarHours' in other && one.calendarHours > other.calendarHours;
  if (!('calendar' in other) || one.calendar !== other.calendar) return false;
  if ('businessHours' in one) return 'businessHours' in other && one.businessHours > other.businessHours;
  if ('businessDays' in one) return 'businessDays' in other && one.businessDays > other.businessDays;
  return 'openedSeconds' in other && one.openedSeconds > other.openedSeconds;
}
