/** What the sheets of the prepaid catalogue have in common. */
import type { CatalogueServiceInput } from '../catalogue.ts';

/** Some words in both languages. */
export interface Words {
  readonly fr: string;
  readonly en: string;
}

/** Name of the credit unit that pays for the catalogue. */
const TICKET = 'ticket';

/** Prerequisites of every sheet (A catalogue). */
const ALWAYS: readonly Words[] = [
  { fr: 'Étude de faisabilité lors d’un appel au support', en: 'Feasibility study during a support call' },
  {
    fr: 'Bon de commande signé, ou solde de tickets suffisant',
    en: 'Signed order form, or a sufficient balance of tickets',
  },
  { fr: 'Connexion internet haut débit', en: 'Broadband connection' },
  { fr: 'Logiciel de prise en main défini par le prestataire', en: "Remote-access software of the provider's choice" },
  { fr: 'Session utilisateur avec droits d’administrateur', en: 'User session with administrator rights' },
];

/** Steps of every sheet before the work itself, where its scope is a specification of the customer's (A catalogue). */
export const SCOPE: readonly Words[] = [
  { fr: 'Validation du cahier des charges du client', en: "Validation of the customer's specification" },
  { fr: 'Estimation du nombre de tickets', en: 'Estimate of the number of tickets' },
];

/** Check of the technical prerequisites, where the sheet has it (A catalogue, installation). */
export const CHECKED: Words = {
  fr: 'Vérification des prérequis techniques',
  en: 'Check of the technical prerequisites',
};

/** Software by kind: no product is named. */
export const SOFTWARE = {
  pdm: { fr: 'gestion de données techniques (PDM)', en: 'product data management (PDM)' },
  cad: { fr: 'conception assistée par ordinateur (CAO)', en: 'computer-aided design (CAD)' },
  addOns: { fr: 'compléments de CAO', en: 'CAD add-ons' },
  simulation: { fr: 'simulation', en: 'simulation' },
  database: { fr: 'serveur de base de données SQL', en: 'SQL database server' },
  databaseAdministration: { fr: 'administration de bases de données SQL', en: 'SQL database administration' },
  office: { fr: 'suite bureautique', en: 'office suite' },
} as const satisfies Record<string, Words>;

/** A sheet as it is written here: what is said once only. */
export interface Sheet {
  readonly kind: CatalogueServiceInput['kind'];
  readonly label: Words;
  readonly recommendedPack: number;
  readonly limits?: readonly { readonly of: Words; readonly most: number }[];
  readonly leftOut?: readonly Words[];
  /** Beside those of every sheet. */
  readonly prerequisites?: readonly Words[];
  readonly software: readonly Words[];
  readonly steps: readonly Words[];
  readonly tests?: readonly Words[];
  readonly deliverables: readonly Words[];
}

/** A service of the catalogue from its sheet. */
export function service(sheet: Sheet): CatalogueServiceInput {
  return {
    kind: sheet.kind,
    label: sheet.label,
    unit: TICKET,
    recommendedPack: sheet.recommendedPack,
    limits: [...(sheet.limits ?? [])],
    leftOut: [...(sheet.leftOut ?? [])],
    prerequisites: [...ALWAYS, ...(sheet.prerequisites ?? [])],
    software: [...sheet.software],
    steps: [...sheet.steps],
    tests: [...(sheet.tests ?? [])],
    deliverables: [...sheet.deliverables],
  };
}
