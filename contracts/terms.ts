/** The terms of a contract, as data: what a contract may say, and how it is checked before anything runs on it. */
import { z } from 'zod';
import { CalendarTerms, ZoneName } from './calendar.ts';
import { PrioritySchema, PrioritySchemeTerms } from './clockTerms.ts';
import { COMMERCIAL_TERMS, commercialContradictions, commercialWarnings } from './commercial/shape.ts';
import { contradictionsIn } from './contradictions.ts';
import { CoverageTerms, ExclusionSchema, ProductsTerms, RequestFieldsTerms } from './coverage.ts';
import { EscalationSection, escalationContradictions } from './escalation.ts';
import { DelayTerms, Name, Sentence } from './fields.ts';
import type { Finding } from './inspection.ts';
import { odditiesIn } from './oddities.ts';
import { ChannelsTerms, ContactsTerms } from './people.ts';
import { errorsOf, sentenceFor } from './termsErrors.ts';

/** The whole terms of one version of a contract. Families: A prepaid, B SaaS, C publisher, D anomalies, E hosting. */
export const ContractTerms = z.strictObject({
  family: z
    .enum(['A', 'B', 'C', 'D', 'E'])
    .meta({ description: 'A prepaid tickets, B SaaS support, C publisher, D anomaly support, E managed hosting' }),
  parties: z
    .strictObject({
      customer: z
        .strictObject({
          name: Sentence.meta({ description: 'its name' }),
          role: z.enum(['customer', 'distributor']).default('customer').meta({ description: 'its role' }),
        })
        .meta({ description: 'who asks for support' }),
      provider: z
        .strictObject({
          name: Sentence.meta({ description: 'its name' }),
          role: z.enum(['distributor', 'publisher', 'host']).default('distributor').meta({ description: 'its role' }),
        })
        .meta({ description: 'who gives it' }),
    })
    .meta({ description: 'the two sides' }),
  languages: z
    .array(z.enum(['fr', 'en']))
    .min(1)
    .meta({ description: 'of mails and screens, the preferred one first' }),
  zone: ZoneName.meta({ description: 'IANA zone in which dates and times are said' }),
  calendars: z
    .record(Name, CalendarTerms)
    .refine((calendars) => Object.keys(calendars).length > 0, { error: 'There must be at least one calendar.' })
    .meta({ description: 'opening hours, by the name that delays refer to' }),
  supportCalendar: Name.meta({ description: 'the calendar of the support’s own hours, for whatever names none' }),
  channels: ChannelsTerms.meta({ description: 'by which ways support is reached' }),
  contacts: ContactsTerms.meta({ description: 'the people who speak for the side that asks' }),
  request: RequestFieldsTerms.meta({ description: 'what a request must say' }),
  coverage: CoverageTerms.meta({ description: 'which kinds of requests the contract covers' }),
  products: ProductsTerms.optional().meta({ description: 'the products under the contract' }),
  priorityScheme: PrioritySchemeTerms.meta({ description: 'how a request comes by its priority' }),
  priorities: z
    .record(Name, PrioritySchema)
    .refine((priorities) => Object.keys(priorities).length > 0, { error: 'There must be at least one priority.' })
    .meta({ description: 'what is promised, by priority' }),
  defaultPriority: Name.meta({
    description: 'of a request that says none, such as one by mail, until an agent re-qualifies it',
  }),
  productionFollowsFix: z
    .boolean()
    .default(false)
    .meta({ description: 'a confirmed fix waits for its move to production (D §1.4.2)' }),
  reopenWithin: DelayTerms.optional().meta({
    description: 'how long a closed request may be reopened; without it 10 business days of the support calendar',
  }),
  escalation: EscalationSection.optional().meta({
    description: 'of a contract with a publisher: how escalations under it run',
  }),
  exclusions: z.record(Name, ExclusionSchema).meta({ description: 'codes with which a request may be refused' }),
  ...COMMERCIAL_TERMS,
});
export type ContractTerms = z.infer<typeof ContractTerms>;
/** Terms as they are written: what has a default may be left out. */
export type ContractTermsInput = z.input<typeof ContractTerms>;

/** Terms that hold, with what is legal in them but odd; or all that is wrong. */
export type ParsedTerms =
  | { readonly terms: ContractTerms; readonly warnings: Finding[] }
  | { readonly errors: Finding[] };

/** Checks terms and fills in the defaults. All that is wrong is named, not the first thing only. */
export function parseTerms(input: unknown): ParsedTerms {
  const parsed = ContractTerms.safeParse(input, { error: sentenceFor });
  const errors = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => errorsOf(issue, []))),
    ...contradictionsIn(input),
    ...escalationContradictions(input),
    ...commercialContradictions(input),
  ];
  if (!parsed.success || errors.length > 0) return { errors };
  return { terms: parsed.data, warnings: [...odditiesIn(parsed.data), ...commercialWarnings(parsed.data)] };
}
