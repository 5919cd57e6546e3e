import { join } from 'node:path';
import type { CatalogImage } from '../../catalog/catalog.ts';
import type { Image } from '../../model/image.ts';
import { Renderer } from '../../render/renderer.ts';
import type { PreparedSource } from '../../sources/prepared.ts';
import { type Inputs, recipesOf } from '../recipe.ts';
import { settingsOf } from '../settings.ts';
import { sha256Of, type World } from './random-world.ts';

/**
 * The keys that halobox gives the layers of a generated image which the released one needs, by name.
 * @param folder where its files are said to be.
 * @param turn puts lists in another order that YAML maps and Maps may come in.
 */
export function keysOfWorld(
  world: World,
  folder = '/somewhere',
  turn: <T>(list: readonly T[]) => readonly T[] = (list) => list,
): Map<string, string> {
  const table = <T>(entries: readonly (readonly [string, T])[]) => Object.fromEntries(turn(entries));
  const { base, layers, rccl, told } = world;
  const sources = Object.entries(world.sources);
  const definition = {
    ...{ image: 'demo', title: 'Demo', description: '', version: told.version, licenses: 'MIT' },
    ...{ source: 'https://example.com/demo', target: told.target, untested: [] },
    base: { suite: 'trixie', ...(base.kind === 'oci' ? { oci: 'debian' } : { debootstrap: {} }) },
    arguments: { flavour: { default: 'plain', values: turn(['plain', told.flavour]) } },
    sources: table(sources.map(([name, { series }]) => [name, { series: series.map((one) => one.name) }])),
    layers: table(
      layers.map((layer) => [
        layer.name,
        {
          ...layer,
          ...{ purpose: '', buildOnly: false },
          with: table(Object.entries(layer.with)),
          files: turn(layer.files.map((file) => ({ from: file, to: `to/${file}` }))),
        },
      ]),
    ),
    final: layers.at(-1)!.name,
    ...(rccl && {
      rccl: {
        ...{ choice: 'patched', source: sources[0]![0], library: '/l', symbols: [] },
        layer: layers[rccl.layer]!.name,
        neededBy: [{ layer: layers[rccl.earlier]!.name, file: '/f' }],
      },
    }),
  } as unknown as Image;
  const image: CatalogImage = {
    ...{ folder, definition, knownBad: [] },
    place: () => ({ file: join(folder, 'image.yaml') }),
  };
  const inputs: Inputs = {
    base:
      base.kind === 'oci'
        ? { kind: 'oci', reference: `docker.io/library/debian@sha256:${base.digest}` }
        : { kind: 'debootstrap', file: join(folder, 'rootfs.tar'), digest: base.digest },
    sources: new Map(
      turn(
        sources.map(([name, { identity, series }]): [string, PreparedSource] => [
          name,
          {
            ...{ name, version: '1.0', identity, content: { kind: 'tree', path: join(folder, name) } },
            series: series.map((one) => ({ ...one, patches: {} })),
          },
        ]),
      ),
    ),
    versions: table(sources.map(([name]) => [name, '1.0'])),
    debian: table([
      ['package', told.package],
      ['other', '1'],
    ]),
    files: new Map(
      turn(
        Object.entries(world.files).map(([name, { bytes, executable }]) => [
          join(folder, 'files', name),
          { sha256: sha256Of(bytes), executable },
        ]),
      ),
    ),
    ...(rccl && { rccl: { decided: 'patched', why: rccl.why } }),
  };
  const templates = Object.entries(world.templates).map(
    ([kind, text]) => [kind, { file: join(folder, kind), text }] as const,
  );
  const renderer = new Renderer(new Map(turn(templates)), new Map());
  const recipes = recipesOf(image, inputs, settingsOf(definition, [`flavour=${told.flavour}`], []), renderer);
  return new Map(recipes.map(({ layer, key }) => [layer, key]));
}
