import type { Image } from '../model/image.ts';
import { decidedImage } from './rccl-choice.ts';
import type { Inputs, Recipe } from './recipe.ts';
import type { Settings } from './settings.ts';

/** The labels by which halobox finds and explains its images again; docs/labels.md says what each holds. */
export const label = {
  image: 'io.halobox.image',
  layer: 'io.halobox.layer',
  key: 'io.halobox.key',
  chain: 'io.halobox.chain',
  final: 'io.halobox.final',
  version: 'io.halobox.version',
  target: 'io.halobox.target',
  arguments: 'io.halobox.arguments',
  base: 'io.halobox.base',
  sources: 'io.halobox.sources',
  series: 'io.halobox.series',
  rccl: 'io.halobox.rccl',
  rcclWhy: 'io.halobox.rccl.why',
  untested: 'io.halobox.untested',
} as const;

/** Labels of any layer, equal in every image that has it. */
export function layerLabels({ layer, key }: Pick<Recipe, 'layer' | 'key'>): Record<string, string> {
  return { [label.layer]: layer, [label.key]: key };
}

/** Where a released image comes from. */
export interface Origin {
  /** The commit of its definition, with `-dirty` when files differ from it; undefined: it is in no git checkout. */
  revision: string | undefined;
  created: Date;
}

/**
 * Labels of the released image. `created` and `revision` are told here and not in the Containerfile, because they
 * decide no layer.
 */
export function releaseLabels(
  image: Image,
  inputs: Inputs,
  settings: Settings,
  origin: Origin,
): Record<string, string> {
  const { base } = inputs;
  const sources = [...inputs.sources.values()];
  // A source that was only held against its series and then not built is not in the image.
  const { sources: inside } = decidedImage(image, inputs.rccl);
  const series = Object.fromEntries(
    sources.flatMap((source) =>
      source.series.map(({ name, digest, verdicts }) => [name, { digest, verdicts }]),
    ),
  );
  const off = Object.fromEntries(settings.withoutSeries.map((name) => [name, { off: true }]));
  return {
    'org.opencontainers.image.created': origin.created.toISOString(),
    ...(origin.revision && { 'org.opencontainers.image.revision': origin.revision }),
    ...(base.kind === 'oci' && { 'org.opencontainers.image.base.name': base.reference }),
    [label.image]: image.image,
    [label.version]: settings.version,
    [label.target]: image.target,
    [label.arguments]: JSON.stringify(settings.arguments),
    [label.base]:
      base.kind === 'oci' ? base.reference : `debootstrap:${image.base.suite}@sha256:${base.digest}`,
    [label.sources]: JSON.stringify(
      Object.fromEntries(
        sources
          .filter(({ name }) => Object.hasOwn(inside, name))
          .map(({ name, version, identity }) => [name, { version, ...identity }]),
      ),
    ),
    [label.series]: JSON.stringify({ ...series, ...off }),
    ...(inputs.rccl && { [label.rccl]: inputs.rccl.decided, [label.rcclWhy]: inputs.rccl.why }),
    [label.untested]: JSON.stringify(image.untested),
  };
}
