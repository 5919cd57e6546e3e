import { createHash } from 'node:crypto';
import { canonical } from '../model/canonical.ts';

/** Goes up when the meaning of a key changes, so that layers of an older halobox are never taken for new ones. */
const keyVersion = 1;

interface SeriesInputs {
  digest: string;
  /** `<patch>: <verdict>` in order. */
  verdicts: readonly string[];
}

/** Everything that decides a layer's bytes, and nothing else: not the clock, the machine, the place or the order in YAML. */
export interface KeyInputs {
  containerfile: string;
  network: 'default' | 'none';
  /** sha256 of the root file system under a layer without parents; undefined for the others and for OCI bases. */
  rootFileSystem: string | undefined;
  /** By name: the source's bytes (a file's digest or a commit) and what was done to them. */
  sources: Readonly<Record<string, { sha256?: string; revision?: string; series: readonly SeriesInputs[] }>>;
  /** By path in the context. */
  files: Readonly<Record<string, { sha256: string; executable: boolean }>>;
  /** Keys of the layers that it needs, by name. */
  parents: Readonly<Record<string, string>>;
}

/** The content address of a layer: 64 hexadecimal digits. */
export function layerKey(inputs: KeyInputs): string {
  return createHash('sha256')
    .update(`halobox-layer-key ${keyVersion}\n${canonical(inputs)}`)
    .digest('hex');
}
