import type Handlebars from 'handlebars';
import { InvalidInput } from '../model/error.ts';
import { quoting } from './quote.ts';

type Program = hbs.AST.Program;
type Expression = hbs.AST.Expression;
export type Variables = Readonly<Record<string, unknown>>;

/** A parsed template or partial and the file that it came from. */
export interface Template {
  file: string;
  program: Program;
}

const blocks = new Set(['if', 'unless', 'each']);

/** Stands for values that can't be looked into, such as the items of an empty list. */
const anything = Symbol('anything');

/**
 * The one value that decides which layers an image has. Where it rules a branch out, that branch may name layers and
 * sources that are not there; the rest of it is checked like any other.
 */
const deciding = 'rccl.patched';
const decided = { layers: anything, sources: anything, versions: anything };

/**
 * Walks a template with the values it will get and refuses what Handlebars would let pass: variables that are not
 * there (its own strict mode overlooks `{{#if missing}}`, https://handlebarsjs.com/api-reference/compilation.html),
 * and `{{value}}` without a quoting helper.
 * @returns the dotted paths of all variables it names.
 * @throws InvalidInput with file:line:column.
 */
export function checkTemplate(
  template: Template,
  partials: ReadonlyMap<string, Template>,
  variables: Variables,
): Set<string> {
  const used = new Set<string>();

  function fail(file: string, node: hbs.AST.Node, what: string, next: string): never {
    const { line, column } = node.loc.start;
    throw new InvalidInput({ what, where: { file, line, column: column + 1 }, next });
  }

  function lookUp(file: string, path: hbs.AST.PathExpression, scope: Variables): unknown {
    if (path.data || path.depth > 0) {
      fail(
        file,
        path,
        `${path.original} is not allowed`,
        'Name the variable by its full path, or use `as |item|`.',
      );
    }
    if (path.parts.length === 0) fail(file, path, '`this` is not allowed', 'Use `{{#each list as |item|}}`.');
    let value: unknown = scope;
    path.parts.forEach((part, index) => {
      if (value === anything) return;
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) {
        const parent = path.parts.slice(0, index).join('.');
        const known =
          typeof value === 'object' && value !== null ? Object.keys(value).sort().join(', ') : 'nothing';
        fail(
          file,
          path,
          `unknown variable ${path.original}`,
          `${parent || 'A template'} has: ${known || 'nothing'}.`,
        );
      }
      value = (value as Variables)[part];
    });
    used.add(path.parts.join('.'));
    return value;
  }

  function evaluate(file: string, node: Expression, scope: Variables): unknown {
    switch (node.type) {
      case 'PathExpression':
        return lookUp(file, node as hbs.AST.PathExpression, scope);
      case 'SubExpression': {
        const call = node as hbs.AST.SubExpression;
        const name = (call.path as hbs.AST.PathExpression).original;
        if (name !== 'eq') fail(file, node, `unknown function ${name}`, 'Known: eq.');
        for (const param of call.params) evaluate(file, param, scope);
        return anything;
      }
      default:
        return (node as hbs.AST.StringLiteral).value;
    }
  }

  function walk(file: string, program: Program, scope: Variables, chain: readonly string[]): void {
    for (const node of program.body) visit(file, node, scope, chain);
  }

  function visit(file: string, node: hbs.AST.Statement, scope: Variables, chain: readonly string[]): void {
    switch (node.type) {
      case 'ContentStatement':
      case 'CommentStatement':
        return;
      case 'MustacheStatement': {
        const mustache = node as hbs.AST.MustacheStatement;
        const name = (mustache.path as hbs.AST.PathExpression).original;
        if (mustache.params.length === 0 || !Object.hasOwn(quoting, name)) {
          const helpers = Object.keys(quoting).join(', ');
          fail(file, node, `{{${name}}} is not quoted`, `Write {{sh ${name}}}, or another of: ${helpers}.`);
        }
        for (const param of mustache.params) evaluate(file, param, scope);
        return;
      }
      case 'BlockStatement': {
        const block = node as hbs.AST.BlockStatement;
        const name = block.path.original as string;
        if (!blocks.has(name) || block.params.length !== 1) {
          fail(
            file,
            node,
            `unknown block {{#${name}}}`,
            `Known: ${[...blocks].join(', ')}, each with one value.`,
          );
        }
        const value = evaluate(file, block.params[0]!, scope);
        const decides = (block.params[0] as hbs.AST.PathExpression).original === deciding;
        const ruledOut = (wanted: boolean) => decides && name !== 'each' && Boolean(value) !== wanted;
        const scopeOf = (wanted: boolean) => (ruledOut(wanted) ? { ...scope, ...decided } : scope);
        const whenTrue = name !== 'unless';
        walk(file, block.program, name === 'each' ? inner(block, value, scope) : scopeOf(whenTrue), chain);
        if (block.inverse) walk(file, block.inverse, scopeOf(!whenTrue), chain);
        return;
      }
      case 'PartialStatement': {
        const call = node as hbs.AST.PartialStatement;
        const name = (call.name as hbs.AST.PathExpression).original as string;
        const partial = partials.get(name);
        if (!partial)
          fail(file, node, `unknown partial ${name}`, `Known: ${[...partials.keys()].sort().join(', ')}.`);
        if (chain.includes(name)) fail(file, node, `partial ${name} includes itself`, 'Remove the circle.');
        const hash = (call.hash?.pairs ?? []).map(({ key, value }) => [key, evaluate(file, value, scope)]);
        walk(partial.file, partial.program, { ...scope, ...Object.fromEntries(hash) }, [...chain, name]);
        return;
      }
      default:
        fail(
          file,
          node,
          `${node.type} is not allowed`,
          'Use {{helper value}}, {{#if}}, {{#unless}}, {{#each}} and {{> partial}}.',
        );
    }
  }

  function inner(block: hbs.AST.BlockStatement, value: unknown, scope: Variables): Variables {
    const items = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    const [item, key] = block.program.blockParams ?? [];
    return {
      ...scope,
      ...(item && { [item]: items[0]?.[1] ?? anything }),
      ...(key && { [key]: items[0]?.[0] ?? anything }),
    };
  }

  walk(template.file, template.program, variables, []);
  return used;
}

/** @throws InvalidInput with file:line for text that Handlebars can't parse. */
export function parseTemplate(handlebars: typeof Handlebars, file: string, text: string): Template {
  try {
    return { file, program: handlebars.parse(text, { srcName: file }) };
  } catch (cause) {
    const lines = (cause as Error).message.split('\n');
    const line = Number(/line (\d+)/.exec(lines[0] ?? '')?.[1]);
    throw new InvalidInput({
      what: `not a valid template: ${lines.at(-1)}`,
      where: Number.isNaN(line) ? { file } : { file, line, column: (lines[2]?.indexOf('^') ?? 0) + 1 },
      next: 'Correct the Handlebars syntax at this place.',
      cause,
    });
  }
}
