import { type Owner, ownerIsAlive, ownerOfName } from './owner.ts';
import type { PodmanCli } from './podman-cli.ts';
import { type ContainerStore, containersFolder, storedContainers } from './stored-containers.ts';

/**
 * Removes what is left of containers whose making was cut off: Podman makes the root file system first and writes down
 * that there is a container last, so that `podman ps` shows nothing of one whose service was killed in between.
 * https://github.com/containers/podman/blob/main/libpod/runtime_ctr.go (`setupContainer`)
 * @param cli asked for when there is something to remove.
 * @param self what is of it, or of another halobox that runs, stays.
 * @returns ids of those that went.
 */
export async function removeOrphans(
  cli: () => Promise<Pick<PodmanCli, 'run'>>,
  store: ContainerStore,
  self: Owner,
): Promise<string[]> {
  const removed: string[] = [];
  for (const { id, names } of await storedContainers(containersFolder(store))) {
    const owner = names.map((name) => ownerOfName(name, self)).find((one) => one !== undefined);
    if (owner === undefined || ownerIsAlive(owner, self)) continue;
    const { exitCode } = await (await cli()).run(['rm', '--force', id]).catch(() => ({ exitCode: 1 }));
    if (exitCode === 0) removed.push(id);
  }
  return removed;
}
