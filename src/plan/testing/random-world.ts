import { createHash } from 'node:crypto';
import type { Random } from '../../lock/testing/random.ts';
import type { Verdict } from '../../model/series.ts';

/** Everything that a generated image is made from, as plain data: a copy of it can be changed and set beside it. */
export interface World {
  /** Layers need earlier ones only; the last one is released. */
  layers: WorldLayer[];
  /** Text by kind of layer. */
  templates: Record<string, string>;
  sources: Record<string, WorldSource>;
  /** By path below files/. */
  files: Record<string, { bytes: string; executable: boolean }>;
  base: { kind: 'debootstrap' | 'oci'; digest: string };
  /** A layer whose users come after another one, for its files alone; by position. */
  rccl: { layer: number; earlier: number; why: string } | undefined;
  /** What templates may name of the image, its settings and its lock. */
  told: Record<Told, string>;
}

export type Told = 'target' | 'version' | 'flavour' | 'package';

/** How a template names each. */
export const naming: Readonly<Record<Told, string>> = {
  target: '{{comment target}}',
  version: '{{comment image.version}}',
  flavour: '{{comment arguments.flavour}}',
  package: '{{comment debian.package}}',
};

interface WorldLayer {
  name: string;
  kind: string;
  needs: string[];
  sources: string[];
  files: string[];
  network: 'default' | 'none';
  with: Record<string, string>;
}

interface WorldSource {
  identity: { sha256: string } | { revision: string };
  series: { name: string; digest: string; verdicts: { id: string; verdict: Verdict }[] }[];
}

const verdicts: Verdict[] = ['applies', 'applied', 'upstream', 'not-applicable'];

/** An image of 2 to 14 layers with random edges, shared sources, shared files and shared templates. */
export function randomWorld(random: Random): World {
  const count = 2 + random.below(13);
  const kinds = names('kind', 1 + random.below(4));
  const sources = names('source', random.below(5));
  const files = names('file', random.below(6));
  const density = random.next();
  const layers = names('layer', count).map((name, at, all): WorldLayer => {
    const earlier = all.slice(0, at).filter(() => random.chance(density * 0.6));
    return {
      name,
      kind: random.pick(kinds),
      needs: random.shuffled(earlier),
      sources: sources.filter(() => random.chance(0.3)),
      files: files.filter(() => random.chance(0.3)),
      network: random.chance(0.5) ? 'default' : 'none',
      with: { text: hex(random, 8), more: hex(random, 8) },
    };
  });
  const used = new Set(layers.flatMap((layer) => layer.sources));
  return {
    layers,
    templates: Object.fromEntries(kinds.map((kind) => [kind, templateOf(kind, random)])),
    sources: Object.fromEntries(
      sources.filter((name) => used.has(name)).map((name) => [name, randomSource(name, random)]),
    ),
    files: Object.fromEntries(
      files.map((name) => [name, { bytes: hex(random, 16), executable: random.chance(0.5) }]),
    ),
    base: { kind: random.chance(0.5) ? 'debootstrap' : 'oci', digest: hex(random, 64) },
    rccl:
      used.size > 0 && random.chance(0.3) && count > 2
        ? { layer: count - 2, earlier: 0, why: hex(random, 8) }
        : undefined,
    told: {
      target: hex(random, 4),
      version: hex(random, 4),
      flavour: hex(random, 4),
      package: hex(random, 4),
    },
  };
}

function randomSource(name: string, random: Random): WorldSource {
  return {
    identity: random.chance(0.5) ? { sha256: hex(random, 64) } : { revision: hex(random, 40) },
    series: names(`${name}-series`, random.below(3)).map((series) => ({
      name: series,
      digest: hex(random, 64),
      verdicts: names('patch', 1 + random.below(3)).map((id) => ({ id, verdict: random.pick(verdicts) })),
    })),
  };
}

/**
 * Some name their parent and so its key; the others' layers know of it by their own key alone. Some stand on no base
 * at all, and some on none that mmdebstrap makes.
 */
function templateOf(kind: string, random: Random): string {
  const told = Object.values(naming).filter(() => random.chance(0.3));
  const head = `# ${kind} ${hex(random, 8)} {{comment with.text}} {{comment with.more}} ${told.join(' ')}\n`;
  if (random.chance(0.2)) return `${head}FROM scratch\n`;
  if (random.chance(0.3)) return `${head}FROM {{#if base.oci}}{{ref base.oci}}{{else}}scratch{{/if}}\n`;
  return `${head}\
{{#if parent}}
FROM {{ref parent}}
{{else}}{{#if base.debootstrap}}
FROM scratch
ADD rootfs.tar /
{{else}}
FROM {{ref base.oci}}
{{/if}}{{/if}}
`;
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}-${at}`);
}

function hex(random: Random, digits: number): string {
  return Array.from({ length: digits }, () => random.below(16).toString(16)).join('');
}

export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
