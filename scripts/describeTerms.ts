/** `npm run terms:describe`: writes the fields of terms, from their schema, into docs/contracts.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeTerms, withFields } from './terms/describe.ts';

const path = fileURLToPath(new URL('../docs/contracts.md', import.meta.url));
writeFileSync(path, withFields(readFileSync(path, 'utf8'), describeTerms()));
