import { describe, expect, it } from 'vitest';
import { checkFile, FILE_BYTES, sanitiseName } from '../../db/fileTypes.ts';

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'utf8') : Buffer.from(part))));

/** A zip of these entries, stored. */
function zip(...entries: (readonly [name: string, content: string])[]): Buffer {
  const locals = entries.map(([name, content]) => {
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(20, 4);
    header.writeUInt32LE(content.length, 18);
    header.writeUInt32LE(content.length, 22);
    header.writeUInt16LE(name.length, 26);
    return Buffer.concat([header, Buffer.from(name), Buffer.from(content)]);
  });
  return Buffer.concat(locals);
}

const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const CONTENT_TYPES = `<?xml version="1.0"?><Types><Override PartName="/word/document.xml" ContentType="${WORD}.main+xml"/></Types>`;

describe('what is taken', () => {
  const PNG = bytes(
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13],
    'IHDR',
    [0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    'IDAT',
  );
  it.each([
    ['a.pdf', bytes('%PDF-1.7\n'), 'application/pdf'],
    ['a.PDF', bytes('%PDF-1.7\n'), 'application/pdf'],
    ['a.png', PNG, 'image/png'],
    ['a.jpeg', bytes([0xff, 0xd8, 0xff, 0xe0, 0, 16], 'JFIF'), 'image/jpeg'],
    ['a.zip', zip(['list.txt', 'x']), 'application/zip'],
    ['a.odt', zip(['mimetype', 'application/vnd.oasis.opendocument.text']), 'application/vnd.oasis.opendocument.text'],
    ['a.docx', zip(['[Content_Types].xml', CONTENT_TYPES], ['word/document.xml', '<x/>']), WORD],
    ['a.txt', bytes('Début\r\n\tfin ✓\n'), 'text/plain'],
    ['a.log', bytes('BM looks like a picture, and is none\n'), 'text/plain'],
    ['a.csv', bytes('a;b\n1;2\n'), 'text/csv'],
    ['a.json', bytes('{"a":1}'), 'application/json'],
    ['a.xml', bytes('<?xml version="1.0"?><a/>'), 'application/xml'],
  ])('%s', async (name, content, type) => {
    expect(await checkFile(name, content)).toEqual({ name, type });
  });
});

describe('what is not', () => {
  const PROGRAM = /^Programs and scripts are not taken/;
  it.each([
    ['setup.exe', bytes('MZ', [0x90, 0, 3, 0, 0, 0]), PROGRAM],
    ['report.pdf', bytes('MZ', [0x90, 0, 3, 0, 0, 0]), PROGRAM],
    ['report.txt', bytes([0x7f], 'ELF', [2, 1, 1, 0]), PROGRAM],
    ['run.txt', bytes('#!/bin/sh\n'), PROGRAM],
    ['run.sh', bytes('echo'), PROGRAM],
    ['invoice.pdf.js', bytes('alert(1)'), PROGRAM],
    ['page.html', bytes('<script>'), PROGRAM],
    ['a.txt', bytes('%PDF-1.7\n'), /^The content is application\/pdf: give the file a name that ends in .pdf/],
    ['a.pdf', bytes('no pdf'), /^Such files are not taken; taken are: pdf, png/],
    ['a', bytes('text'), /^Such files are not taken/],
    ['a.gif', bytes('GIF89a', [1, 0, 1, 0, 0, 0, 0]), /^Such files are not taken/],
    ['a.txt', bytes('nul', [0]), /^A .txt file must be text in UTF-8/],
    ['a.csv', bytes([0xe9, 0x74, 0xe9]), /^A .csv file must be text in UTF-8/],
    ['a.txt', bytes(), /^The file is empty/],
    ['a.txt', Buffer.alloc(FILE_BYTES + 1, 'x'), /^A file may have 10 MiB/],
    ['a.zip', zip(['META-INF/MANIFEST.MF', 'Main-Class: X']), PROGRAM],
  ])('%s is refused with a sentence', async (name, content, message) => {
    await expect(checkFile(name, content)).rejects.toThrow(message);
    await expect(checkFile(name, content)).rejects.toMatchObject({ type: 'ValidationFailed' });
  });
});

describe('names', () => {
  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\temp\\liste.txt', 'liste.txt'],
    ['a"b\r\nc.txt', 'a_b__c.txt'],
    ['.htaccess', 'htaccess'],
    ['été.pdf', 'été.pdf'],
    ['gpj.\u202Eexe.txt', 'gpj._exe.txt'],
    ['...', 'file'],
    ['', 'file'],
    [`${'x'.repeat(300)}.pdf`, `${'x'.repeat(116)}.pdf`],
  ])('%j becomes %j', (declared, name) => {
    expect(sanitiseName(declared)).toBe(name);
  });
});
