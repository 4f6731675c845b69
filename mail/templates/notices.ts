/** What we say to somebody whose request was not taken, and to those who may ask. */
import type { Language } from '../../domain/languages.ts';
import { sayDay } from './instants.ts';
import { type Block, htmlOf, textOf } from './letter.ts';

/** What a notice says. */
export type NoticeKind = 'wrongChannel' | 'notDesignated' | 'contractEnded' | 'askedByAnother';

/** What a notice names. */
export interface NoticeFacts {
  readonly language: Language;
  readonly name: string;
  readonly contract: string;
  readonly signature: string;
  /** Where requests are made. */
  readonly portal: string;
  /** askedByAnother: who asked; contractEnded: the last local day, YYYY-MM-DD. */
  readonly about?: string;
}

interface NoticeWords {
  readonly greeting: (name: string) => string;
  readonly subject: { readonly [kind in NoticeKind]: string };
  readonly paragraphs: (kind: NoticeKind, facts: NoticeFacts) => readonly string[];
  readonly footer: string;
}

const WORDS: { readonly [language in Language]: NoticeWords } = {
  en: {
    greeting: (name) => `Hello ${name},`,
    subject: {
      wrongChannel: 'Your message has opened no request',
      notDesignated: 'Your message has opened no request',
      contractEnded: 'Your message has opened no request',
      askedByAnother: 'Somebody who is not designated has asked for support',
    },
    paragraphs(kind, { contract, portal, about = '' }) {
      switch (kind) {
        case 'wrongChannel':
          return [
            `Thank you for your message. Under contract ${contract}, requests are not made by mail: please make yours here: ${portal}`,
            'We have kept your message, but nobody works on it and no delay has begun. Answers to requests that are open are welcome by mail at any time.',
          ];
        case 'notDesignated':
          return [
            `Thank you for your message. Under contract ${contract}, support is for the contacts whom your organisation has designated and who have been trained, and you are not among them yet. Please ask one of them to make the request.`,
            'We have kept your message and told them of it, but nobody works on it and no delay has begun.',
          ];
        case 'contractEnded':
          return [
            `Thank you for your message. Contract ${contract} ended on ${sayDay('en', about)}, and support under it with the end of that day.`,
            'We have kept your message, but nobody works on it and no delay has begun. Requests that were made before go on, and your answers to them are welcome by mail at any time. For anything new, please ask whoever looks after the contract.',
          ];
        case 'askedByAnother':
          return [
            `${about} has written to us under contract ${contract}, and is not among the contacts who may ask for support.`,
            `We have opened no request. If there is to be one, please make it yourself: ${portal}`,
          ];
      }
    },
    footer: 'This message was sent automatically, once a day at most.',
  },
  fr: {
    greeting: (name) => `Bonjour ${name},`,
    subject: {
      wrongChannel: 'Votre message n’a pas ouvert de demande',
      notDesignated: 'Votre message n’a pas ouvert de demande',
      contractEnded: 'Votre message n’a pas ouvert de demande',
      askedByAnother: 'Une personne non désignée a demandé de l’assistance',
    },
    paragraphs(kind, { contract, portal, about = '' }) {
      switch (kind) {
        case 'wrongChannel':
          return [
            `Merci de votre message. Au titre du contrat ${contract}, les demandes ne se font pas par mail : déposez la vôtre ici : ${portal}`,
            'Nous avons gardé votre message, mais personne ne le traite et aucun délai ne court. Vos réponses aux demandes ouvertes sont les bienvenues par mail à tout moment.',
          ];
        case 'notDesignated':
          return [
            `Merci de votre message. Au titre du contrat ${contract}, l’assistance est réservée aux contacts que votre organisation a désignés et qui ont été formés, et vous n’en faites pas encore partie. Demandez à l’un d’eux de déposer la demande.`,
            'Nous avons gardé votre message et les avons prévenus, mais personne ne le traite et aucun délai ne court.',
          ];
        case 'contractEnded':
          return [
            `Merci de votre message. Le contrat ${contract} a pris fin le ${sayDay('fr', about)} au soir, et l’assistance avec lui.`,
            'Nous avons gardé votre message, mais personne ne le traite et aucun délai ne court. Les demandes faites avant suivent leur cours, et vos réponses y sont les bienvenues par mail à tout moment. Pour toute nouvelle demande, adressez-vous à la personne qui suit le contrat.',
          ];
        case 'askedByAnother':
          return [
            `${about} nous a écrit au titre du contrat ${contract}, sans faire partie des contacts qui peuvent demander de l’assistance.`,
            `Nous n’avons pas ouvert de demande. S’il en faut une, déposez-la vous-même : ${portal}`,
          ];
      }
    },
    footer: 'Ce message est automatique ; vous en recevez au plus un par jour.',
  },
};

/** Renders a notice: subject, text and HTML. */
export function renderNotice(kind: NoticeKind, facts: NoticeFacts): { subject: string; text: string; html: string } {
  const words = WORDS[facts.language];
  const subject = words.subject[kind];
  const letter = {
    language: facts.language,
    greeting: words.greeting(facts.name),
    blocks: words.paragraphs(kind, facts).map((text): Block => ({ is: 'paragraph', text })),
    signature: facts.signature,
    footer: [words.footer],
  };
  return { subject, text: textOf(letter), html: htmlOf(letter, subject) };
}
