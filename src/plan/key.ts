import { createHash } from 'node:crypto';
import { canonical } from '../model/canonical.ts';
import type { PatchVerdict } from '../model/series.ts';

/**
 * Goes up when the meaning of a key changes, so that layers of an older halobox are never taken for new ones.
 * 2: the layer's own name instead of the image's.
 */
const keyVersion = 2;

interface SeriesInputs {
  /** Told when a difference is explained; the digest is what decides. */
  name: string;
  /** sha256 over what the series says and its patches. */
  digest: string;
  /** The same of each patch, by its id; only told, as the name is. */
  patches?: Readonly<Record<string, string>> | undefined;
  /** In the order in which the patches were tried. */
  verdicts: readonly Pick<PatchVerdict, 'id' | 'verdict'>[];
}

/**
 * Everything that decides a layer's bytes, and nothing else: not the image, the clock, the machine, the place or the
 * order in YAML. docs/planning.md says what each holds.
 */
export interface KeyInputs {
  /** Its name, which stands in its reference and its label. */
  layer: string;
  containerfile: string;
  /** Version of each Debian package that the Containerfile pins, by name; the text has them already, so they are only explained. */
  packages: Readonly<Record<string, string>>;
  network: 'default' | 'none';
  /** sha256 of the root file system under a layer without parents; undefined for the others and for OCI bases. */
  rootFileSystem?: string | undefined;
  /** By name: the source's bytes (a file's digest or a commit) and what was done to them. */
  sources: Readonly<Record<string, SourceInputs>>;
  /** By path in the context. */
  files: Readonly<Record<string, { sha256: string; executable: boolean }>>;
  /** Keys of the layers that it needs, by name. */
  parents: Readonly<Record<string, string>>;
}

export interface SourceInputs {
  sha256?: string | undefined;
  revision?: string | undefined;
  series: readonly SeriesInputs[];
}

/** The content address of a layer: 64 hexadecimal digits. */
export function layerKey({ packages: _, sources, ...inputs }: KeyInputs): string {
  const unnamed = Object.entries(sources).map(([name, { series, ...identity }]) => [
    name,
    { ...identity, series: series.map(({ digest, verdicts }) => ({ digest, verdicts })) },
  ]);
  return createHash('sha256')
    .update(
      `halobox-layer-key ${keyVersion}\n${canonical({ ...inputs, sources: Object.fromEntries(unnamed) })}`,
    )
    .digest('hex');
}
