/** The terms of a contract, as data: what a contract may say, and how it is checked before anything runs on it. */
import { z } from 'zod';
import { CLOCK_NAMES } from '../domain/terms.ts';
import { CalendarTerms, ZoneName } from './calendar.ts';
import { contradictionsIn } from './contradictions.ts';

/** Longest delays accepted: a year of business days, and as much in hours and seconds. */
const MOST_BUSINESS_DAYS = 260;
const MOST_HOURS = 8_784;
const MOST_SECONDS = MOST_HOURS * 3_600;

const Name = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, {
  error: 'A name is made of letters and digits and begins with a small letter.',
});
const Sentence = z.string().trim().min(1, { error: 'This must not be empty.' }).max(500);

/** The same words in each language of the product. */
const Words = z.strictObject({ fr: Sentence, en: Sentence });

/** A length of time; see `Delay` in domain/terms.ts. */
export const DelayTerms = z.union([
  z.strictObject({ businessHours: z.number().positive().max(MOST_HOURS), calendar: Name }),
  z.strictObject({ businessDays: z.int().positive().max(MOST_BUSINESS_DAYS), calendar: Name }),
  z.strictObject({ calendarHours: z.number().positive().max(MOST_HOURS) }),
  z.strictObject({ openedSeconds: z.number().positive().max(MOST_SECONDS), calendar: Name }),
]);

/** One promise for one priority; see `ClockTerms` in domain/terms.ts. */
export const ClockSchema = z.strictObject({
  delay: DelayTerms,
  starts: z.literal('registration').default('registration'),
  pausedWhile: z.array(z.enum(['waiting', 'escalated'])).default([]),
  metBy: z.array(z.enum(['acknowledgement', 'workaround', 'permanentWorkaround', 'fix'])).min(1),
  commitment: z.enum(['firm', 'bestEffort']).default('firm'),
  warnAt: z.number().gt(0).lt(1).default(0.75),
});

/** What is promised for one priority; see `PriorityTerms` in domain/terms.ts. */
export const PrioritySchema = z.strictObject({
  label: Words,
  /** When a request has this priority, in the contract's words. */
  meaning: Words,
  clocks: z.partialRecord(z.enum(CLOCK_NAMES), ClockSchema),
  deferrable: z.boolean().default(false),
  reminders: z
    .strictObject({ after: z.tuple([DelayTerms, DelayTerms, DelayTerms]), closeAfterThird: DelayTerms })
    .optional(),
});

/** Why a request may be refused, and the clause that says so. */
export const ExclusionSchema = z.strictObject({ words: Words, clause: z.string().min(1) });

/** What the caller has to declare about an anomaly for it to be taken. */
export const DECLARATIONS = ['reproducible', 'attributableToProduct'] as const;
/** Something that whoever opens a request declares. */
export type Declaration = (typeof DECLARATIONS)[number];

/** The whole terms of one version of a contract. Families other than D come with what only they need. */
export const ContractTerms = z.strictObject({
  family: z.literal('D', { error: 'The only family so far is D, anomaly support with reminders.' }),
  parties: z.strictObject({
    customer: z.strictObject({ name: Sentence }),
    provider: z.strictObject({ name: Sentence }),
  }),
  /** Languages of mails and screens, the preferred one first. */
  languages: z.array(z.enum(['fr', 'en'])).min(1),
  /** IANA zone in which dates and times are said. */
  zone: ZoneName,
  calendars: z
    .record(Name, CalendarTerms)
    .refine((calendars) => Object.keys(calendars).length > 0, { error: 'There must be at least one calendar.' }),
  /** The calendar of the support's own hours, for whatever names none. */
  supportCalendar: Name,
  /** By which ways a request may be made. What staff type in for a caller came by phone; `portal`: customers use the API. */
  channels: z.array(z.enum(['mail', 'phone', 'portal'])).min(1),
  whoMayAsk: z.enum(['contacts', 'trainedContacts']),
  request: z.strictObject({
    /** Texts that must not be empty. */
    required: z.array(z.enum(['subject', 'description'])).min(1),
    /** Declarations that must be made; made with "no", the request is refused with the exclusion named here. */
    declared: z.partialRecord(z.enum(DECLARATIONS), Name),
  }),
  priorities: z
    .record(Name, PrioritySchema)
    .refine((priorities) => Object.keys(priorities).length > 0, { error: 'There must be at least one priority.' }),
  /** Priority of a request that says none, such as one by mail, until an agent re-qualifies it. */
  defaultPriority: Name,
  /** Whether a confirmed fix waits for its move to production. */
  productionFollowsFix: z.boolean().default(false),
  /** How long a closed request may be reopened; 10 business days of the support calendar when it is not said. */
  reopenWithin: DelayTerms.optional(),
  exclusions: z.record(Name, ExclusionSchema),
});
export type ContractTerms = z.infer<typeof ContractTerms>;
/** Terms as they are written: what has a default may be left out. */
export type ContractTermsInput = z.input<typeof ContractTerms>;

/** One thing wrong with terms: where, as a dotted path, and a sentence. */
export interface TermsError {
  readonly path: string;
  readonly message: string;
}

/** Checks terms and fills in the defaults. All that is wrong is named, not the first thing only. */
export function parseTerms(input: unknown): { readonly terms: ContractTerms } | { readonly errors: TermsError[] } {
  const parsed = ContractTerms.safeParse(input, { error: sentenceFor });
  const errors = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => errorsOf(issue, []))),
    ...contradictionsIn(input),
  ];
  return parsed.success && errors.length === 0 ? { terms: parsed.data } : { errors };
}

type Path = readonly PropertyKey[];

function errorsOf(issue: z.core.$ZodIssue, parent: Path): TermsError[] {
  const path = [...parent, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: dotted([...path, key]), message: 'Terms have no such field.' }));
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map(({ message }) => ({ path: dotted(path), message }));
  }
  if (issue.code === 'invalid_union') {
    // The variant that was meant is the one of which every field given is known.
    const meant = issue.errors.filter((branch) => branch.every(isWrongValue));
    const [branch] = meant;
    if (branch && meant.length === 1) return branch.flatMap((inner) => errorsOf(inner, path));
  }
  return [{ path: dotted(path), message: issue.message }];
}

function isWrongValue(issue: z.core.$ZodIssue): boolean {
  return issue.path.length > 0 && !(issue.code === 'invalid_type' && issue.message === MISSING);
}

const MISSING = 'This is required.';

/** Own words for the commonest mistakes; zod's for the rest. */
function sentenceFor(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? MISSING : `This must be ${wanted(issue.expected)}.`;
    case 'invalid_value':
      return issue.input === undefined ? MISSING : `This must be one of: ${issue.values.map(String).join(', ')}.`;
    case 'too_small':
      if (issue.origin === 'array') return `This list is too short: it needs ${issue.minimum} or more.`;
      return `This must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}.`;
    case 'too_big':
      if (issue.origin === 'array') return `This list is too long: it takes ${issue.maximum} or fewer.`;
      if (issue.origin === 'string') return `This takes at most ${issue.maximum} characters.`;
      return `This must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}.`;
    case 'invalid_union':
      if (issue.input === undefined) return MISSING;
      return issue.path?.at(-1) === 'holidays'
        ? 'Holidays are "none" or { country, region, whitMonday, goodFriday }.'
        : 'A delay is one of { businessHours, calendar }, { businessDays, calendar }, { calendarHours }, { openedSeconds, calendar }.';
    default:
      return undefined;
  }
}

function wanted(expected: string): string {
  switch (expected) {
    case 'int':
      return 'a whole number';
    case 'array':
    case 'tuple':
      return 'a list';
    case 'record':
    case 'object':
      return 'an object';
    default:
      return `a ${expected}`;
  }
}

function dotted(path: Path): string {
  return path.map(String).join('.');
}
