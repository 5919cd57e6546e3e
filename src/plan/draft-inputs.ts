import type { Image } from '../model/image.ts';
import type { RcclDecision } from '../model/rccl-decision.ts';
import type { Inputs } from './recipe.ts';

const unknown = '0'.repeat(64);

/**
 * Inputs with stand-ins for everything that must be fetched. Rendering with them finds what is wrong with templates
 * before the network is asked.
 */
export function draftInputs(image: Image, files: Inputs['files'], rccl: RcclDecision | undefined): Inputs {
  const sources = Object.entries(image.sources).map(
    ([name, { version, sha256 }]) => [name, { name, version, sha256, tree: '', series: [] }] as const,
  );
  return {
    base: image.base.debootstrap
      ? { kind: 'debootstrap', file: '', digest: unknown }
      : { kind: 'oci', reference: image.base.oci ?? 'unknown' },
    sources: new Map(sources),
    files,
    rccl,
  };
}
