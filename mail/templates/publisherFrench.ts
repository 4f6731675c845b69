/** What an escalation's mails say in French. */
import { FRENCH } from './french.ts';
import type { PublisherWords } from './publisherWords.ts';

const DELIVERED = {
  fix: 'La correction que vous avez livrée',
  workaround: 'La solution de contournement que vous avez livrée',
} as const;

/** The French words. */
export const PUBLISHER_FRENCH: PublisherWords = {
  greeting: 'Bonjour,',
  reference: 'Référence',
  priority: 'Priorité',
  proposedPriority: 'Priorité proposée',
  meaning: 'Ce qu’elle signifie',
  distributor: 'Distributeur',
  sentBy: 'Référent',
  contract: 'Contrat',
  due: 'Échéance',
  remark: 'Précision :',
  clocks: FRENCH.clocks,

  actionsLead:
    'Pour agir, écrivez à l’adresse qui convient : c’est l’adresse, et non le texte, qui dit ce que vous faites. Votre texte est transmis tel quel.',
  actions: {
    acknowledge: 'Accuser réception et prendre en charge',
    ask: 'Demander une information',
    deliverWorkaround: 'Livrer une solution de contournement (le client lira votre texte)',
    deliverFix: 'Livrer une correction (le client lira votre texte)',
  },
  atAcknowledgement:
    'À votre accusé de réception, l’escalade reçoit un numéro SR, rappelé ensuite dans tous nos échanges, et les délais du contrat commencent à courir.',
  plainReply:
    'Une simple réponse à ce message est versée au dossier comme une note, lue par une personne : elle ne change rien d’autre.',
  footer: (reference) => `Notre référence : ${reference}`,
  footerAutomatic: 'Ce message vous a été envoyé automatiquement ; votre réponse, elle, sera bien lue.',

  escalatedTitle: (priority) => `Escalade technique – ${priority}`,
  escalated: (distributor, contract) =>
    `${distributor} vous adresse une escalade technique au titre du contrat ${contract}. Le dossier complet suit.`,
  parts: {
    problem: 'Problème et fonctionnalité affectée',
    tried: 'Ce qui a été essayé',
    steps: 'Comment reproduire le problème',
    errorMessages: 'Messages d’erreur',
    documents: 'Identifiants des documents et de leur propriétaire',
    exampleFile: 'Fichier d’exemple',
    remoteAccess: 'Accès à distance au poste du client final',
    environmentUnchanged: 'Environnement inchangé depuis l’installation',
  },
  notApplicable: (part, reason) => `${part} : sans objet. Motif : ${reason}`,
  attached: (size) => `joint à ce message (${size})`,
  notAttached: (size) => `trop volumineux pour ce message (${size}) : à télécharger par l’API`,
  units: ['octets', 'Ko', 'Mo'],
  chaserTitle: (step) => `Rappel n° ${step} – prise en charge attendue`,
  chaser: (sentAt) =>
    `Nous vous avons adressé cette escalade le ${sentAt}. Sauf erreur de notre part, vous ne l’avez pas encore prise en charge.`,
  providedTitle: 'Notre réponse à votre question',
  provided: 'Voici l’information que vous nous avez demandée :',
  providedNext: 'Vos délais courent de nouveau.',
  acceptedTitle: (ends) => (ends ? 'Livraison acceptée – escalade close' : 'Livraison acceptée à titre provisoire'),
  accepted: (of, ends) =>
    ends
      ? [`${DELIVERED[of]} est acceptée.`, 'L’escalade est close. Merci de votre aide.']
      : [`${DELIVERED[of]} est acceptée à titre provisoire.`, 'Nous attendons maintenant de vous une correction.'],
  rejectedTitle: 'Livraison refusée',
  rejected: (of) => `${DELIVERED[of]} ne résout pas le problème.`,
  rejectedNext: (due) =>
    due === undefined
      ? 'L’escalade reprend là où elle en était.'
      : `L’escalade reprend là où elle en était. Votre nouvelle échéance : ${due}.`,
  withdrawnTitle: 'Escalade retirée',
  withdrawn: 'Nous retirons cette escalade : vous n’avez plus rien à faire.',
  priorityTitle: (agreed) => (agreed ? 'Priorité convenue' : 'Autre priorité proposée'),
  prioritySaid: (agreed) =>
    agreed ? 'Nous sommes d’accord avec la priorité que vous indiquez.' : 'Nous proposons une autre priorité.',
  priorityNext:
    'Dites-nous, en répondant à ce message, si vous en convenez. Tant qu’elle n’est pas convenue, la plus haute des deux compte.',

  publisher: 'Éditeur',
  request: 'Demande',
  subject: 'Objet',
  sender: 'Expéditeur annoncé',
  message: 'Message',
  question: 'La question de l’éditeur :',
  publisherSays: 'L’éditeur écrit :',
  footerStaff: 'Ce message est automatique : une réponse ne serait lue par personne. Agissez sur l’escalade elle-même.',
  warningTitle: (clock) => `Éditeur : échéance proche (${clock})`,
  warning: (clock, due) => `L’échéance « ${clock} » de l’éditeur approche : elle tombe le ${due}.`,
  breachTitle: (clock) => `Éditeur : échéance dépassée (${clock})`,
  breach: (clock, due) =>
    `L’échéance « ${clock} » de l’éditeur est dépassée : elle était fixée au ${due}. Le dépassement est enregistré ; l’escalade suit son cours.`,
  taskTitle: (task) => {
    switch (task) {
      case 'answerPublisher':
        return 'L’éditeur demande une information';
      case 'lookAtMessage':
        return 'Message de l’éditeur à examiner';
      case 'publisherSilent':
        return 'Éditeur silencieux malgré les rappels';
      case 'correctAddress':
        return 'Adresse de l’éditeur à corriger';
      case 'quote':
        return 'Refus de l’éditeur : à chiffrer';
      case 'settlePriority':
        return 'Priorité contestée par l’éditeur';
      case 'effectConflict':
        return 'Anomalie interne à examiner';
    }
  },
  task: (task, exclusion) => {
    switch (task) {
      case 'answerPublisher':
        return [
          'L’éditeur a besoin d’une information pour avancer ; ses délais sont suspendus.',
          'Répondez-lui sur l’escalade, ou demandez d’abord l’information au client.',
        ];
      case 'lookAtMessage':
        return [
          'Un message a été versé à cette escalade. Il ne dit pas par son adresse ce qu’il demande, ou nous ne pouvons pas être sûrs de son expéditeur : il n’a rien changé.',
          'Lisez-le, faites le nécessaire sur l’escalade, puis acceptez-le comme note ou écartez-le.',
        ];
      case 'publisherSilent':
        return [
          'Malgré nos rappels, l’éditeur n’a pas pris en charge cette escalade.',
          'Appelez-le, puis soldez cette tâche sur l’escalade.',
        ];
      case 'correctAddress':
        return [
          'Un message n’a pas pu être remis à l’adresse de l’éditeur.',
          'Vérifiez l’adresse avec l’éditeur, puis corrigez-la sur l’escalade : ce qui reste à dire sera renvoyé. D’ici là, l’éditeur n’est plus relancé.',
        ];
      case 'quote':
        return [
          `L’éditeur refuse cette escalade${exclusion === undefined ? '' : `, qui n’est pas couverte par le contrat : ${exclusion.replace(/\.$/, '')}`}.`,
          'Faites chiffrer la prestation, ou reprenez la demande autrement, puis soldez cette tâche sur l’escalade.',
        ];
      case 'settlePriority':
        return [
          'L’éditeur ne retient pas la priorité proposée. Tant qu’elle n’est pas convenue, la plus haute des deux compte.',
          'Acceptez la sienne, ou proposez-en une autre, sur l’escalade.',
        ];
      case 'effectConflict':
        return [
          'Une opération a été refusée, car son identifiant avait déjà servi avec un autre contenu. Rien n’a été fait deux fois.',
          'Un superviseur doit examiner l’escalade et refaire ce qui manque.',
        ];
    }
  },
};
