import type { z } from 'zod';

type Schema = z.core.JSONSchema._JSONSchema;
type Whole = z.core.JSONSchema.JSONSchema;

/** A JSON schema as a Markdown table: a row per key, nested keys as `a.b`, list items as `a[]`, free names as `a.<name>`. */
export function formatTable(schema: Whole): string[] {
  const whole = schema.type === 'array' ? (schema.items as Whole) : schema;
  return ['| Key | Type | Must | Meaning |', '|---|---|---|---|', ...rows(whole, '')];
}

/** One of several kinds of object, told apart by `kind`: a headline and a table for each. */
export function formatKinds(title: string, schema: Whole): string[] {
  return (schema.oneOf ?? []).flatMap((one) => {
    const choice = one as Whole;
    const { kind } = choice.properties as { kind: { const: string } };
    return ['', `### ${title} \`${kind.const}\``, '', ...formatTable(choice)];
  });
}

function rows(schema: Schema, path: string): string[] {
  if (typeof schema === 'boolean') return [];
  const lines: string[] = [];
  for (const [key, inner] of Object.entries(schema.properties ?? {})) {
    if (typeof inner === 'boolean') continue;
    const name = path ? `${path}.${key}` : key;
    const must = schema.required?.includes(key) ? 'yes' : '';
    const otherwise = inner.default === undefined ? '' : ` Default: \`${JSON.stringify(inner.default)}\`.`;
    lines.push(
      `| \`${name}\` | ${typeText(inner)} | ${must} | ${cell((inner.description ?? '') + otherwise)} |`,
    );
    lines.push(...inside(inner, name));
  }
  return lines;
}

function inside(schema: Schema, name: string): string[] {
  if (typeof schema === 'boolean') return [];
  const lines = rows(schema, name);
  if (typeof schema.items === 'object' && !Array.isArray(schema.items))
    lines.push(...rows(schema.items, `${name}[]`));
  if (typeof schema.additionalProperties === 'object')
    lines.push(...rows(schema.additionalProperties, `${name}.<name>`));
  for (const choice of schema.anyOf ?? []) lines.push(...rows(choice, name));
  return lines;
}

function typeText(schema: Schema): string {
  if (typeof schema === 'boolean') return 'anything';
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(' or ');
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeText))].join(' or ');
  if (schema.oneOf) return 'object';
  if (schema.type === 'array')
    return `list of ${schema.items ? typeText(schema.items as Whole) : 'anything'}`;
  return String(schema.type ?? 'string');
}

function cell(text: string): string {
  const line = text.trim().replaceAll('|', '\\|').replaceAll('\n', ' ');
  // Inside backticks Markdown shows `<` as it is.
  return line.replaceAll(/`[^`]*`|</g, (part) => (part === '<' ? '&lt;' : part));
}
