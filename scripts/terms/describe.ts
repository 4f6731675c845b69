/** The fields of a contract's terms as Markdown, made from the schema that checks them: it cannot say anything else. */
import { z } from 'zod';
import { ContractTerms } from '../../contracts/terms.ts';

/** A JSON Schema, as far as it is read here. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly format?: string;
}

const BEGIN = '<!-- fields: written by npm run terms:describe -->';
const END = '<!-- end of fields -->';

/** The page with its fields written anew. @throws Error when the page has no place for them */
export function withFields(page: string, fields: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('docs/contracts.md has no place for the fields.');
  return `${before}${BEGIN}\n\n${fields}\n${END}${after}`;
}

/** One table a part of the terms: field, what it takes, default, meaning with units and clause. */
export function describeTerms(): string {
  const schema = z.toJSONSchema(ContractTerms, { io: 'input', unrepresentable: 'any' }) as Schema;
  const parts = Object.entries(schema.properties ?? {}).map(([name, part]) => {
    const isRequired = schema.required?.includes(name) ?? false;
    const rows = rowsOf(name, part, isRequired).map(
      ([path, takes, preset, meaning]) => `| \`${path}\` | ${takes} | ${preset} | ${meaning} |`,
    );
    return [`### \`${name}\``, '', '| field | takes | default | meaning |', '| --- | --- | --- | --- |', ...rows, ''];
  });
  return parts.flat().join('\n');
}

type Row = readonly [path: string, takes: string, preset: string, meaning: string];

function rowsOf(path: string, schema: Schema, isRequired: boolean): Row[] {
  const preset = schema.default !== undefined ? `\`${JSON.stringify(schema.default)}\`` : isRequired ? 'required' : '–';
  return [[path, takes(schema), preset, cell(schema.description ?? '')], ...inside(path, schema)];
}

function inside(path: string, schema: Schema): Row[] {
  if (isWords(schema)) return [];
  if (schema.properties) {
    return Object.entries(schema.properties).flatMap(([name, field]) =>
      rowsOf(`${path}.${name}`, field, schema.required?.includes(name) ?? false),
    );
  }
  if (isOpen(schema)) return inside(`${path}.<name>`, schema.additionalProperties as Schema);
  if (schema.items && schema.items.type === 'object') return inside(`${path}[]`, schema.items);
  const variants = (schema.anyOf ?? schema.oneOf ?? []).filter((variant) => variant.properties);
  if (isDelay(schema)) return [];
  return variants.flatMap((variant) => inside(path, variant));
}

function takes(schema: Schema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (isWords(schema)) return '`{ fr, en }`';
  if (isDelay(schema)) return 'a delay';
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return [...new Set(variants.map(takes))].join(' or ');
  if (schema.prefixItems)
    return `${schema.prefixItems.length} of: ${[...new Set(schema.prefixItems.map(takes))].join(', ')}`;
  switch (schema.type) {
    case 'array':
      return `list of ${schema.items ? takes(schema.items) : 'values'}`;
    case 'object':
      return isOpen(schema) ? `by name: ${takes(schema.additionalProperties as Schema)}` : 'an object';
    case 'integer':
      return `whole number${range(schema)}`;
    case 'number':
      return `number${range(schema)}`;
    case 'boolean':
      return '`true`, `false`';
    case 'string':
      return schema.format === 'date' ? 'a date' : 'text';
    default:
      return 'any';
  }
}

function range({ minimum, exclusiveMinimum, maximum }: Schema): string {
  const low = minimum ?? (exclusiveMinimum === undefined ? undefined : `over ${exclusiveMinimum}`);
  const high = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (low === undefined || low === -Number.MAX_SAFE_INTEGER) return high === undefined ? '' : `, to ${high}`;
  return high === undefined ? `, from ${low}` : `, ${low} to ${high}`;
}

function isOpen({ type, properties, additionalProperties }: Schema): boolean {
  return type === 'object' && !properties && typeof additionalProperties === 'object';
}

function isWords({ properties }: Schema): boolean {
  return properties !== undefined && Object.keys(properties).join() === 'fr,en';
}

function isDelay({ anyOf = [] }: Schema): boolean {
  return anyOf.some(({ properties }) => properties?.calendarHours !== undefined);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
