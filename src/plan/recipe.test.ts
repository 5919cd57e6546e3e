import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CatalogImage } from '../catalog/catalog.ts';
import type { ImageFacts } from '../engine/engine.ts';
import type { Image } from '../model/image.ts';
import { ledgerSchema } from '../model/ledger.ts';
import type { PatchVerdict } from '../model/series.ts';
import { Renderer } from '../render/renderer.ts';
import type { PreparedSource } from '../sources/prepared.ts';
import { describeImage } from './describe-image.ts';
import { layerKey } from './key.ts';
import { releaseLabels } from './labels.ts';
import { ledgerText } from './ledger.ts';
import { type Inputs, recipesOf } from './recipe.ts';
import { settingsOf } from './settings.ts';

const layer = (needs: string[], sources: string[] = []) => ({
  kind: 'plain',
  purpose: '',
  needs,
  sources,
  files: [],
  network: 'none',
  buildOnly: false,
  with: {},
});
const definition = {
  image: 'demo',
  title: 'Demo',
  description: '',
  version: '1.0.0',
  licenses: 'MIT',
  source: 'https://example.com/demo',
  target: 'gfx1151',
  base: { suite: 'trixie', oci: 'debian' },
  arguments: {},
  sources: { rccl: { series: ['fix', 'other'] }, tool: { series: [] } },
  layers: {
    base: layer([]),
    torch: layer(['base'], ['tool']),
    rccl: layer(['base'], ['rccl']),
    app: layer(['base', 'rccl', 'torch']),
  },
  rccl: {
    choice: 'auto',
    source: 'rccl',
    layer: 'rccl',
    library: '/l',
    neededBy: [{ layer: 'torch', file: '/t' }],
    symbols: [],
  },
  final: 'app',
  untested: [],
} as unknown as Image;
const notApplicable: PatchVerdict = { id: 'b', verdict: 'not-applicable', reason: 'it serves gfx1152' };

const prepared = (name: string, verdicts: PatchVerdict[]): PreparedSource => ({
  name,
  version: '5.4.3',
  identity: { sha256: name.repeat(4) },
  content: { kind: 'tree', path: `/cache/${name}` },
  series: verdicts.length > 0 ? [{ name: 'fix', digest: 'd', patches: { a: 'p' }, verdicts }] : [],
});
const inputsOf = (
  verdicts: PatchVerdict[],
  decided: 'patched' | 'stock' = 'patched',
  why = 'so',
): Inputs => ({
  base: { kind: 'oci', reference: 'debian' },
  versions: { rccl: '5.4.3', tool: '5.4.3' },
  debian: { zip: '3.0-15' },
  sources: new Map([prepared('tool', []), prepared('rccl', verdicts)].map((one) => [one.name, one])),
  files: new Map(),
  rccl: { decided, why },
});
const applies: PatchVerdict[] = [{ id: 'a', verdict: 'applies' }, notApplicable];

function recipes(inputs: Inputs, without: string[] = [], text = 'FROM {{ref base.oci}}') {
  const image: CatalogImage = {
    folder: '/i',
    definition,
    knownBad: [],
    place: () => ({ file: 'image.yaml' }),
  };
  const renderer = new Renderer(new Map([['plain', { file: 'plain.hbs', text }]]), new Map());
  return recipesOf(image, inputs, settingsOf(definition, [], without), renderer);
}
const keys = (inputs: Inputs, without?: string[]) =>
  Object.fromEntries(recipes(inputs, without).map(({ layer, key }) => [layer, key]));

test('a changed verdict changes the keys of the layer that is built from it and of those above', () => {
  const before = keys(inputsOf(applies));
  const after = keys(inputsOf([{ id: 'a', verdict: 'applied', reason: 'r' }, notApplicable]));
  expect(after.rccl).not.toBe(before.rccl);
  expect(after.app).not.toBe(before.app);
  expect([after.base, after.torch]).toEqual([before.base, before.torch]);
});

test('what only the ledger says changes the key of the released layer alone', () => {
  const before = keys(inputsOf(applies));
  for (const after of [keys(inputsOf(applies, 'patched', 'otherwise')), keys(inputsOf(applies), ['other'])]) {
    expect(after.app).not.toBe(before.app);
    expect({ ...after, app: '' }).toEqual({ ...before, app: '' });
  }
  const reason = keys(inputsOf([applies[0]!, { ...notApplicable, reason: 'another' }]));
  expect(reason.app).not.toBe(before.app);
  expect(reason.rccl).toBe(before.rccl);
});

test('the ledger is in the context of the released layer alone, and in its key like a file', () => {
  const all = recipes(inputsOf(applies));
  const holding = all.filter(({ context }) => context.some(({ path }) => path === 'ledger.json'));
  expect(holding.map(({ layer }) => layer)).toEqual(['app']);
  const { context, containerfile, key } = holding[0]!;
  const text = ledgerText(definition, inputsOf(applies), settingsOf(definition, [], []));
  expect(context).toContainEqual({ kind: 'text', path: 'ledger.json', text });
  const sha256 = createHash('sha256').update(text).digest('hex');
  expect(key).toBe(
    layerKey({
      layer: 'app',
      containerfile,
      packages: {},
      network: 'none',
      rootFileSystem: undefined,
      sources: {},
      files: { 'ledger.json': { sha256, executable: false } },
      parents: Object.fromEntries(all.slice(0, -1).map(({ layer, key }) => [layer, key])),
    }),
  );
});

test('the ledger holds the decision and every verdict with its reason, in bytes that no order changes', () => {
  const inputs = inputsOf(applies);
  const settings = settingsOf(definition, [], ['other']);
  const text = ledgerText(definition, inputs, settings);
  expect(ledgerSchema.parse(JSON.parse(text))).toEqual({
    image: 'demo',
    version: '1.0.0-without-other',
    target: 'gfx1151',
    rccl: { decided: 'patched', why: 'so' },
    sources: {
      rccl: {
        version: '5.4.3',
        sha256: 'rccl'.repeat(4),
        series: [{ name: 'fix', digest: 'd', verdicts: applies }],
      },
      tool: { version: '5.4.3', sha256: 'tool'.repeat(4), series: [] },
    },
    withoutSeries: ['other'],
  });
  const turned = { ...inputs, sources: new Map([...inputs.sources].reverse()) };
  expect(ledgerText(definition, turned, settings)).toBe(text);
  expect(text).not.toContain('/cache');
});

test('layers whose files are read for their symbols come before those that take the library', () => {
  const order = recipes(inputsOf(applies));
  expect(order.map(({ layer }) => layer)).toEqual(['base', 'rccl', 'torch', 'app']);
  expect(order.at(-1)?.after).toEqual(['base', 'rccl', 'torch']);
});

test('a layer that takes the library waits for those files too, though it needs none of them', () => {
  const layers = { ...definition.layers, app: layer(['rccl']) } as unknown as Image['layers'];
  const image: CatalogImage = {
    ...{ folder: '/i', definition: { ...definition, layers }, knownBad: [] },
    place: () => ({ file: 'image.yaml' }),
  };
  const renderer = new Renderer(
    new Map([['plain', { file: 'plain.hbs', text: 'FROM {{ref base.oci}}' }]]),
    new Map(),
  );
  const app = recipesOf(image, inputsOf(applies), settingsOf(definition, [], []), renderer).at(-1)!;
  expect(app.after).toEqual(['rccl', 'torch']);
  expect(Object.keys(app.inputs.parents)).toEqual(['rccl']);
});

test('with stock the layer and its source are gone, and what templates are told says so', () => {
  const text =
    'FROM {{ref base.oci}}\n{{#if rccl.patched}}{{sh versions.rccl}}{{else}}# stock {{sh versions.tool}}{{/if}}';
  const stock = recipes(inputsOf([notApplicable], 'stock'), [], text);
  expect(stock.map(({ layer }) => layer)).toEqual(['base', 'torch', 'app']);
  expect(stock.at(-1)?.containerfile).toBe('FROM debian\n# stock 5.4.3\n');
  expect(() => recipes(inputsOf([notApplicable], 'stock'), [], '{{sh versions.rccl}}')).toThrow(
    'unknown variable versions.rccl',
  );
});

test.each(['patched', 'stock'] as const)(
  'labels say %s and why, and are read back with every reason',
  (decided) => {
    const facts = { created: new Date(0), revision: undefined };
    const settings = settingsOf(definition, [], ['other']);
    const labels = releaseLabels(definition, inputsOf(applies, decided), settings, facts);
    expect(labels['io.halobox.rccl']).toBe(decided);
    expect(describeImage({ labels } as unknown as ImageFacts)).toMatchObject({
      rccl: { decided, why: 'so' },
      series: { fix: { digest: 'd', verdicts: applies }, other: { off: true } },
    });
    expect(Object.keys(describeImage({ labels } as unknown as ImageFacts).sources)).toEqual(
      decided === 'patched' ? ['tool', 'rccl'] : ['tool'],
    );
  },
);

test("others' images have no such label", () => {
  expect(describeImage({ labels: {} } as unknown as ImageFacts).rccl).toBeUndefined();
});

test('packages are installed in the versions that are locked', () => {
  const text = 'RUN apt-get install {{debs names debian}}';
  const withPackages = { ...definition, layers: { ...definition.layers } };
  withPackages.layers.base = { ...definition.layers.base!, with: { names: ['zip', 'strace'] } };
  const image: CatalogImage = {
    ...{ folder: '/i', definition: withPackages, knownBad: [] },
    place: () => ({ file: 'image.yaml' }),
  };
  const plain = { file: 'plain.hbs', text: text.replace('names', 'with.names') };
  const others = { file: 'other.hbs', text: 'FROM scratch' };
  for (const name of ['torch', 'rccl', 'app'])
    withPackages.layers[name] = { ...definition.layers[name]!, kind: 'other' };
  const renderer = new Renderer(
    new Map([
      ['plain', plain],
      ['other', others],
    ]),
    new Map(),
  );
  const [base] = recipesOf(image, inputsOf(applies), settingsOf(withPackages, [], []), renderer);
  expect(base?.containerfile).toBe('RUN apt-get install zip=3.0-15 \\\n      strace\n');
  expect(base?.inputs.packages).toEqual({ zip: '3.0-15' });
});

test('a wheel keeps its name in the context, and a commit decides a key as a digest does', () => {
  const inputs = inputsOf(applies);
  const whole = (identity: PreparedSource['identity']): Inputs => ({
    ...inputs,
    sources: new Map([
      ...inputs.sources,
      [
        'tool',
        {
          ...{ name: 'tool', version: '1.0', identity, series: [] },
          content: { kind: 'file', path: '/cache/abc', name: 'tool-1.0-py3-none-any.whl' },
        },
      ],
    ]),
  });
  const [, , torch] = recipes(whole({ sha256: 'a' }));
  expect(torch?.context).toEqual([
    {
      ...{ kind: 'file', path: 'sources/tool/tool-1.0-py3-none-any.whl', from: '/cache/abc', mode: 0o644 },
      sha256: 'a',
    },
  ]);
  expect(keys(whole({ revision: 'a' })).torch).not.toBe(keys(whole({ revision: 'b' })).torch);
  expect(keys(whole({ revision: 'a' })).torch).not.toBe(keys(whole({ sha256: 'a' })).torch);
});

test('a layer is the same in every image that has it; the released one is not', () => {
  const here = recipes(inputsOf(applies));
  const image: CatalogImage = {
    ...{ folder: '/another/place', knownBad: [] },
    definition: { ...definition, image: 'other', title: 'Another' },
    place: () => ({ file: 'image.yaml' }),
  };
  const renderer = new Renderer(
    new Map([['plain', { file: 'plain.hbs', text: 'FROM {{ref base.oci}}' }]]),
    new Map(),
  );
  const there = recipesOf(image, inputsOf(applies), settingsOf(definition, [], []), renderer);
  const references = (of: typeof here) => of.map(({ reference }) => reference);
  expect(references(there).slice(0, -1)).toEqual(references(here).slice(0, -1));
  expect(there.at(-1)?.reference).not.toBe(here.at(-1)?.reference);
  expect(here[0]?.reference).toBe(`localhost/halobox/base:${here[0]?.key}`);
});

test('a layer of files alone has neither the base nor a parent, and a mode for each file', () => {
  const files = [
    { from: 'x/run', to: 'usr/bin/run' },
    { from: 'note', to: 'etc/note' },
  ];
  const layers = { app: { ...layer([]), files } } as unknown as Image['layers'];
  const image: CatalogImage = {
    ...{ folder: '/i', definition: { ...definition, layers, rccl: undefined }, knownBad: [] },
    place: () => ({ file: 'image.yaml' }),
  };
  const text =
    'FROM scratch\n{{#each layer.files as |file|}}\nCOPY --chmod={{sh file.mode}} {{paths file.from file.to}}\n{{/each}}';
  const bare = '{{#if base.debootstrap}}FROM scratch\nADD rootfs.tar /{{/if}}';
  const inputs = (digest: string): Inputs => ({
    ...inputsOf(applies),
    base: { kind: 'debootstrap', file: '/cache/rootfs', digest },
    rccl: undefined,
    files: new Map([
      ['/i/files/x/run', { sha256: 'a', executable: true }],
      ['/i/files/note', { sha256: 'b', executable: false }],
    ]),
  });
  const recipe = (template: string, digest: string) => {
    const renderer = new Renderer(new Map([['plain', { file: 'plain.hbs', text: template }]]), new Map());
    return recipesOf(image, inputs(digest), settingsOf(image.definition, [], []), renderer)[0]!;
  };
  const { containerfile, context, inputs: made, key } = recipe(text, 'd');
  expect(containerfile).toBe(
    'FROM scratch\nCOPY --chmod=0755 ["usr/bin/run","/usr/bin/run"]\nCOPY --chmod=0644 ["etc/note","/etc/note"]\n',
  );
  expect([made.rootFileSystem, made.parents]).toEqual([undefined, {}]);
  expect(context.map(({ path }) => path)).not.toContain('rootfs.tar');
  expect(recipe(text, 'e').key).toBe(key);
  expect(recipe(bare, 'd').context.map(({ path }) => path)).toContain('rootfs.tar');
  expect(recipe(bare, 'e').key).not.toBe(recipe(bare, 'd').key);
});
