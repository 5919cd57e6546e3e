import { expect, test } from 'vitest';
import { InvalidInput, placeText } from '../model/error.ts';
import { Renderer } from './renderer.ts';

function render(
  text: string,
  variables: Record<string, unknown>,
  partials: Record<string, string> = {},
): string {
  const files = (texts: Record<string, string>) =>
    new Map(Object.entries(texts).map(([name, body]) => [name, { file: `${name}.hbs`, text: body }]));
  return new Renderer(files({ demo: text }), files(partials)).render('demo', variables).text;
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (!(error instanceof InvalidInput) || typeof error.facts.where !== 'object') throw error;
    expect(error.facts.next).toBeTruthy();
    return `${placeText(error.facts.where)}: ${error.facts.what}`;
  }
  throw new Error('it was rendered');
}

test('quotes for the shell, for ENV and for COPY', () => {
  const text = 'RUN echo {{sh a}}\nENV X={{quoted b}}\nCOPY {{paths c "/to/"}}\nRUN apt {{shlist d}}';
  expect(render(text, { a: "it's $HOME; rm", b: 'a"b$c\\d', c: 'from here', d: ['x', 'y z'] })).toBe(
    'RUN echo \'it\'\\\'\'s $HOME; rm\'\nENV X="a\\"b\\$c\\\\d"\nCOPY ["from here","/to/"]\nRUN apt x \\\n      \'y z\'\n',
  );
});

test('equal input gives equal bytes, whatever the order of the variables', () => {
  const text = '{{#each m as |v k|}}ENV {{sh k}}={{quoted v}}\n{{/each}}{{sh a}}';
  const first = render(text, { a: 1, m: { x: '1', y: '2' } });
  expect(render(text, { m: { x: '1', y: '2' }, a: 1 })).toBe(first);
});

test.each([
  ['unknown variable', 'a\n  {{sh with.nope}}', 'demo.hbs:2:8: unknown variable with.nope'],
  [
    'unknown variable in a condition',
    '{{#if with.nope}}x{{/if}}',
    'demo.hbs:1:7: unknown variable with.nope',
  ],
  ['unknown variable in a call', '{{#if (eq nope "x")}}x{{/if}}', 'demo.hbs:1:11: unknown variable nope'],
  [
    'unknown variable in a branch not taken',
    '{{#if no}}{{sh nope}}{{/if}}',
    'demo.hbs:1:16: unknown variable nope',
  ],
  ['inherited property', '{{sh with.constructor}}', 'demo.hbs:1:6: unknown variable with.constructor'],
  ['raw interpolation', 'RUN echo {{with.list}}', 'demo.hbs:1:10: {{with.list}} is not quoted'],
  ['triple braces', 'RUN echo {{{no}}}', 'demo.hbs:1:10: {{no}} is not quoted'],
  ['unknown partial', '{{> gone}}', 'demo.hbs:1:1: unknown partial gone'],
  ['unknown block', '{{#with with}}{{/with}}', 'demo.hbs:1:1: unknown block {{#with}}'],
  [
    'a list where a word is wanted',
    '{{sh with.list}}',
    'demo.hbs:1:1: the value ["one"] is a list, not one value',
  ],
  ['inside a partial', 'x\n{{> inner}}', 'inner.hbs:2:6: unknown variable nope'],
])('refuses: %s', (_, text, said) => {
  const partials = { inner: 'y\n{{sh nope}}' };
  expect(refusal(() => render(text, { with: { list: ['one'] }, no: false }, partials))).toBe(said);
});

test('refuses what is not Handlebars, with its line', () => {
  expect(refusal(() => render('a\n{{#if x}}\nb', { x: 1 }))).toMatch(
    /^demo\.hbs:\d+(:\d+)?: not a valid template/,
  );
});

test.each([
  ['line break', '{{sh v}}', 'x\nRUN evil'],
  ['NUL', '{{quoted v}}', 'x\0'],
  ['here-document', 'RUN echo {{sh v}}', '<<EOF'],
  ['not a reference', 'FROM {{ref v}}', 'debian:trixie AS x'],
  ['upper case in a reference', 'FROM {{ref v}}', '$(id)'],
  ['wildcard in a path', 'COPY {{paths v "/"}}', '*'],
  ['variable in a path', 'COPY {{paths v "/"}}', '$HOME'],
])('refuses a hostile value: %s', (_, text, v) => {
  expect(refusal(() => render(text, { v }))).toMatch(/^demo\.hbs:1:\d+: the value /);
});

test('a partial gets its parameters', () => {
  expect(render('{{> inner words=list}}', { list: ['a', 'b'] }, { inner: 'RUN {{shlist words}}' })).toBe(
    'RUN a \\\n      b\n',
  );
});

test('a branch that rccl.patched rules out may name layers and sources that are not there', () => {
  const text =
    '{{#if rccl.patched}}COPY --from={{ref layers.rccl}} {{paths sources.rccl.path "/"}} {{sh versions.rccl}}{{else}}# stock{{/if}}';
  const there = { layers: { rccl: 'a:b' }, sources: { rccl: { path: 's' } }, versions: { rccl: '1' } };
  expect(render(text, { rccl: { patched: true }, ...there })).toBe('COPY --from=a:b ["s","/"] 1\n');
  const gone = { layers: {}, sources: {}, versions: {} };
  expect(render(text, { rccl: { patched: false }, ...gone })).toBe('# stock\n');
  const unless = '{{#unless rccl.patched}}# stock{{else}}{{ref layers.rccl}}{{/unless}}';
  expect(render(unless, { rccl: { patched: false }, ...gone })).toBe('# stock\n');
});

test.each([
  ['outside of it', '{{ref layers.rccl}}', 'demo.hbs:1:7: unknown variable layers.rccl'],
  [
    'in the other branch',
    '{{#if rccl.patched}}x{{else}}{{ref layers.rccl}}{{/if}}',
    'demo.hbs:1:36: unknown variable layers.rccl',
  ],
  [
    'behind another condition',
    '{{#if no}}{{ref layers.rccl}}{{/if}}',
    'demo.hbs:1:17: unknown variable layers.rccl',
  ],
  ['something else inside', '{{#if rccl.patched}}{{sh nope}}{{/if}}', 'demo.hbs:1:26: unknown variable nope'],
])('refuses what is not there: %s', (_, text, said) => {
  expect(refusal(() => render(text, { rccl: { patched: false }, layers: {}, no: false }))).toBe(said);
});

test('an image that makes no choice has nothing to ask', () => {
  expect(refusal(() => render('{{#if rccl.patched}}x{{/if}}', {}))).toBe(
    'demo.hbs:1:7: unknown variable rccl.patched',
  );
});
