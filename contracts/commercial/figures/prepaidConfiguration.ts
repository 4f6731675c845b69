/** Family A, catalogue: configuration (6 of the 14 services). */
import type { CatalogueServiceInput } from '../catalogue.ts';
import { SCOPE, SOFTWARE, service } from './prepaidSheets.ts';

const { pdm, cad, databaseAdministration, office } = SOFTWARE;

/** The services by code. */
export function prepaidConfiguration(): Record<string, CatalogueServiceInput> {
  return {
    sqlQuery: service({
      kind: 'configuration',
      label: { fr: 'Création de requêtes SQL', en: 'Writing an SQL query' },
      recommendedPack: 10,
      limits: [{ of: { fr: 'requêtes', en: 'queries' }, most: 1 }],
      software: [pdm, databaseAdministration],
      steps: [
        ...SCOPE,
        { fr: 'Étude du paramétrage PDM existant', en: 'Study of the present PDM configuration' },
        { fr: 'Modification ou création d’une requête', en: 'Changing or writing a query' },
      ],
      tests: [{ fr: 'Test de la requête chez le prestataire', en: "Test of the query in the provider's environment" }],
      deliverables: [{ fr: 'Fichier SQL', en: 'SQL file' }],
    }),
    dispatch: service({
      kind: 'configuration',
      label: { fr: 'Modification ou création de dispatch', en: 'Changing or writing a dispatch' },
      recommendedPack: 10,
      limits: [{ of: { fr: 'dispatchs', en: 'dispatches' }, most: 1 }],
      software: [cad, pdm],
      steps: [
        ...SCOPE,
        { fr: 'Fourniture et étude des dispatchs existants', en: 'Supply and study of the present dispatches' },
        { fr: 'Modification ou création du dispatch', en: 'Changing or writing the dispatch' },
      ],
      tests: [{ fr: 'Test du dispatch chez le prestataire', en: "Test of the dispatch in the provider's environment" }],
      deliverables: [{ fr: 'Fichier de dispatch', en: 'Dispatch file' }],
    }),
    macro: service({
      kind: 'configuration',
      label: { fr: 'Modification ou création de macro', en: 'Changing or writing a macro' },
      recommendedPack: 10,
      limits: [{ of: { fr: 'macros', en: 'macros' }, most: 1 }],
      software: [cad, pdm],
      steps: [
        ...SCOPE,
        { fr: 'Fourniture et étude des macros existantes', en: 'Supply and study of the present macros' },
        { fr: 'Modification ou création de la macro', en: 'Changing or writing the macro' },
      ],
      tests: [{ fr: 'Test de la macro chez le prestataire', en: "Test of the macro in the provider's environment" }],
      deliverables: [{ fr: 'Fichier de macro', en: 'Macro file' }],
    }),
    pdmConfiguration: service({
      kind: 'configuration',
      label: { fr: 'Modification de paramétrage PDM', en: 'Changing the PDM configuration' },
      recommendedPack: 20,
      leftOut: [{ fr: 'Développement spécifique', en: 'Specific development' }],
      prerequisites: [{ fr: 'Droits d’administrateur sur le coffre PDM', en: 'Administrator rights on the PDM vault' }],
      software: [pdm],
      steps: [
        ...SCOPE,
        { fr: 'Fourniture et étude du paramétrage existant', en: 'Supply and study of the present configuration' },
        { fr: 'Modification du paramétrage', en: 'Changing the configuration' },
      ],
      tests: [
        {
          fr: 'Test du paramétrage chez le prestataire',
          en: "Test of the configuration in the provider's environment",
        },
      ],
      deliverables: [{ fr: 'Fichier de paramétrage modifié', en: 'Changed configuration file' }],
    }),
    documentTemplates: service({
      kind: 'configuration',
      label: {
        fr: 'Création de modèles de documents et de fonds de plan',
        en: 'Document templates and drawing sheets',
      },
      recommendedPack: 4,
      limits: [
        { of: { fr: 'propriétés', en: 'properties' }, most: 20 },
        { of: { fr: 'attributs du cartouche', en: 'attributes of the title block' }, most: 20 },
        { of: { fr: 'formats', en: 'formats' }, most: 8 },
      ],
      prerequisites: [{ fr: 'Exemple de cartouche à réaliser', en: 'Example of the title block wanted' }],
      software: [cad, office],
      steps: [
        ...SCOPE,
        { fr: 'Création du cartouche, avec le logo fourni', en: 'Making the title block, with the logo supplied' },
        { fr: 'Récupération des propriétés', en: 'Taking over the properties' },
        { fr: 'Création des formats souhaités', en: 'Making the formats wanted' },
        { fr: 'Mise en place du cartouche', en: 'Putting the title block in place' },
      ],
      deliverables: [
        { fr: 'Jeu de fonds de plan', en: 'Set of drawing sheets' },
        { fr: 'Jeu de modèles de documents', en: 'Set of document templates' },
      ],
    }),
    toolOptions: service({
      kind: 'configuration',
      label: { fr: 'Réglage des options d’un outil de la gamme', en: 'Setting the options of a tool of the range' },
      recommendedPack: 4,
      limits: [{ of: { fr: 'modules ou fonctions', en: 'modules or functions' }, most: 1 }],
      software: [cad, office],
      steps: [
        ...SCOPE,
        {
          fr: 'Réglage des options d’un module ou d’une fonction',
          en: 'Setting the options of one module or function',
        },
      ],
      deliverables: [{ fr: 'Fichier de sauvegarde des options', en: 'File with the options saved' }],
    }),
  };
}
