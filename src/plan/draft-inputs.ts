import type { Image } from '../model/image.ts';
import type { RcclDecision } from '../model/rccl-decision.ts';
import type { Inputs } from './recipe.ts';

const unknown = '0'.repeat(64);

/**
 * Inputs with stand-ins for everything that must be fetched. Rendering with them finds what is wrong with templates
 * before the network is asked.
 * @param locked what the lock says already.
 */
export function draftInputs(
  image: Image,
  files: Inputs['files'],
  locked: Pick<Inputs, 'versions' | 'debian'>,
  rccl: RcclDecision | undefined,
): Inputs {
  const sources = Object.keys(image.sources).map(
    (name) =>
      [
        name,
        {
          name,
          version: locked.versions[name]!,
          identity: { sha256: unknown },
          content: { kind: 'tree' as const, path: '' },
          series: [],
        },
      ] as const,
  );
  return {
    base: image.base.debootstrap
      ? { kind: 'debootstrap', file: '', digest: unknown }
      : { kind: 'oci', reference: `unknown@sha256:${unknown}` },
    sources: new Map(sources),
    ...locked,
    files,
    rccl,
  };
}
