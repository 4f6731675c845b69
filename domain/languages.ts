/** Languages in which people are written to. */
export const LANGUAGES = ['fr', 'en'] as const;

/** One of them. */
export type Language = (typeof LANGUAGES)[number];

/** What people read, in each of them. */
export type Words = { readonly [language in Language]: string };
