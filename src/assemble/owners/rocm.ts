import type { Owners } from './owner.ts';

/**
 * Components of ROCm trees. An unpacked ROCm tells its version in `.info/version` and keeps no list of who brought
 * what; TheRock's own descriptors tell components by names of files and folders
 * (https://github.com/ROCm/TheRock/blob/main/math-libs/BLAS/artifact-blas.toml), and so does this: `lib/librocblas.so.5`,
 * `lib/rocblas/library/…`, `include/rocblas/…` and `share/doc/rocblas/…` are `rocblas`.
 */
export const rocmOwners: Owners = {
  reads: () => false,
  find(tree) {
    const owners = new Map<string, string>();
    const roots = [...tree.keys()].flatMap((path) => /^(.*\/)\.info\/version$/.exec(path)?.[1] ?? []);
    for (const [path, { type }] of tree) {
      const root = roots.find((folder) => path.startsWith(folder));
      if (root === undefined || type === 'directory') continue;
      const owner = componentOf(path.slice(root.length));
      if (owner !== undefined) owners.set(path, owner);
    }
    return owners;
  },
};

/** Folders that many components share. */
const shared = new Set([
  '.kpack',
  'bin',
  'cmake',
  'doc',
  'etc',
  'include',
  'lib',
  'lib64',
  'libexec',
  'man',
  'pkgconfig',
  'share',
]);

function componentOf(path: string): string | undefined {
  const name = path.split('/').find((part) => !shared.has(part));
  const [, component] =
    /^(?:lib(?=.))?([a-z0-9]+(?:[-_](?!gfx)[a-z]+)*)/.exec((name ?? '').toLowerCase()) ?? [];
  return component?.replaceAll('_', '-');
}
