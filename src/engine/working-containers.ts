import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildRecord } from './journal.ts';
import { secretOf } from './podman-build.ts';
import type { PodmanCli } from './podman-cli.ts';
import { type ContainerStore, containersFolder, storedContainers } from './stored-containers.ts';

/** Long after buildah has written the state of a container that it made. Milliseconds. */
const infancy = 10_000;

export interface Cleaned {
  /** Ids of the containers that went, with their mounts. */
  removed: string[];
  /** How many did not. */
  left: number;
  /** Milliseconds until more can be said of some of those left; 0: nothing more will ever be known. */
  wait: number;
}

/**
 * Removes the containers in which buildah ran the steps of a build that has ended.
 * @param now milliseconds since 1970.
 */
export async function removeWorkingContainers(
  cli: Pick<PodmanCli, 'run'>,
  store: ContainerStore,
  { id, started }: Pick<BuildRecord, 'id' | 'started'>,
  now: number,
): Promise<Cleaned> {
  const folder = containersFolder(store);
  const orphans = started === undefined ? [] : await stateless(folder, Date.parse(started));
  const infants = orphans.filter(({ born }) => now - born < infancy);
  const grown = orphans.filter((one) => !infants.includes(one)).map((one) => one.id);
  const removed: string[] = [];
  const containers = [...(await workingContainers(folder, id)), ...grown];
  for (const container of containers) {
    const { exitCode } = await cli.run(['rm', '--force', container]).catch(() => ({ exitCode: 1 }));
    if (exitCode === 0) removed.push(container);
  }
  return {
    removed,
    left: containers.length - removed.length + infants.length,
    wait: Math.max(0, ...infants.map(({ born }) => born + infancy - now)),
  };
}

/**
 * They are found by buildah's own state file, since podman shows nothing of a working container that would tell one
 * build's from another's.
 */
async function workingContainers(folder: string, id: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    if ((await stateOf(folder, name)).includes(`id=${secretOf(id)},`)) found.push(name);
  }
  return found;
}

/**
 * Working containers whose buildah was killed between making them and writing their state, which says whose they are.
 * One that is young may belong to another build, and get its state in the next moment.
 * https://github.com/containers/buildah/blob/main/new.go, `newBuilder`
 */
async function stateless(folder: string, since: number): Promise<{ id: string; born: number }[]> {
  const found: { id: string; born: number }[] = [];
  for (const { id, names, metadata, created } of await storedContainers(folder)) {
    // Other programs write metadata of their own.
    const buildahs = metadata === '' && names.some((name) => /(^|-)working-container(-\d+)?$/.test(name));
    const born = Date.parse(created);
    if (buildahs && born >= since && (await stateOf(folder, id)) === '') found.push({ id, born });
  }
  return found;
}

async function stateOf(folder: string, container: string): Promise<string> {
  return readFile(join(folder, container, 'userdata', 'buildah.json'), 'utf8').catch(() => '');
}
