/** Other libraries for business time, each set to Monday to Friday 9:00–18:00 and a list of holidays, as far as it can. */
import { createRequire } from 'node:module';

/** Instants are epoch milliseconds; local time is that of the process. */
export interface CalendarLibrary {
  readonly name: string;
  addHours?(start: number, hours: number): number;
  addDays(start: number, days: number): number;
}

interface Valued {
  valueOf(): number;
}

interface Moment {
  (at: number): { addWorkingTime(count: number, unit: string): Valued };
  locale(): string;
  updateLocale(name: string, facts: object): void;
}

interface Dayjs {
  (at: number): { addBusinessHours(count: number): Valued; addBusinessDays(count: number): Valued };
  extend(plugin: unknown): void;
  setBusinessTime(times: object): void;
  setHolidays(dates: readonly string[]): void;
}

interface BusinessDateTime extends Valued {
  setupBusiness(settings: object): void;
  plusBusiness(amount: { days: number }): Valued;
  toISODate(): string;
}

const require = createRequire(import.meta.url);

/** @param holidays Local dates, YYYY-MM-DD. */
export function calendarLibraries(holidays: readonly string[]): CalendarLibrary[] {
  return [momentBusinessTime(holidays), dayjsBusinessTime(holidays), luxonBusinessDays(holidays)];
}

function momentBusinessTime(holidays: readonly string[]): CalendarLibrary {
  require('moment-business-time');
  const moment = require('moment') as Moment;
  const day = ['09:00:00', '18:00:00'];
  const workinghours = { 0: null, 1: day, 2: day, 3: day, 4: day, 5: day, 6: null };
  moment.updateLocale(moment.locale(), { workinghours, holidays });
  return {
    name: 'moment-business-time',
    addHours: (start, hours) => moment(start).addWorkingTime(hours, 'hours').valueOf(),
    addDays: (start, days) => moment(start).addWorkingTime(days, 'days').valueOf(),
  };
}

function dayjsBusinessTime(holidays: readonly string[]): CalendarLibrary {
  const dayjs = require('dayjs') as Dayjs;
  dayjs.extend(require('dayjs-business-time'));
  const day = [{ start: '09:00:00', end: '18:00:00' }];
  dayjs.setBusinessTime({
    ...{ sunday: null, monday: day, tuesday: day, wednesday: day, thursday: day, friday: day, saturday: null },
  });
  dayjs.setHolidays(holidays);
  return {
    name: 'dayjs-business-time',
    addHours: (start, hours) => dayjs(start).addBusinessHours(hours).valueOf(),
    addDays: (start, days) => dayjs(start).addBusinessDays(days).valueOf(),
  };
}

function luxonBusinessDays(holidays: readonly string[]): CalendarLibrary {
  const { DateTime } = require('luxon-business-days') as { DateTime: { fromMillis(at: number): BusinessDateTime } };
  const dates = new Set(holidays);
  DateTime.fromMillis(0).setupBusiness({
    businessDays: [1, 2, 3, 4, 5],
    holidayMatchers: [(day: BusinessDateTime) => dates.has(day.toISODate())],
  });
  return {
    name: 'luxon-business-days',
    addDays: (start, days) => DateTime.fromMillis(start).plusBusiness({ days }).valueOf(),
  };
}
