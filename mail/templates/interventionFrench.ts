/** What an intervention's mails say in French. */
import { FRENCH } from './french.ts';
import { sayMinutes } from './instants.ts';
import type { InterventionWords } from './interventionWords.ts';

/** The French words. */
export const INTERVENTION_FRENCH: InterventionWords = {
  greeting: FRENCH.greeting,
  staffGreeting: FRENCH.staffGreeting,
  none: 'aucune unité',
  remark: FRENCH.remark,
  footerRequest: FRENCH.footerRequest,
  footerAnswer: 'Vous pouvez répondre à ce message ; une réponse ne vaut jamais accord et ne consomme rien.',
  footerAutomatic:
    'Ce message est automatique. Votre réponse sera lue par une personne ; elle ne vaut jamais accord et ne consomme rien.',
  footerStaff: FRENCH.footerStaff,
  contract: FRENCH.contract,
  customer: FRENCH.customer,
  contact: FRENCH.contact,
  subject: FRENCH.subject,
  intervention: 'Intervention',

  infeasibleTitle: 'Étude de faisabilité',
  infeasible:
    'Nous avons étudié votre demande et ne pouvons pas la réaliser en l’état. Rien n’est débité. Nos raisons :',
  estimateTitle: 'Estimation à approuver',
  estimate:
    'Voici notre estimation pour le travail que vous avez demandé. Rien n’est réservé ni débité avant votre accord.',
  replaces: (wasSent) => `Elle remplace celle du ${wasSent}, qui ne peut plus être approuvée.`,
  scope: 'Périmètre :',
  prerequisites: 'Prérequis :',
  limits: 'Limites :',
  deliverables: 'Livrables :',
  cost: 'Estimation',
  onCall: 'Hors des heures d’ouverture',
  onCallCost: 'commandé et facturé à part, rien n’est débité',
  estimateNext:
    'Ouvrez la page ci-dessous pour approuver ou refuser. L’ouvrir ne change rien : c’est un bouton de la page qui vaut décision.',
  estimateUntil: (lastDay, zone) =>
    `L’estimation peut être approuvée jusqu’au ${lastDay} inclus (${zone}) ; ensuite, elle expire.`,
  decide: 'Approuver ou refuser l’estimation',
  orderTitle: 'Bon de commande à signer',
  orderNeeded: (missing) =>
    missing === undefined
      ? [
          'Le travail a lieu hors des heures d’ouverture ; il est commandé et facturé à part. Merci de signer d’abord le bon de commande.',
        ]
      : [
          `Le solde de votre contrat ne suffit pas. Il manque : ${missing}.`,
          'Merci de signer d’abord un bon de commande : le travail se poursuit dès sa réception.',
        ],
  moreTitle: (because) =>
    ({
      share: 'Temps bientôt épuisé',
      usedUp: 'Travail arrêté : votre accord est nécessaire',
      agent: 'Votre accord pour un travail supplémentaire',
    })[because],
  more: (because, amounts) =>
    amounts === undefined
      ? [
          {
            share: 'Une grande part du temps compris dans votre forfait est consommée.',
            usedUp:
              'Le temps compris dans votre forfait est épuisé. Le travail est arrêté et ne reprendra pas sans votre accord.',
            agent: 'Le travail demandera plus que le temps compris dans votre forfait.',
          }[because],
        ]
      : [
          {
            share: 'Une grande part du temps que vous avez approuvé est consommée.',
            usedUp:
              'Ce que vous avez approuvé est consommé. Le travail est arrêté et ne reprendra pas sans votre accord.',
            agent: 'Le travail demandera plus que ce que vous avez approuvé.',
          }[because],
          `Approuvé : ${amounts.approved}. Consommé, unités entamées comprises : ${amounts.used}.`,
        ],
  workLeft: (seconds) => `Travail encore couvert : ${sayMinutes(Math.floor(seconds / 60))}.`,
  moreAmounts: (amounts) =>
    amounts === undefined
      ? 'Si le travail doit aller plus loin, indiquez la quantité sur la page ci-dessous.'
      : `Nous vous demandons : ${amounts}.`,
  moreNext: {
    approved:
      'Sans votre accord, le travail reste dans la limite de ce que vous avez approuvé. Ouvrir la page ne change rien.',
    flatRate: 'Sans votre accord, le travail reste dans la limite du forfait. Ouvrir la page ne change rien.',
  },
  decideMore: 'Accepter ou refuser ce supplément',
  reminderTitle: (step) => `Relance ${step}`,
  reminder: (turn, since) => [
    {
      approval: `Notre estimation attend votre décision depuis le ${since}.`,
      order: `Nous attendons depuis le ${since} un bon de commande signé : le travail ne peut pas avancer sans lui.`,
      more: `Nous attendons depuis le ${since} de savoir si vous acceptez un travail au-delà de l’estimation.`,
    }[turn],
    'Votre silence ne consomme rien : sans réponse, rien de plus n’est fait.',
  ],
  expiredTitle: 'Estimation expirée',
  expired: [
    'Personne n’a approuvé notre estimation à temps : elle a expiré. Rien n’a été réservé ni débité.',
    'Si vous souhaitez toujours ce travail, répondez à ce message et nous enverrons une nouvelle estimation.',
  ],
  scheduledTitle: 'Date convenue',
  scheduled: (span) => `Le travail aura lieu ${span}.`,
  insteadOf: (wasFrom) => `Cette date est retenue au lieu du ${wasFrom}.`,
  freeUntil: (lastDay, zone) =>
    `Vous pouvez annuler ou changer de date sans frais jusqu’au ${lastDay} inclus (${zone}). Ensuite, les unités prévues et non consommées sont perdues.`,
  neverFree:
    'L’annuler ou changer de date n’est plus sans frais, tant la date est proche : les unités prévues et non consommées seraient perdues.',
  dayBeforeTitle: 'Rappel de votre intervention',
  dayBefore: (span) => `Pour rappel : le travail aura lieu ${span}.`,
  backup:
    'Avant son début, merci de faire une sauvegarde complète de vos données et systèmes, et de vérifier que vous savez la restaurer.',
  postponedTitle: 'Date reportée par nos soins',
  postponed: (wasFrom) => [
    `Nous ne pouvons pas tenir la date du ${wasFrom} et vous prions de nous en excuser. Vous ne perdez rien : vos unités restent réservées.`,
    'Nous conviendrons d’une autre date avec vous.',
  ],
  cancelledTitle: 'Intervention annulée',
  cancelled(by, isWorkDue) {
    if (by === 'customer') return 'Comme vous l’avez demandé, l’intervention est annulée.';
    const rest = isWorkDue ? 'Seul le travail déjà fait est débité.' : 'Vous ne perdez aucune unité.';
    return `Nous devons annuler l’intervention. ${rest}`;
  },
  cancelledByOtherDate:
    'Vous avez souhaité une autre date. Si près de la date convenue, cela vaut annulation : l’intervention est annulée.',
  planned: 'Date prévue',
  used: 'Débité pour le travail fait',
  lost: 'Perdu',
  returned: 'Rendu à votre solde',
  expenses: 'Frais dus, hors taxes',
  reportTitle: 'Compte rendu',
  report: 'Le travail est terminé. Notre compte rendu :',
  actionPlan: 'Le plan d’action que nous vous proposons :',
  qualityIndex: 'Indice de qualité',
  outOfHundred: (index) => `${index} sur 100`,
  included: 'Dont compris dans le forfait',
  time: 'Temps passé',
  statement: 'Le relevé de votre contrat montre chaque mouvement.',
  taskTitle: (task) =>
    ({
      agreeDate: 'Convenir d’une date',
      agreeOtherDate: 'Convenir d’une autre date',
      moreUnanswered: 'Pas de réponse sur la suite du travail',
      moreDeclined: 'Suite du travail refusée',
      correctAddress: 'Adresse à corriger',
      effectConflict: 'Anomalie interne à examiner',
    })[task],
  uncovered: [
    'Le temps que le forfait prévoit pour cette période est déjà pris par une autre visite, et rien n’est réservé : demander au client son accord pour des unités avant d’intervenir, ou annuler.',
  ],
  task: (task) =>
    ({
      agreeDate: [
        'Tout est réservé, commandé ou compris dans le forfait : convenir d’une date avec le client et la planifier.',
      ],
      agreeOtherDate: ['La date ne tient plus, ou est passée sans intervention : convenir d’une autre.'],
      moreUnanswered: [
        'Le client ne répond pas sur la suite du travail, qui reste arrêté : décider comment il se termine.',
      ],
      moreDeclined: [
        'Le client refuse le supplément. Terminer dans la limite de ce qui est approuvé, ou mettre fin au travail.',
      ],
      correctAddress: ['Un message au contact n’a pas pu être remis. Corriger l’adresse : ce qui est perdu repart.'],
      effectConflict: ['Une opération a été refusée définitivement. Voir l’historique de l’intervention et le relevé.'],
    })[task],
  news: (news) =>
    (
      ({
        declined: ['Estimation refusée', 'Le client ne souhaite pas ce travail. Rien n’a été réservé.'],
        expired: ['Estimation expirée', 'Le client n’a pas approuvé l’estimation à temps. Rien n’a été réservé.'],
        orderLacking: [
          'Bon de commande attendu',
          'Le client est d’accord, mais le solde ne suffit pas : un bon de commande lui a été demandé. Avant sa réception, aucun travail au-delà de ce qui est réservé.',
        ],
        moreReserved: ['Le travail peut continuer', 'Le client accepte davantage et les unités sont réservées.'],
        dateChanged: [
          'Date changée par le client',
          'Le client a choisi une autre date. Si elle ne convient pas, la reporter et en convenir une autre.',
        ],
        cancelled: ['Annulée par le client', 'Le client a annulé l’intervention.'],
      }) as const
    )[news],
  newDate: (from, wasFrom) => `Nouvelle date : ${from}, au lieu du ${wasFrom}.`,
  callCounted:
    'À dire à l’appelant : le contrat ne comprend pas de minutes au forfait. L’appel est décompté en unités dès la première minute.',
  callTitle: (because) => (because === 'freeMinutesEnd' ? 'Appel : temps décompté' : 'Appel : solde insuffisant'),
  call: (because) =>
    because === 'freeMinutesEnd'
      ? [
          'À dire à l’appelant : les minutes comprises de cet incident, s’il en reste, s’achèvent dans cinq minutes au plus. Au-delà, le temps est décompté en unités.',
        ]
      : ['L’appel est terminé et le solde ne suffit pas. Il sera débité dès qu’une commande sera arrivée.'],
};
