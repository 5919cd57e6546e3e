import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { secretOf } from './podman-build.ts';
import type { PodmanCli } from './podman-cli.ts';
import type { PodmanInfo } from './podman-info.ts';

/**
 * Containers in which buildah ran the steps of this build. They are found by buildah's own state file, since podman
 * shows nothing of a working container that would tell one build's from another's.
 */
async function workingContainers(store: PodmanInfo['store'], id: string): Promise<string[]> {
  const folder = join(store.graphRoot, `${store.graphDriverName}-containers`);
  const found: string[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const state = await readFile(join(folder, name, 'userdata', 'buildah.json'), 'utf8').catch(() => '');
    if (state.includes(`id=${secretOf(id)},`)) found.push(name);
  }
  return found;
}

/** Removes them with their mounts; tells those that went, and how many did not. */
export async function removeWorkingContainers(
  cli: PodmanCli,
  store: PodmanInfo['store'],
  id: string,
): Promise<{ removed: string[]; left: number }> {
  const containers = await workingContainers(store, id);
  const removed: string[] = [];
  for (const container of containers) {
    const { exitCode } = await cli.run(['rm', '--force', container]).catch(() => ({ exitCode: 1 }));
    if (exitCode === 0) removed.push(container);
  }
  return { removed, left: containers.length - removed.length };
}
