/** Instants as a reader says them: in the contract's zone, named, in the reader's language. */
import type { Language } from '../../domain/languages.ts';

/** Says instants (epoch milliseconds) in a zone and a language. */
export interface SayInstant {
  /** `lundi 23 novembre 2026 à 10:12 (heure de Paris)`. Takes epoch milliseconds. */
  (at: number): string;
  /** Without the zone, for lists that name it once. */
  readonly bare: (at: number) => string;
  /** The day that ends at this instant: `lundi 23 novembre 2026`. */
  readonly lastDay: (end: number) => string;
  /** `le lundi 23 novembre 2026 de 09:00 à 10:00 (heure de Paris)`; both days where they differ. Epoch milliseconds. */
  readonly span: (from: number, to: number) => string;
  /** `heure de Paris`, `Paris time`. */
  readonly zone: string;
}

const LOCALES = { fr: 'fr-FR', en: 'en-GB' } as const;

/** Says instants in an IANA zone; throws RangeError for a zone that does not exist. */
export function sayInstants(zone: string, language: Language): SayInstant {
  const format = new Intl.DateTimeFormat(LOCALES[language], {
    timeZone: zone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  // put together by hand: the commas that Intl sets differ between releases of Node
  const partsOf = (at: number) => new Map(format.formatToParts(at).map((part) => [part.type, part.value] as const));
  type Parts = ReturnType<typeof partsOf>;
  const dayOf = (parts: Parts) => (language === 'fr' && parts.get('day') === '1' ? '1er' : parts.get('day'));
  const dateOf = (parts: Parts) => `${parts.get('weekday')} ${dayOf(parts)} ${parts.get('month')} ${parts.get('year')}`;
  const timeOf = (parts: Parts) => `${parts.get('hour')}:${parts.get('minute')}`;
  const bare = (at: number) => {
    const parts = partsOf(at);
    return `${dateOf(parts)} ${language === 'fr' ? 'à' : 'at'} ${timeOf(parts)}`;
  };
  const lastDay = (end: number) => dateOf(partsOf(end - 1));
  const name = zoneName(zone, language);
  const span = (from: number, to: number) => {
    const [begins, ends] = [partsOf(from), partsOf(to)];
    const [day, begin, end] = [dateOf(begins), timeOf(begins), timeOf(ends)];
    const isOneDay = day === dateOf(ends);
    if (language === 'fr') {
      return isOneDay ? `le ${day} de ${begin} à ${end} (${name})` : `du ${bare(from)} au ${bare(to)} (${name})`;
    }
    return isOneDay ? `on ${day} from ${begin} to ${end} (${name})` : `from ${bare(from)} to ${bare(to)} (${name})`;
  };
  return Object.assign((at: number) => `${bare(at)} (${name})`, { bare, lastDay, span, zone: name });
}

function zoneName(zone: string, language: Language): string {
  // the reader of most of our mails says "heure de Paris", not "heure d’Europe centrale"
  if (zone === 'Europe/Paris') return language === 'fr' ? 'heure de Paris' : 'Paris time';
  const format = new Intl.DateTimeFormat(LOCALES[language], { timeZone: zone, timeZoneName: 'longGeneric' });
  return format.formatToParts(0).find((part) => part.type === 'timeZoneName')?.value ?? zone;
}

/** A local date (YYYY-MM-DD) in words: `1er février 2026`, `1 February 2026`. */
export function sayDay(language: Language, day: string): string {
  const format = new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'long', timeZone: 'UTC' });
  const said = format.format(Date.parse(day));
  return language === 'fr' ? said.replace(/^1 /, '1er ') : said;
}

/** Whole minutes as people say them, `35 min`, `1 h`, `1 h 15 min`: in the same words in both languages. */
export function sayMinutes(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}
