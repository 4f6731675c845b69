/** What the approval page says, in both languages. */

/** Why a link opens nothing. */
export type DeadLink = 'unknown' | 'used' | 'expired' | 'settled' | 'inactive';

/** The words of one language. */
export interface ApprovalWords {
  readonly title: { readonly estimate: string; readonly more: string };
  /** `flatRate`: more than the flat rate covers, of which nothing was approved yet. */
  readonly lead: { readonly estimate: string; readonly more: string; readonly flatRate: string };
  readonly labels: {
    readonly [name in
      | 'request'
      | 'contract'
      | 'contact'
      | 'cost'
      | 'onCall'
      | 'sentAt'
      | 'expiresAt'
      | 'date'
      | 'approved'
      | 'used'
      | 'asked'
      | 'scope'
      | 'prerequisites'
      | 'limits'
      | 'deliverables'
      | 'howMany'
      | 'base']: string;
  };
  readonly onCall: string;
  readonly none: string;
  readonly consequence: { readonly estimate: string; readonly onCall: string; readonly more: string };
  /** What follows where the balance does not suffice. */
  readonly lacking: { readonly estimate: string; readonly more: string; readonly renews: string };
  readonly approve: { readonly estimate: string; readonly more: string };
  readonly decline: string;
  readonly done: { readonly approve: string; readonly decline: string };
  readonly doneTitle: string;
  readonly dead: { readonly [why in DeadLink]: readonly [title: string, next: string] };
  readonly away: readonly [title: string, next: string];
  readonly wrong: string;
}

const ENGLISH: ApprovalWords = {
  title: { estimate: 'Estimate for your approval', more: 'More work than was estimated' },
  lead: {
    estimate: 'Nothing is reserved or debited before you approve. Opening this page changes nothing.',
    more: 'Without your agreement the work stays within what you approved. Opening this page changes nothing.',
    flatRate: 'Without your agreement the work stays within the flat rate. Opening this page changes nothing.',
  },
  labels: {
    ...{
      request: 'Request',
      contract: 'Contract',
      contact: 'You decide as',
      cost: 'Estimated',
      onCall: 'Out of hours',
      sentAt: 'Estimate sent',
    },
    ...{
      expiresAt: 'May be approved until the end of',
      date: 'Date of the work',
      approved: 'Approved so far',
      used: 'Used so far',
    },
    ...{ asked: 'Asked for', scope: 'Scope', prerequisites: 'What must be there first', limits: 'Limits' },
    ...{ deliverables: 'What you get', howMany: 'How many more', base: 'Base, price excluding VAT' },
  },
  onCall: 'ordered and billed apart, nothing is debited',
  none: 'none',
  consequence: {
    estimate: 'If you approve, these units are reserved; what is not used returns.',
    onCall: 'If you approve, we ask you for an order form first. No unit of your balance is reserved or debited.',
    more: 'If you agree, these units are reserved too; what is not used returns.',
  },
  lacking: {
    estimate: 'If your balance does not suffice, we ask for an order form first.',
    more: 'If your balance does not suffice, a new order is needed first.',
    renews:
      'If your balance does not suffice, the base renews by itself, as often as needed, and is invoiced, as your contract says. While no base was ever ordered, we ask for an order form first.',
  },
  approve: { estimate: 'I approve this estimate', more: 'I agree to more' },
  decline: 'I decline',
  doneTitle: 'Thank you',
  done: {
    approve: 'Your approval is registered. We will agree a date with you, or go on with the work.',
    decline: 'Your refusal is registered. Nothing more is spent.',
  },
  dead: {
    unknown: [
      'This link is not valid',
      'Open it again from our mail, whole. If that does not help, reply to the mail.',
    ],
    used: [
      'This link has been used',
      'A decision was taken with it. If you want to change it, reply to our last mail.',
    ],
    expired: ['This link has expired', 'Reply to our last mail if you still want the work: we will send a new one.'],
    settled: [
      'There is nothing to decide here any more',
      'It was decided otherwise, or a newer mail of ours takes its place: open that one.',
    ],
    inactive: [
      'This link is not valid any more',
      'You are no longer a contact of the contract. Another contact has to decide.',
    ],
  },
  away: [
    'We cannot take your decision at this moment',
    'Please try again in a minute: go back and use the same button.',
  ],
  wrong: 'Give a whole number, at least 1.',
};

const FRENCH: ApprovalWords = {
  title: { estimate: 'Estimation à approuver', more: 'Travail au-delà de l’estimation' },
  lead: {
    estimate: 'Rien n’est réservé ni débité avant votre accord. Ouvrir cette page ne change rien.',
    more: 'Sans votre accord, le travail reste dans la limite de ce que vous avez approuvé. Ouvrir cette page ne change rien.',
    flatRate: 'Sans votre accord, le travail reste dans la limite du forfait. Ouvrir cette page ne change rien.',
  },
  labels: {
    ...{
      request: 'Demande',
      contract: 'Contrat',
      contact: 'Vous décidez en tant que',
      cost: 'Estimation',
      onCall: 'Hors des heures d’ouverture',
      sentAt: 'Estimation envoyée',
    },
    ...{
      expiresAt: 'À approuver au plus tard le',
      date: 'Date de l’intervention',
      approved: 'Déjà approuvé',
      used: 'Déjà consommé',
    },
    ...{ asked: 'Demandé', scope: 'Périmètre', prerequisites: 'Prérequis', limits: 'Limites' },
    ...{ deliverables: 'Livrables', howMany: 'Quantité supplémentaire', base: 'Base, prix hors taxes' },
  },
  onCall: 'commandé et facturé à part, rien n’est débité',
  none: 'aucune unité',
  consequence: {
    estimate: 'Si vous approuvez, ces unités sont réservées ; ce qui n’est pas consommé vous est rendu.',
    onCall:
      'Si vous approuvez, nous vous demanderons d’abord un bon de commande. Aucune unité de votre solde n’est réservée ni débitée.',
    more: 'Si vous acceptez, ces unités sont réservées aussi ; ce qui n’est pas consommé vous est rendu.',
  },
  lacking: {
    estimate: 'Si le solde ne suffit pas, nous vous demanderons d’abord un bon de commande.',
    more: 'Si le solde ne suffit pas, une nouvelle commande est d’abord nécessaire.',
    renews:
      'Si le solde ne suffit pas, la base se renouvelle d’elle-même, autant de fois que nécessaire, et vous est facturée, comme le prévoit votre contrat. Tant qu’aucune base n’a été commandée, nous vous demanderons d’abord un bon de commande.',
  },
  approve: { estimate: 'J’approuve cette estimation', more: 'J’accepte ce supplément' },
  decline: 'Je refuse',
  doneTitle: 'Merci',
  done: {
    approve: 'Votre accord est enregistré. Nous conviendrons d’une date avec vous ou poursuivrons le travail.',
    decline: 'Votre refus est enregistré. Rien de plus n’est consommé.',
  },
  dead: {
    unknown: [
      'Ce lien n’est pas valable',
      'Ouvrez-le de nouveau, en entier, depuis notre message. Si cela ne suffit pas, répondez à ce message.',
    ],
    used: [
      'Ce lien a déjà servi',
      'Une décision a déjà été prise par ce lien. Pour en changer, répondez à notre dernier message.',
    ],
    expired: [
      'Ce lien a expiré',
      'Répondez à notre dernier message si vous souhaitez toujours ce travail : nous vous enverrons un nouveau lien.',
    ],
    settled: [
      'Il n’y a plus rien à décider ici',
      'La décision a été prise autrement, ou un message plus récent remplace celui-ci : ouvrez le lien du plus récent.',
    ],
    inactive: ['Ce lien n’est plus valable', 'Vous n’êtes plus un contact du contrat. Un autre contact doit décider.'],
  },
  away: [
    'Votre décision ne peut pas être enregistrée pour le moment',
    'Réessayez dans une minute : revenez en arrière et utilisez le même bouton.',
  ],
  wrong: 'Indiquez un nombre entier d’au moins 1.',
};

/** The words by language. */
export const APPROVAL_WORDS = { fr: FRENCH, en: ENGLISH } as const;
