import type { Random } from '../../lock/testing/random.ts';
import { naming, type Told, type World } from './random-world.ts';

/** One byte of one input changed, and the layers that take that input themselves, found without halobox. */
export interface WorldChange {
  what: string;
  world: World;
  direct: readonly string[];
}

/** Every kind of change that a generated image allows, each made once at a random place. */
export function worldChanges(world: World, random: Random): WorldChange[] {
  const { layers } = world;
  const changes: WorldChange[] = [];
  const released = layers.at(-1)!.name;
  const change = (what: string, make: (copy: World) => void, direct: (copy: World) => string[]) => {
    const copy = structuredClone(world);
    make(copy);
    changes.push({ what, world: copy, direct: direct(world) });
  };
  const users = (list: 'sources' | 'files', name: string) =>
    layers.filter((layer) => layer[list].includes(name)).map(({ name }) => name);

  const at = random.below(layers.length);
  const layer = layers[at]!.name;
  const value = random.pick(['text', 'more']);
  change(
    `${value} of ${layer}`,
    (copy) => {
      copy.layers[at]!.with[value] = flipped(copy.layers[at]!.with[value]!, random);
    },
    () => [layer],
  );
  change(
    `network of ${layer}`,
    (copy) => {
      copy.layers[at]!.network = copy.layers[at]!.network === 'none' ? 'default' : 'none';
    },
    () => [layer],
  );
  const kind = random.pick(Object.keys(world.templates));
  change(
    `template ${kind}`,
    (copy) => {
      copy.templates[kind] = `${copy.templates[kind]}#\n`;
    },
    () => layers.filter((one) => one.kind === kind).map(({ name }) => name),
  );
  change(
    `base ${world.base.kind}`,
    (copy) => {
      copy.base.digest = flipped(copy.base.digest, random);
    },
    () =>
      layers
        .filter(({ needs, kind }) => {
          const template = world.templates[kind]!;
          if (world.base.kind === 'debootstrap')
            return needs.length === 0 && template.includes('base.debootstrap');
          return (
            template.includes('base.oci') && (needs.length === 0 || !template.includes('{{ref parent}}'))
          );
        })
        .map(({ name }) => name),
  );
  for (const name of Object.keys(naming) as Told[]) {
    const named = (...names: Told[]) =>
      layers.flatMap((layer) =>
        names.some((one) => world.templates[layer.kind]!.includes(naming[one])) ? [layer.name] : [],
      );
    change(
      name,
      (copy) => {
        copy.told[name] = flipped(copy.told[name], random);
      },
      () => {
        if (name === 'package') return named(name);
        // The version says what was set, and the released layer's ledger has all three.
        return [...named(...(name === 'flavour' ? [name, 'version' as const] : [name])), released];
      },
    );
  }
  if (world.rccl)
    change(
      'why RCCL is patched',
      (copy) => {
        copy.rccl!.why = flipped(copy.rccl!.why, random);
      },
      () => [released],
    );
  for (const file of some(Object.keys(world.files), random)) {
    change(
      `bytes of ${file}`,
      (copy) => {
        copy.files[file]!.bytes = flipped(copy.files[file]!.bytes, random);
      },
      () => users('files', file),
    );
    change(
      `executable bit of ${file}`,
      (copy) => {
        copy.files[file]!.executable = !copy.files[file]!.executable;
      },
      () => users('files', file),
    );
  }
  for (const source of some(Object.keys(world.sources), random)) {
    // The ledger of the released layer tells of every source.
    const direct = () => [...users('sources', source), released];
    change(
      `identity of ${source}`,
      (copy) => {
        const { identity } = copy.sources[source]!;
        copy.sources[source]!.identity =
          'sha256' in identity
            ? { sha256: flipped(identity.sha256, random) }
            : { revision: flipped(identity.revision, random) };
      },
      direct,
    );
    const { series } = world.sources[source]!;
    if (series.length === 0) continue;
    const which = random.below(series.length);
    change(
      `digest of ${series[which]!.name}`,
      (copy) => {
        const one = copy.sources[source]!.series[which]!;
        one.digest = flipped(one.digest, random);
      },
      direct,
    );
    const patch = random.below(series[which]!.verdicts.length);
    change(
      `verdict in ${series[which]!.name}`,
      (copy) => {
        const one = copy.sources[source]!.series[which]!.verdicts[patch]!;
        one.verdict = one.verdict === 'applies' ? 'applied' : 'applies';
      },
      direct,
    );
  }
  return changes;
}

/** One of a list, or none of an empty one. */
function some<T>(list: readonly T[], random: Random): T[] {
  return list.length === 0 ? [] : [random.pick(list)];
}

/** The text with one hexadecimal digit turned into another. */
function flipped(text: string, random: Random): string {
  const at = random.below(text.length);
  const digit = (Number.parseInt(text[at]!, 16) + 1 + random.below(15)) % 16;
  return text.slice(0, at) + digit.toString(16) + text.slice(at + 1);
}
