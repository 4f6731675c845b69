/** What an escalation carries to the publisher: enough to duplicate the problem (C §4.3.2, §4.4.3). */

/** Every part of the package, in the order in which it is shown. */
export const PACKAGE_PARTS = [
  'problem',
  'tried',
  'steps',
  'errorMessages',
  'documents',
  'exampleFile',
  'remoteAccess',
  'environmentUnchanged',
] as const;
/**
 * A part: the problem and the feature affected; what was tried; how to reproduce it; error messages; identifiers of the
 * documents and their owner; an example file; remote access to the end customer's machine; that the environment has not
 * changed since installation.
 */
export type PackagePart = (typeof PACKAGE_PARTS)[number];

/** Without these no publisher can begin: they are given, whatever the priority. */
export const ALWAYS_GIVEN = ['problem'] as const satisfies readonly PackagePart[];

/** A part as it was given, or why it is not applicable. Words stay in Postgres: no history has them. */
export type PartGiven =
  | { readonly given: string }
  /** exampleFile: ids of attachments. */
  | { readonly files: readonly string[] }
  | { readonly notApplicable: string };

/** The package as far as it is complete. */
export type EscalationPackage = { readonly [part in PackagePart]?: PartGiven };

/** The parts that are neither given nor marked as not applicable, in their order. */
export function missingParts(parts: EscalationPackage): PackagePart[] {
  return PACKAGE_PARTS.filter((name) => {
    const part = parts[name];
    if (part === undefined) return true;
    if ('files' in part) return part.files.length === 0;
    if ('given' in part) return part.given.trim() === '';
    return part.notApplicable.trim() === '' || (ALWAYS_GIVEN as readonly string[]).includes(name);
  });
}
