/** Family A, catalogue: installation, coaching and methodology (8 of the 14 services). */
import type { CatalogueServiceInput } from '../catalogue.ts';
import { CHECKED, SCOPE, SOFTWARE, service } from './prepaidSheets.ts';

const { pdm, cad, addOns, simulation, database, databaseAdministration, office } = SOFTWARE;

const SERVER_INSTALLED = { fr: 'Serveur installé', en: 'Server installed' };
const CURRENT_INSTALLATION = { fr: 'Étude de l’installation actuelle', en: 'Study of the present installation' };
const BAD_PRACTICES = { of: { fr: 'mauvaises pratiques', en: 'bad practices' }, most: 5 };
const GOOD_PRACTICES = { of: { fr: 'bonnes pratiques', en: 'good practices' }, most: 5 };
const PRACTICES = [
  { fr: 'Ciblage des mauvaises pratiques', en: 'Finding the bad practices' },
  { fr: 'Présentation des bonnes pratiques conseillées', en: 'Showing the recommended practices' },
];

/** The services by code. */
export function prepaidServices(): Record<string, CatalogueServiceInput> {
  return { ...installation(), ...coaching(), ...methodology() };
}

function installation(): Record<string, CatalogueServiceInput> {
  return {
    pdmInstallation: service({
      kind: 'installation',
      label: { fr: 'Installation d’un PDM sur un nouveau serveur', en: 'Installing a PDM on a new server' },
      recommendedPack: 10,
      limits: [{ of: { fr: 'postes clients', en: 'workstations' }, most: 5 }],
      prerequisites: [
        { fr: 'Serveur disponible, non contrôleur de domaine', en: 'Server available, not a domain controller' },
        { fr: 'Serveur de base de données installé sur ce serveur', en: 'Database server installed on that server' },
      ],
      software: [pdm, databaseAdministration],
      steps: [
        ...SCOPE,
        CHECKED,
        {
          fr: 'Installation des serveurs d’archives et de base de données',
          en: 'Installing the archive and database servers',
        },
        { fr: 'Installation des postes clients', en: 'Installing the workstations' },
        { fr: 'Création d’un coffre par défaut', en: 'Creating a default vault' },
      ],
      tests: [{ fr: 'Connexion des postes clients au serveur PDM', en: 'Workstations connect to the PDM server' }],
      deliverables: [
        {
          fr: 'Serveur PDM et postes clients installés, avant paramétrage',
          en: 'PDM server and workstations installed, before configuration',
        },
      ],
    }),
    pdmServerMove: service({
      kind: 'installation',
      label: { fr: 'Déplacement d’un serveur PDM', en: 'Moving a PDM server' },
      recommendedPack: 10,
      prerequisites: [SERVER_INSTALLED],
      software: [database, pdm],
      steps: [
        ...SCOPE,
        CHECKED,
        CURRENT_INSTALLATION,
        {
          fr: 'Installation de la partie serveur sur le nouveau serveur',
          en: 'Installing the server part on the new server',
        },
        { fr: 'Redirection des postes clients', en: 'Redirecting the workstations' },
        { fr: 'Restauration de la sauvegarde SQL', en: 'Restoring the SQL backup' },
        { fr: 'Transfert des données d’archives', en: 'Transferring the archive data' },
      ],
      tests: [{ fr: 'Connexion des postes clients au nouveau serveur', en: 'Workstations connect to the new server' }],
      deliverables: [{ fr: 'Nouveau serveur PDM fonctionnel', en: 'A new PDM server that works' }],
    }),
    sqlRestore: service({
      kind: 'installation',
      label: { fr: 'Remontée de base de données SQL', en: 'Restoring an SQL database' },
      recommendedPack: 10,
      prerequisites: [
        { fr: 'Sauvegardes SQL et données fournies par le client', en: 'SQL backups and data given by the customer' },
      ],
      software: [pdm, databaseAdministration],
      steps: [
        ...SCOPE,
        CHECKED,
        { fr: 'Restauration de la base de données', en: 'Restoring the database' },
        { fr: 'Création d’un coffre de test', en: 'Creating a test vault' },
      ],
      tests: [{ fr: 'Connexion au nouveau coffre', en: 'Connecting to the new vault' }],
      deliverables: [{ fr: 'Base de données SQL fonctionnelle', en: 'An SQL database that works' }],
    }),
    licenceServer: service({
      kind: 'installation',
      label: {
        fr: 'Réinstallation ou déplacement du serveur de licences',
        en: 'Reinstalling or moving the licence server',
      },
      recommendedPack: 4,
      prerequisites: [SERVER_INSTALLED],
      software: [cad],
      steps: [
        ...SCOPE,
        CHECKED,
        CURRENT_INSTALLATION,
        {
          fr: 'Installation du serveur de licences sur le nouveau serveur',
          en: 'Installing the licence server on the new server',
        },
        { fr: 'Redirection des postes clients', en: 'Redirecting the workstations' },
      ],
      tests: [{ fr: 'Connexion des postes clients au nouveau serveur', en: 'Workstations connect to the new server' }],
      deliverables: [{ fr: 'Serveur de licences opérationnel', en: 'A licence server that works' }],
    }),
    applicationReinstall: service({
      kind: 'installation',
      label: { fr: 'Réinstallation d’une application de la gamme', en: 'Reinstalling an application of the range' },
      recommendedPack: 4,
      limits: [{ of: { fr: 'postes clients', en: 'workstations' }, most: 5 }],
      software: [cad],
      steps: [
        ...SCOPE,
        CHECKED,
        { fr: 'Désinstallation sur les postes clients', en: 'Uninstalling from the workstations' },
        { fr: 'Installation sur les postes clients', en: 'Installing on the workstations' },
      ],
      tests: [{ fr: 'L’application s’ouvre', en: 'The application opens' }],
      deliverables: [{ fr: 'Application opérationnelle', en: 'An application that works' }],
    }),
  };
}

function coaching(): Record<string, CatalogueServiceInput> {
  return {
    featureCoaching: service({
      kind: 'coaching',
      label: { fr: 'Fonctionnalités de la gamme', en: 'Features of the range' },
      recommendedPack: 4,
      limits: [
        { of: { fr: 'fonctionnalités du pack standard', en: 'features of the standard pack' }, most: 5 },
        {
          of: {
            fr: 'fonctionnalités du pack professionnel ou premium',
            en: 'features of the professional or premium pack',
          },
          most: 2,
        },
        { of: { fr: 'fonctionnalités de simulation', en: 'features of simulation' }, most: 2 },
        { of: { fr: 'fonctionnalités du PDM', en: 'features of the PDM' }, most: 2 },
        { of: { fr: 'fonctionnalités des compléments', en: 'features of add-ons' }, most: 3 },
      ],
      software: [cad, addOns, simulation, pdm, office],
      steps: [
        { fr: 'Validation des fonctions à aborder', en: 'Validation of the functions to go through' },
        { fr: 'Estimation du nombre de tickets', en: 'Estimate of the number of tickets' },
        {
          fr: 'Présentation de fonctionnalités au choix, selon la solution utilisée',
          en: 'Presentation of the chosen features of the solution in use',
        },
      ],
      deliverables: [{ fr: 'Explication détaillée de fonctions', en: 'Detailed explanation of functions' }],
    }),
  };
}

function methodology(): Record<string, CatalogueServiceInput> {
  return {
    slownessAndCrashes: service({
      kind: 'methodology',
      label: { fr: 'Lenteurs et plantages aléatoires', en: 'Slowness and random crashes' },
      recommendedPack: 4,
      limits: [BAD_PRACTICES, GOOD_PRACTICES],
      software: [cad, office],
      steps: [
        ...SCOPE,
        { fr: 'Analyse de la méthodologie actuelle', en: 'Analysis of the present methods' },
        { fr: 'Utilisation des outils de diagnostic', en: 'Use of the diagnostic tools' },
        ...PRACTICES,
      ],
      deliverables: [{ fr: 'Pistes d’amélioration de la méthodologie', en: 'Ways to improve the methods' }],
    }),
    largeDesigns: service({
      kind: 'methodology',
      label: { fr: 'Gestion de grosses conceptions', en: 'Handling large designs' },
      recommendedPack: 4,
      limits: [BAD_PRACTICES, GOOD_PRACTICES],
      software: [cad, office],
      steps: [
        ...SCOPE,
        { fr: 'Analyse de la méthodologie de conception', en: 'Analysis of the design methods' },
        { fr: 'Utilisation des outils de gestion des performances', en: 'Use of the performance tools' },
        ...PRACTICES,
      ],
      deliverables: [{ fr: 'Pistes d’amélioration de la méthodologie', en: 'Ways to improve the methods' }],
    }),
  };
}
