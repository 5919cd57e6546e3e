import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InvalidInput } from '../model/error.ts';
import type { Image } from '../model/image.ts';
import { findCycle } from '../model/layer-graph.ts';
import { ledgerName } from '../model/ledger.ts';
import { tagPattern } from '../model/name.ts';
import { tagText } from '../model/tag.ts';
import { checkRccl } from './check-rccl.ts';
import { inside } from './inside.ts';
import type { YamlFile } from './yaml-file.ts';

/** What halobox itself puts into contexts. */
const reserved = ['Containerfile', 'rootfs.tar', 'sources', ledgerName];

/**
 * Checks what a schema cannot: that everything named is there, and that the layers form a graph without a cycle.
 * @throws InvalidInput with file:line:column.
 */
export function checkImage(folder: string, yaml: YamlFile<Image>, templates: string): void {
  const image = yaml.value;
  const fail = (path: readonly PropertyKey[], what: string, next: string): never => {
    throw new InvalidInput({ what, where: yaml.place(path), next });
  };
  const known = (names: Iterable<string>): string => `Known: ${[...names].sort().join(', ') || 'none'}.`;

  if (image.image !== basename(folder)) {
    fail(
      ['image'],
      `the image is called ${image.image} but its folder ${basename(folder)}`,
      'Give both the same name.',
    );
  }
  if (!image.base.debootstrap && !image.base.oci) {
    fail(['base'], 'the base has neither `debootstrap` nor `oci`', 'Give at least one of them.');
  }
  const layers = Object.keys(image.layers);
  if (!layers.includes(image.final)) fail(['final'], `there is no layer ${image.final}`, known(layers));
  for (const [name, layer] of Object.entries(image.layers)) {
    const at = ['layers', name];
    if (!existsSync(join(templates, `${layer.kind}.hbs`))) {
      fail(
        [...at, 'kind'],
        `there is no template ${join(templates, `${layer.kind}.hbs`)}`,
        'Add it or correct `kind`.',
      );
    }
    layer.needs.forEach((need, index) => {
      if (!layers.includes(need))
        fail([...at, 'needs', index], `layer ${name} needs an unknown layer ${need}`, known(layers));
    });
    layer.sources.forEach((source, index) => {
      if (!(source in image.sources)) {
        fail(
          [...at, 'sources', index],
          `layer ${name} names an unknown source ${source}`,
          known(Object.keys(image.sources)),
        );
      }
    });
    layer.files.forEach((file, index) => {
      const taken = [...reserved, ...layer.files.slice(0, index).map(({ to }) => to)];
      if (taken.includes(file.to.split('/')[0]!) || taken.includes(file.to)) {
        fail(
          [...at, 'files', index, 'to'],
          `${file.to} is taken in the context of layer ${name}`,
          'Choose another name.',
        );
      }
      inside(join(folder, 'files'), file.from, yaml.place([...at, 'files', index, 'from']));
    });
  }
  const cycle = findCycle(image.layers);
  if (cycle) {
    fail(
      ['layers', cycle[0]!, 'needs'],
      `layers need each other in a circle: ${cycle.join(' → ')}`,
      'Remove one of these `needs`.',
    );
  }
  checkRccl(yaml);
  image.tags.forEach((tag, index) => {
    if (!tag.includes('{version}')) {
      fail(
        ['tags', index],
        `the tag ${JSON.stringify(tag)} does not name the version`,
        'Put `{version}` into it: builds with other settings would take the tag of the plain image otherwise.',
      );
    }
    const example = tagText(tag, image.version, new Date(0));
    if (!tagPattern.test(example)) {
      fail(
        ['tags', index],
        `${JSON.stringify(tag)} makes the tag ${JSON.stringify(example)}, which no registry takes`,
        'Use letters, digits, "_", "." and "-", at most 128, not starting with "." or "-"; `{version}` and `{time}` are replaced.',
      );
    }
  });
}
