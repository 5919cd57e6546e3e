import { expect, test } from 'vitest';
import type { Image } from '../model/image.ts';
import { bakeFile } from './bake.ts';
import type { Inputs, Recipe } from './recipe.ts';

const recipe = (layer: string, network: 'default' | 'none', ...needs: string[]) =>
  ({
    layer,
    key: layer.repeat(3),
    reference: `localhost/halobox/${layer}:${layer.repeat(3)}`,
    definition: { needs, network },
  }) as unknown as Recipe;
const recipes = [
  recipe('base', 'default'),
  recipe('rccl', 'none', 'base'),
  recipe('app', 'none', 'base', 'rccl'),
];
const definition = {
  image: 'demo',
  title: 'Demo',
  target: 'gfx1151',
  base: { suite: 'trixie' },
  sources: {},
  // biome-ignore lint/suspicious/noTemplateCurlyInString: bake would read it as its own.
  untested: ['what ${HOME} and %{if} say'],
} as unknown as Image;
const inputs: Inputs = {
  base: { kind: 'oci', reference: 'debian@sha256:1' },
  sources: new Map(),
  versions: {},
  debian: {},
  files: new Map(),
};

test('the graph as bake has it: what a FROM or --from names is the target that makes it', () => {
  const settings = { arguments: {}, withoutSeries: [], version: '1.0.0' };
  const { group, target } = bakeFile(recipes, { definition, inputs, settings } as Parameters<
    typeof bakeFile
  >[1]);
  expect(group).toEqual({
    default: { targets: ['app'] },
    layers: { targets: ['base', 'rccl', 'app'] },
  });
  expect(target.base).toEqual({
    context: 'base',
    dockerfile: 'Containerfile',
    tags: ['localhost/halobox/base:basebasebase'],
    labels: { 'io.halobox.layer': 'base', 'io.halobox.key': 'basebasebase' },
  });
  expect(target.app).toMatchObject({
    network: 'none',
    contexts: {
      'localhost/halobox/base:basebasebase': 'target:base',
      'localhost/halobox/rccl:rcclrcclrccl': 'target:rccl',
    },
    labels: { 'io.halobox.version': '1.0.0', 'io.halobox.target': 'gfx1151' },
  });
  expect(target.app!.labels['io.halobox.untested']).toBe('["what $${HOME} and %%{if} say"]');
  expect(Object.keys(target.app!.labels)).not.toContain('org.opencontainers.image.created');
});
