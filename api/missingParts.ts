/** What is missing in a package, in words: for the staff who send it, and for the customer who is asked for it. */
import { ALWAYS_GIVEN, type EscalationPackage, missingParts, type PackagePart } from '../domain/escalation/package.ts';
import type { Language } from '../domain/languages.ts';
import type { FieldError } from './problems.ts';

const TO_GIVE: { readonly [part in PackagePart]: string } = {
  problem: 'Say what the problem is and which feature it affects.',
  tried: 'Say what was tried.',
  steps: 'Say how to reproduce it, step by step.',
  errorMessages: 'Give the error messages, word for word.',
  documents: 'Give the identifiers of the documents and their owner.',
  exampleFile: 'Upload an example file.',
  remoteAccess: 'Say how the end customer’s machine is reached remotely.',
  environmentUnchanged: 'Confirm that the environment has not changed since installation.',
};

/** Every part that is neither given nor marked as not applicable, with a sentence each. */
export function missingErrors(parts: EscalationPackage): FieldError[] {
  return missingParts(parts).map((part) => ({
    path: `parts.${part}`,
    message: isAlwaysGiven(part) ? TO_GIVE[part] : `${TO_GIVE[part]} Or say why it is not applicable.`,
  }));
}

/** Whether no reason can take the part's place. */
export function isAlwaysGiven(part: PackagePart): boolean {
  return (ALWAYS_GIVEN as readonly string[]).includes(part);
}

const ASKED: { readonly [language in Language]: { readonly [part in PackagePart]: string } } = {
  fr: {
    problem: 'ce qui ne va pas, et la fonction concernée ;',
    tried: 'ce que vous avez déjà essayé ;',
    steps: 'les étapes qui permettent de reproduire le problème ;',
    errorMessages: 'les messages d’erreur, mot pour mot ;',
    documents: 'les identifiants des documents concernés et leur propriétaire ;',
    exampleFile: 'un fichier d’exemple qui montre le problème ;',
    remoteAccess:
      'comment accéder à distance à votre poste (l’outil et la personne à appeler, jamais un mot de passe) ;',
    environmentUnchanged: 'la confirmation que votre environnement n’a pas changé depuis l’installation ;',
  },
  en: {
    problem: 'what is wrong, and which feature it affects;',
    tried: 'what you have tried already;',
    steps: 'the steps by which the problem is reproduced;',
    errorMessages: 'the error messages, word for word;',
    documents: 'the identifiers of the documents concerned and their owner;',
    exampleFile: 'an example file that shows the problem;',
    remoteAccess: 'how your machine can be reached remotely (the tool and whom to call, never a password);',
    environmentUnchanged: 'your confirmation that your environment has not changed since installation;',
  },
};
const AROUND: { readonly [language in Language]: readonly [string, string] } = {
  fr: [
    'Avant de transmettre votre demande à l’éditeur du logiciel, nous avons encore besoin de :',
    'Si l’un de ces éléments ne s’applique pas à votre cas, dites-nous simplement pourquoi.',
  ],
  en: [
    'Before we can send your request on to the publisher of the software, we still need:',
    'If one of these does not apply to your case, just tell us why.',
  ],
};

/** The question by which a customer is asked for these parts, in their language. */
export function questionFor(parts: readonly PackagePart[], language: Language): string {
  const [before, after] = AROUND[language];
  const list = parts.map((part) => `- ${ASKED[language][part]}`).join('\n');
  return `${before}\n\n${list}\n\n${after}`;
}
