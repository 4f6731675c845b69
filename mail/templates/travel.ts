/** Where an estimated work is done, and what of its units is travel, as its customer reads it. */
import type { Language } from '../../domain/languages.ts';
import { sayAmounts } from './interventionCosts.ts';

/** What an estimate says of travel. */
export interface Travel {
  readonly onSite: boolean;
  /** Return trips that are part of its units, and what they cost. */
  readonly trips?: { readonly count: number; readonly unit: string; readonly units: number };
}

const WORDS = {
  fr: {
    ...{ place: 'Lieu', onSite: 'sur site', travel: 'Dont déplacements' },
    trips: (count: number) => (count === 1 ? '1 aller-retour' : `${count} allers-retours`),
  },
  en: {
    ...{ place: 'Place', onSite: 'on site', travel: 'Of it, travel' },
    trips: (count: number) => (count === 1 ? '1 return trip' : `${count} return trips`),
  },
} as const;

/** What the figures of an estimate say of it. `tripUnits`: what a return trip costs, by unit. */
export function travelOf(
  { unit, trips = 0, onSite = false }: { readonly unit?: string; readonly trips?: number; readonly onSite?: boolean },
  tripUnits: { readonly [unit: string]: number },
): Travel {
  const each = unit === undefined ? undefined : tripUnits[unit];
  if (unit === undefined || each === undefined || trips === 0) return { onSite };
  return { onSite, trips: { count: trips, unit, units: trips * each } };
}

/** Labels and what stands beside them; nothing of work that is remote and without trips. */
export function travelFacts(
  { onSite, trips }: Travel,
  { language, units }: { readonly language: Language; readonly units: { readonly [unit: string]: string } },
): readonly (readonly [string, string])[] {
  const words = WORDS[language];
  return [
    ...(trips
      ? [
          [
            words.travel,
            `${words.trips(trips.count)} (${sayAmounts({ [trips.unit]: trips.units }, units, '')})`,
          ] as const,
        ]
      : []),
    ...(onSite ? [[words.place, words.onSite] as const] : []),
  ];
}
