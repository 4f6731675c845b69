const ALWAYS: [string, string][] = [['00:00', '24:00']];
/** Open day and night, so that a test may run at any hour. */
export const DAY_AND_NIGHT = {
  zone: 'Europe/Paris',
  weekly: { mon: ALWAYS, tue: ALWAYS, wed: ALWAYS, thu: ALWAYS, fri: ALWAYS, sat: ALWAYS, sun: ALWAYS },
  holidays: 'none',
} as const;

const HOURS_TO_NOON = 12 - new Date().getUTCHours();
/** A zone in which it is about noon now: what is an hour away is on the same local day, whenever a test runs. */
export const NOON_ZONE = `Etc/GMT${HOURS_TO_NOON > 0 ? '-' : '+'}${Math.abs(HOURS_TO_NOON)}`;
