import { posix } from 'node:path';
import { realPath } from '../real-path.ts';
import type { Owners } from './owner.ts';

const record = /^(.*\/)?([^/]+)-[^/-]+\.dist-info\/RECORD$/;

/**
 * Distributions of Python environments, by the RECORD of each: lines of path, digest and size, the path from the folder
 * that holds the environment's packages. https://packaging.python.org/en/latest/specifications/recording-installed-packages/
 */
export const pythonOwners: Owners = {
  reads: (path) => record.test(path),
  find(tree) {
    const owners = new Map<string, string>();
    for (const [path, inode] of tree) {
      const [, site = '', name] = record.exec(path) ?? [];
      if (name === undefined || inode.type !== 'file') continue;
      const owner = name.toLowerCase().replace(/[-_.]+/g, '-');
      for (const line of inode.text?.split('\n') ?? []) {
        const listed = firstField(line);
        if (listed !== '') owners.set(realPath(tree, posix.join('/', site, listed)), owner);
      }
    }
    // Not every installer lists what it compiled.
    for (const path of tree.keys()) {
      const [, folder, module] = /^(.*\/)__pycache__\/([^/]+)\.[^/.]+(?:\.opt-[12])?\.pyc$/.exec(path) ?? [];
      const owner = folder !== undefined && owners.get(`${folder}${module}.py`);
      if (owner && !owners.has(path)) owners.set(path, owner);
    }
    return owners;
  },
};

/** Of a line of comma-separated values, where a field in quotes doubles those inside. */
function firstField(line: string): string {
  const [, quoted, bare = ''] = /^(?:"((?:[^"]|"")*)"|([^,\r]*))/.exec(line) ?? [];
  return quoted === undefined ? bare : quoted.replaceAll('""', '"');
}
