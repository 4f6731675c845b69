/** The question that a request by mail is answered with when it lacks what the contract requires. */
import type { RequestField } from '../../domain/coverage.ts';
import type { Language } from '../../domain/languages.ts';

const LEAD: { readonly [language in Language]: string } = {
  fr: 'Votre contrat demande de préciser :',
  en: 'Your contract asks for these:',
};

const FIELDS: { readonly [language in Language]: { readonly [field in RequestField]: string } } = {
  fr: {
    subject: 'l’objet de votre demande, en une ligne',
    description: 'la question précise, ou le problème rencontré',
    kind: 'la nature de votre demande',
    product: 'le produit concerné',
    urgency: 'l’urgence',
    impact: 'l’impact : tous les utilisateurs, plusieurs, ou un seul',
    observedBehaviour: 'le comportement que vous constatez',
    expectedBehaviour: 'le comportement que vous attendez',
    stepsToReproduce: 'les actions qui permettent de le reproduire',
  },
  en: {
    subject: 'the subject of your request, in one line',
    description: 'the precise question, or the problem that you meet',
    kind: 'what kind of request it is',
    product: 'the product concerned',
    urgency: 'how urgent it is',
    impact: 'whom it affects: all users, several, or one',
    observedBehaviour: 'what you observe',
    expectedBehaviour: 'what you expect',
    stepsToReproduce: 'the steps that reproduce it',
  },
};

/** The text that asks for these fields, one a line. */
export function askForMissing(fields: readonly RequestField[], language: Language): string {
  return [LEAD[language], ...fields.map((field) => `– ${FIELDS[language][field]}`)].join('\n');
}
