/**
 * What a file is, by its content: what may travel with an escalation, and what may not. Libraries know many formats by their
 * first bytes; what is text is found out here.
 */
import { fileTypeFromBuffer } from 'file-type';
import { type Refusal, wrongField } from '../domain/failures.ts';

const MIB = 1024 * 1024;
/** Largest file, bytes. */
export const FILE_BYTES = 10 * MIB;
/** Largest package, bytes. */
export const PACKAGE_BYTES = 25 * MIB;

/** Formats with a signature, by their media type: the endings that a name may have. */
const SIGNED: { readonly [type: string]: readonly string[] } = {
  'application/pdf': ['pdf'],
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg'],
  'application/zip': ['zip'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
  'application/vnd.oasis.opendocument.text': ['odt'],
};
/** Text, by the ending of its name. */
const TEXTS: { readonly [ending: string]: string } = {
  txt: 'text/plain',
  log: 'text/plain',
  csv: 'text/csv',
  json: 'application/json',
  xml: 'application/xml',
};
const ENDINGS = [...Object.values(SIGNED).flat(), ...Object.keys(TEXTS)];

/** Programs and scripts, by signature and by ending. */
const EXECUTABLE_TYPES =
  /^application\/(x-msdownload|x-elf|x-mach-binary|x-executable|java-vm|wasm|x-ms-shortcut|x-apple-diskimage|x-deb|x-rpm|java-archive|vnd\.android\.package-archive|x-msi|vnd\.microsoft\.portable-executable)$/;
const EXECUTABLE_ENDINGS =
  /^(exe|dll|com|scr|msi|bat|cmd|ps1|vbs|js|mjs|jse|wsf|hta|sh|bash|py|pl|rb|php|jar|apk|app|deb|rpm|dmg|lnk|docm|xlsm|html?|svg)$/;

/** A file that may be stored: its name made harmless, its type by its content. */
export interface CheckedFile {
  readonly name: string;
  readonly type: string;
}

/** @throws Refusal `ValidationFailed`, with a sentence: empty, too large, executable, or of a format that is not taken */
export async function checkFile(declaredName: string, content: Buffer): Promise<CheckedFile> {
  const name = sanitiseName(declaredName);
  const ending = endingOf(name);
  if (content.length === 0) throw wrong('The file is empty: send its content as the body.');
  if (content.length > FILE_BYTES) throw wrong('A file may have 10 MiB: shorten it, or send it as a zip.');
  const found = await fileTypeFromBuffer(content).then((one) => one?.mime, nothing);
  if (isExecutable(found, ending, content)) {
    throw wrong('Programs and scripts are not taken: send what shows the problem as text, PDF, picture or document.');
  }
  const signed = found !== undefined && found !== 'application/xml' ? SIGNED[found] : undefined;
  if (signed && found !== undefined) {
    if (signed.includes(ending)) return { name, type: found };
    throw wrong(`The content is ${found}: give the file a name that ends in .${signed[0]}.`);
  }
  const text = TEXTS[ending];
  if (text === undefined) {
    throw wrong(`Such files are not taken; taken are: ${ENDINGS.join(', ')}. Send it as one of these.`);
  }
  if (!isText(content)) throw wrong(`A .${ending} file must be text in UTF-8, without control characters: convert it.`);
  return { name, type: text };
}

/** A damaged file is of no known format. */
function nothing(): undefined {
  return undefined;
}

/** The last part of a path, one line, without what file systems and headers trip over; at most 120 characters. */
export function sanitiseName(declared: string): string {
  const last = declared.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const clean = last
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}<>:"|?*;%]/gu, '_')
    .replace(/^[.\s]+/, '')
    .replace(/[.\s]+$/, '');
  if (clean === '') return 'file';
  const letters = [...clean];
  if (letters.length <= 120) return clean;
  const ending = endingOf(clean);
  return ending === '' || ending.length > 10
    ? letters.slice(0, 120).join('')
    : `${letters.slice(0, 119 - ending.length).join('')}.${ending}`;
}

function endingOf(name: string): string {
  return /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

function isExecutable(found: string | undefined, ending: string, content: Buffer): boolean {
  if (EXECUTABLE_ENDINGS.test(ending)) return true;
  if (found !== undefined && EXECUTABLE_TYPES.test(found)) return true;
  // A script says what runs it, a program for Windows or DOS begins with MZ.
  const first = content.subarray(0, 2).toString('latin1');
  return first === '#!' || first === 'MZ';
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });
/** Control characters but tab, line feed and carriage return. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

function isText(content: Buffer): boolean {
  try {
    return !CONTROL.test(UTF8.decode(content));
  } catch {
    return false;
  }
}

function wrong(message: string): Refusal {
  return wrongField('file', message);
}
