const ALWAYS: [string, string][] = [['00:00', '24:00']];
/** Open day and night, so that a test may run at any hour. */
export const DAY_AND_NIGHT = {
  zone: 'Europe/Paris',
  weekly: { mon: ALWAYS, tue: ALWAYS, wed: ALWAYS, thu: ALWAYS, fri: ALWAYS, sat: ALWAYS, sun: ALWAYS },
  holidays: 'none',
} as const;
