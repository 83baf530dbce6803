import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as shared from '@uprez/shared';
import { z } from 'zod';

/** JSON Schema, as far as ours use it. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema | boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  default?: unknown;
  minimum?: number;
  maximum?: number;
}

/** Every schema that has a name, by that name; `calls` are shown as a table of their own. */
const named = Object.entries(shared).flatMap(([name, value]) =>
  value instanceof z.ZodType ? [[name, value] as const] : [],
);
const registry = z.registry<{ id: string }>();
for (const [name, schema] of named) if (!registry.has(schema)) registry.add(schema, { id: name });

const messages = { server: shared.ServerMessage, client: shared.ClientMessage };

export const protocolFile = fileURLToPath(new URL('../../docs/protocol.md', import.meta.url));
const introFile = fileURLToPath(new URL('protocol-intro.md', import.meta.url));

/** Everything that clients and daemon may say to each other, from the schemas that they are checked by. */
export function protocolPage(): string {
  const used = new Set<string>();
  const body = [
    ...messageSection('What a client says', schemaOf(messages.client, 'input'), used),
    ...messageSection('What the daemon says', schemaOf(messages.server, 'output'), used),
    ...callSection(used),
    ...settingsAndTypes(used),
  ];
  const intro = readFileSync(introFile, 'utf8')
    .replaceAll('@PROTOCOL@', String(shared.PROTOCOL))
    .replaceAll('@PORTS@', shared.PORTS.join(', '));
  return `${[intro.trimEnd(), ...body].join('\n\n')}\n`;
}

function messageSection(title: string, { oneOf, anyOf }: Schema, used: Set<string>): string[] {
  const rows = (oneOf ?? anyOf ?? []).map((each) => {
    const schema = each.$ref ? schemaOf(byName(nameOf(each.$ref)), 'output') : each;
    const { type, ...fields } = schema.properties ?? {};
    return [`\`${String(type?.const)}\``, fieldsText({ ...schema, properties: fields }, used)];
  });
  return [`## ${title}`, table(['`type`', 'fields'], rows)];
}

function callSection(used: Set<string>): string[] {
  const rows = shared.callNames.map((name) => {
    const { method, path, params, result } = shared.calls[name];
    const given = fieldsText(schemaOf(params, 'input'), used);
    return [`\`${name}\``, `\`${method} ${path}\``, given, typeText(schemaOf(result, 'output'), used)];
  });
  return ['## Calls', table(['call', 'over REST', 'parameters', 'result'], rows)];
}

/** Types that were mentioned, and those that these mention. */
function settingsAndTypes(used: Set<string>): string[] {
  const told = new Map<string, string>();
  for (let next = [...used]; next.length > 0; next = [...used].filter((name) => !told.has(name)))
    for (const name of next) told.set(name, typeSection(name, used));
  const sections = [...told].toSorted(([a], [b]) => a.localeCompare(b)).map(([, text]) => text);
  return ['## Types', ...sections];
}

function typeSection(name: string, used: Set<string>): string {
  const schema = schemaOf(byName(name), 'output');
  if (!schema.properties) return `### ${name}\n\n${typeText({ ...schema }, used)}`;
  const rows = Object.entries(schema.properties).map(([field, each]) => [
    `\`${field}\``,
    typeText(each, used),
    each.default === undefined ? '' : `\`${JSON.stringify(each.default)}\``,
  ]);
  return `### ${name}\n\n${table(['field', 'type', 'default'], rows)}`;
}

function fieldsText({ properties = {}, required = [] }: Schema, used: Set<string>): string {
  const fields = Object.entries(properties).map(
    ([name, each]) => `\`${name}\`${required.includes(name) ? '' : '?'}: ${typeText(each, used)}`,
  );
  return fields.join('<br>') || '–';
}

function typeText(schema: Schema, used: Set<string>): string {
  // The only schema that speaks of itself and has no name is zod's own of JSON.
  if (schema.$ref?.includes('__schema')) return 'any JSON';
  if (schema.$ref) return link(nameOf(schema.$ref), used);
  if (schema.allOf) return schema.allOf.map((each) => typeText(each, used)).join(' & ');
  const union = schema.anyOf ?? schema.oneOf;
  if (union) return union.map((each) => typeText(each, used)).join(' \\| ');
  return valueText(schema) ?? plainText(schema, used);
}

/** One of a few values; of calls there is a table. */
function valueText(schema: Schema): string | undefined {
  if (schema.enum?.length === shared.callNames.length) return 'the name of a call';
  const values = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  return values?.map((each) => `\`${JSON.stringify(each)}\``).join(' \\| ');
}

function plainText(schema: Schema, used: Set<string>): string {
  if (schema.type === 'array') return `list of ${typeText(itemOf(schema.items), used)}`;
  if (schema.type === 'object') return objectText(schema, used);
  if (schema.type === undefined) return 'anything';
  return `${[schema.type].flat().join(' \\| ')}${rangeText(schema)}`;
}

function objectText({ properties, additionalProperties }: Schema, used: Set<string>): string {
  const fields = Object.entries(properties ?? {}).map(([name, each]) => `\`${name}\`: ${typeText(each, used)}`);
  if (fields.length > 0) return `{ ${fields.join(', ')} }`;
  if (typeof additionalProperties === 'object') return `${typeText(additionalProperties, used)} by name`;
  return '{ }';
}

/** The limits of JavaScript's own integers are none of ours. */
function rangeText({ minimum, maximum }: Schema): string {
  const from = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? `from ${minimum}` : '';
  const to = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? `to ${maximum}` : '';
  return from || to ? ` ${[from, to].filter(Boolean).join(' ')}` : '';
}

function itemOf(items: Schema['items']): Schema {
  return typeof items === 'object' ? items : {};
}

function link(name: string, used: Set<string>): string {
  used.add(name);
  return `[${name}](#${name.toLowerCase()})`;
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $defs, $ref, ...own } = z.toJSONSchema(schema, {
    metadata: registry,
    io,
    unrepresentable: 'any',
  }) as Schema & {
    $defs?: Record<string, Schema>;
  };
  // A named schema is a reference to itself.
  return $ref ? ($defs?.[nameOf($ref)] ?? own) : own;
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}

function byName(name: string): z.ZodType {
  const found = named.find(([each]) => each === name);
  if (!found) throw new Error(`no schema is called ${name}`);
  return found[1];
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
