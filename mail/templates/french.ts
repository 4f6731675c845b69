/** What our mails say in French. */
import type { Words } from './words.ts';

const ORDINALS = { 1: 'premier', 2: 'deuxième', 3: 'troisième' } as const;
const TASK_TITLES = {
  correctAddress: 'Adresse à corriger',
  lookAtMessage: 'Message à examiner',
  effectConflict: 'Anomalie interne à examiner',
} as const;

const LATE_REPORTS = {
  acknowledged: 'la prise en charge par l’éditeur',
  asked: 'une question de l’éditeur',
  provided: 'notre réponse à la question de l’éditeur',
  delivered: 'une solution de contournement ou une correction',
  refused: 'un refus de l’éditeur',
  withdrawn: 'un retrait',
  breached: 'le dépassement du délai de l’éditeur',
  wrote: 'un message, à examiner parmi les courriers reçus',
} as const;

/** The French words. */
export const FRENCH: Words = {
  greeting: (name) => `Bonjour ${name},`,
  clocks: {
    acknowledgement: 'Prise en charge',
    intervention: 'Début d’intervention',
    workaround: 'Solution de contournement',
    resolution: 'Résolution',
    recovery: 'Rétablissement',
  },
  priority: 'Priorité',
  subject: 'Objet',
  dueList: (zone) => `Échéances prévues par votre contrat, à ce jour (${zone}) :`,
  backUpFirst:
    'Avant tout essai, faites une sauvegarde complète de votre application et de ses données, et assurez-vous de pouvoir la restaurer.',
  remark: 'Notre équipe précise :',
  yourMessage: 'Votre message :',
  itsContent: 'De quoi il s’agit :',
  footerRequest: (number) => `Demande d’assistance ${number}`,
  footerAnswer: 'Pour nous répondre, répondez simplement à ce message.',
  footerAutomatic: 'Ce message vous a été envoyé automatiquement ; votre réponse, elle, sera bien lue.',
  footerStaff: 'Ce message est automatique : une réponse ne serait lue par personne. Agissez sur la demande elle-même.',

  receipt: (number) =>
    `Nous avons bien reçu votre demande d’assistance. Elle porte le numéro ${number} : merci de le rappeler si vous nous contactez à son sujet.`,
  receiptNext:
    'Un membre de notre équipe va la prendre en charge. Si vous souhaitez la compléter, répondez à ce message.',
  unaskedReceipt: (number) =>
    `Votre contrat comprend une visite planifiée, que nous préparons : vous n’avez rien à faire pour le moment. Elle porte le numéro ${number} : merci de le rappeler si vous nous contactez à son sujet.`,
  unaskedReceiptNext:
    'Notre équipe va convenir d’une date avec vous. Si certains jours vous conviennent mieux que d’autres, répondez à ce message.',
  acknowledgement: 'Votre demande est prise en charge : notre équipe y travaille.',
  requalified: 'La priorité de votre demande a changé.',
  recovery: 'Le service est rétabli.',
  recoveryNext:
    'Si vous constatez le contraire, répondez à ce message. Nous vous préviendrons dès que votre demande pourra être clôturée.',
  question: (automatic) =>
    automatic
      ? 'Il nous manque une information pour pouvoir traiter votre demande :'
      : 'Pour avancer sur votre demande, nous avons besoin d’une réponse de votre part :',
  questionNext: 'Répondez simplement à ce message : nous reprendrons votre demande dès réception.',
  proposal: (kind, byPublisher) => {
    if (byPublisher) {
      return kind === 'workaround'
        ? 'L’éditeur du produit a livré une solution de contournement, que nous vous demandons d’essayer :'
        : 'L’éditeur du produit a livré une correction, que nous vous demandons de tester :';
    }
    return kind === 'workaround'
      ? 'Nous vous proposons une solution de contournement, que nous vous demandons d’essayer :'
      : 'Nous vous proposons une correction, que nous vous demandons de tester :';
  },
  proposalNext: (kind) =>
    kind === 'workaround'
      ? [
          'Merci de nous dire ensuite, en répondant à ce message, si elle fonctionne et, dans ce cas, si elle vous convient définitivement ou seulement en attendant une correction.',
          'Si elle ne fonctionne pas, décrivez-nous ce que vous observez : nous reprendrons votre demande.',
        ]
      : [
          'Merci de nous dire ensuite, en répondant à ce message, si elle fonctionne.',
          'Si ce n’est pas le cas, décrivez-nous ce que vous observez : nous reprendrons votre demande.',
        ],
  production: [
    'Vous nous avez confirmé que la correction fonctionne : merci. Il reste à la mettre en production.',
    'Merci de nous prévenir, en répondant à ce message, dès que ce sera fait : nous pourrons alors clôturer votre demande.',
  ],
  firstReminder: (when) => `Sans réponse de votre part, nous vous enverrons un premier rappel le ${when}.`,

  reminderTitle: (step) => `Rappel ${step}`,
  reminder: 'Sauf erreur de notre part, nous n’avons pas encore reçu votre réponse.',
  waitingFor: (waitingFor, proposal, since) => {
    switch (waitingFor) {
      case 'information':
        return `Nous attendons depuis le ${since} l’information que nous vous avons demandée pour avancer sur votre demande.`;
      case 'confirmation':
        return `Nous attendons depuis le ${since} de savoir si ${
          proposal === 'workaround' ? 'la solution de contournement' : 'la correction'
        } que nous vous avons proposée fonctionne.`;
      case 'production':
        return `Vous nous avez confirmé que la correction fonctionne. Nous attendons depuis le ${since} de savoir si elle est en production.`;
    }
  },
  whatWeWrote: (kind) => {
    switch (kind) {
      case 'question':
        return 'Pour mémoire, notre question :';
      case 'workaround':
        return 'Pour mémoire, la solution de contournement proposée :';
      case 'fix':
        return 'Pour mémoire, la correction proposée :';
    }
  },
  howToAnswer: (waitingFor) => {
    switch (waitingFor) {
      case 'information':
        return 'Répondez simplement à ce message.';
      case 'confirmation':
        return 'Merci de nous dire, en répondant à ce message, si elle fonctionne ou ce que vous observez.';
      case 'production':
        return 'Merci de nous prévenir, en répondant à ce message, dès que ce sera fait.';
    }
  },
  nextReminder: (step, when) =>
    when === undefined
      ? `Sans réponse de votre part, nous vous enverrons un ${ORDINALS[step]} rappel.`
      : `Sans réponse de votre part, nous vous enverrons un ${ORDINALS[step]} rappel le ${when}.`,
  nextClosing: (waitingFor, when) => {
    const then =
      waitingFor === 'production'
        ? 'nous considérerons que la correction est en production et votre demande sera clôturée'
        : 'votre demande sera clôturée';
    return `Ce rappel est le dernier : sans réponse de votre part, ${then}${when === undefined ? '' : ` le ${when}`}.`;
  },

  closingTitle: 'Clôture',
  closing: (reason, { waitingFor, since, duplicateOf }) => {
    switch (reason) {
      case 'confirmed':
        return waitingFor === 'production' && since !== undefined
          ? `Vous nous avez confirmé que la correction fonctionne. Sans nouvelles de votre part depuis le ${since}, malgré nos rappels, nous considérons qu’elle est en production : votre demande est clôturée.`
          : 'La solution apportée ayant été confirmée, votre demande est clôturée. Merci de votre collaboration.';
      case 'noAnswer':
        return `${
          since === undefined
            ? 'Nous n’avons pas reçu de réponse de votre part, malgré nos rappels'
            : `Nous n’avons pas reçu de réponse de votre part depuis le ${since}, malgré nos rappels`
        } : votre demande est clôturée.`;
      case 'refused':
        return 'Votre demande ne peut pas être traitée au titre de votre contrat d’assistance : elle est clôturée.';
      case 'withdrawn':
        return 'Votre demande a été retirée : elle est clôturée.';
      case 'duplicate':
        return duplicateOf === undefined
          ? 'Votre demande fait double emploi avec une autre, sous laquelle nous poursuivons : celle-ci est clôturée.'
          : `Votre demande fait double emploi avec la demande ${duplicateOf}, sous laquelle nous poursuivons : celle-ci est clôturée.`;
    }
  },
  reopenUntil: (when) =>
    `Si le problème persiste, répondez à ce message avant le ${when} : votre demande sera rouverte. Au-delà, votre réponse ouvrira une nouvelle demande, liée à celle-ci.`,
  refusalTitle: 'Demande non couverte',
  refusal: (exclusion) =>
    `Après examen, nous ne pouvons pas traiter votre demande au titre de votre contrat d’assistance. Motif : ${exclusion.replace(/\.$/, '')}.`,
  refusalNext:
    'Votre demande est donc clôturée. Si vous ne partagez pas cette analyse, ou si vous souhaitez tout de même cette prestation, répondez à ce message : nous vous dirons ce qui est possible.',
  reopened: 'Votre demande est rouverte : notre équipe la reprend.',
  escalated:
    'Après examen, nous avons transmis votre demande à l’éditeur du produit, avec tous les éléments nécessaires.',
  escalationAcknowledged: 'L’éditeur du produit a pris en charge votre demande et y travaille.',
  escalatedNext:
    'Nous restons votre interlocuteur et suivons son avancement : si vous souhaitez la compléter, répondez à ce message.',

  staffGreeting: 'Bonjour,',
  warningTitle: (clock) => `Échéance proche (${clock})`,
  warning: (clock, due) => `L’échéance « ${clock} » de cette demande approche : elle tombe le ${due}.`,
  breachTitle: (clock) => `Échéance dépassée (${clock})`,
  breach: (clock, due) =>
    `L’échéance « ${clock} » de cette demande est dépassée : elle tombait le ${due}. Le dépassement est enregistré ; la demande suit son cours.`,
  taskTitle: (task) => TASK_TITLES[task],
  task: (task) => {
    switch (task) {
      case 'correctAddress':
        return [
          'Un message destiné au client n’a pas pu lui être remis : le serveur de messagerie refuse son adresse. Les rappels sont suspendus.',
          'Vérifiez l’adresse avec le client, corrigez-la, puis signalez-le sur la demande : le message repartira.',
        ];
      case 'lookAtMessage':
        return [
          'Un message a été classé sur cette demande sans que nous puissions assurer qu’il vient de son auteur. Il ne compte pas comme une réponse, et la demande ne sera pas clôturée avant que quelqu’un l’ait regardé.',
          'Acceptez-le ou écartez-le.',
        ];
      case 'effectConflict':
        return [
          'Une opération a été refusée, parce que son identifiant avait déjà servi pour un contenu différent. Rien n’a été fait deux fois.',
          'Un superviseur doit regarder la demande et refaire ce qui manque.',
        ];
    }
  },
  lateReportTitle: 'Nouvelle tardive de l’éditeur',
  lateReport: (escalation, what) => [
    `L’escalade ${escalation} de cette demande est terminée, ou la demande est clôturée. Il en est arrivé depuis : ${LATE_REPORTS[what]}.`,
    'L’information est consignée sur la demande ; rien d’autre ne s’est produit. Voyez s’il faut y donner suite.',
  ],
  contract: 'Contrat',
  customer: 'Client',
  contact: 'Contact',
  message: 'Message',
  sender: 'Expéditeur annoncé',
  due: 'Échéance',
};
