/** What the request of a planned visit says, in the customer's language: its subject, and what the visit is. */
import type { Language, Words } from '../../domain/languages.ts';
import type { Deliverable } from '../../domain/visits.ts';

/** A visit as its request tells of it. */
export interface VisitFacts {
  readonly language: Language;
  /** Names of the module. */
  readonly label: Words;
  /** `2027-03` or `2027`. */
  readonly period: string;
  readonly minutes: number;
  readonly delivers: readonly Deliverable[];
}

const DELIVERED: { readonly [language in Language]: { readonly [one in Deliverable]: string } } = {
  fr: { report: 'un compte rendu', actionPlan: 'un plan d’action', qualityIndex: 'un indice de qualité' },
  en: { report: 'a report', actionPlan: 'an action plan', qualityIndex: 'a quality index' },
};

/** Subject and description. */
export function visitWords(facts: VisitFacts): { readonly subject: string; readonly description: string } {
  const { language, label, minutes, delivers } = facts;
  const when = sayPeriod(facts);
  const what = list(
    language,
    delivers.map((one) => DELIVERED[language][one]),
  );
  switch (language) {
    case 'fr':
      return {
        subject: `Visite planifiée : ${label.fr}, ${when}`,
        description: [
          `Votre contrat comprend cette visite planifiée : ${label.fr}, pour ${when}.`,
          `Temps compris dans le forfait : ${duration(minutes)}.`,
          ...(what === '' ? [] : [`À son issue vous recevrez ${what}.`]),
        ].join(' '),
      };
    case 'en':
      return {
        subject: `Planned visit: ${label.en}, ${when}`,
        description: [
          `Your contract includes this planned visit: ${label.en}, for ${when}.`,
          `Time that the flat rate covers: ${duration(minutes)}.`,
          ...(what === '' ? [] : [`When it is done you will receive ${what}.`]),
        ].join(' '),
      };
  }
}

/** `mars 2027`, `2027`. */
function sayPeriod({ language, period }: VisitFacts): string {
  const [year, month] = period.split('-');
  if (month === undefined) return period;
  const format = new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  return format.format(Date.UTC(Number(year), Number(month) - 1, 1));
}

/** `3 h`, `1 h 30 min`. */
function duration(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [...(hours > 0 ? [`${hours} h`] : []), ...(rest > 0 ? [`${rest} min`] : [])].join(' ');
}

function list(language: Language, items: readonly string[]): string {
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(items);
}
