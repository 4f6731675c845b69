/** Amounts of money as a reader says them. */
import type { Language } from '../../domain/languages.ts';

const LOCALES = { fr: 'fr-FR', en: 'en-GB' } as const;

/** Euro cents: `400,00 €`, `€400.00`. */
export function sayEuros(cents: number, language: Language): string {
  return new Intl.NumberFormat(LOCALES[language], { style: 'currency', currency: 'EUR' }).format(cents / 100);
}
