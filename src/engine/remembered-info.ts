import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { delimiter, join } from 'node:path';
import { writeWhole } from '../store/write-file.ts';
import { type PodmanInfo, parsePodmanInfo } from './podman-info.ts';

export interface Asked {
  /** The podman program. */
  command: string;
  env: NodeJS.ProcessEnv;
  /** Of the machine, https://docs.kernel.org/admin-guide/sysctl/kernel.html#random */
  boot: string;
  /** Folder that may be emptied at any time. */
  cache: string;
}

/**
 * What `podman info` says, asked anew only where something that decides it may have changed. It asks the package manager
 * after each program that Podman uses, which takes a quarter of the time of a build that has nothing to do, and more on a
 * machine with many packages.
 * https://github.com/containers/common/pull/1460
 */
export async function rememberedInfo(asked: Asked, ask: () => Promise<PodmanInfo>): Promise<PodmanInfo> {
  const decidedBy = deciding(asked);
  const kept = recall(asked);
  if (kept?.decidedBy === decidedBy) return kept.info;
  const info = await ask();
  // Best effort: it is asked again.
  try {
    writeWhole(fileOf(asked), JSON.stringify({ decidedBy, info }));
  } catch {}
  return info;
}

/** For an answer that turned out to be none. What can't be removed hides no failure that led here. */
export function forgetInfo(asked: Asked): void {
  try {
    rmSync(fileOf(asked), { force: true });
  } catch {}
}

function recall(asked: Asked): { decidedBy: string; info: PodmanInfo } | undefined {
  try {
    const { decidedBy, info } = JSON.parse(readFileSync(fileOf(asked), 'utf8'));
    return { decidedBy: String(decidedBy), info: parsePodmanInfo(info) };
  } catch {
    return undefined;
  }
}

/** One for each program, so that none piles up. */
function fileOf({ cache, command }: Asked): string {
  return join(cache, 'podman', `${sha256(command)}.json`);
}

/** Variables that Podman, its storage or its runtimes heed. */
const heeded = /^(CONTAINERS?_|PODMAN_|STORAGE_|BUILDAH_|XDG_|DBUS_|_CONTAINERS_|(HOME|PATH|TMPDIR|USER)$)/;

/** Where distributions put programs that Podman calls and nobody else does; containers.conf(5), `helper_binaries_dir`. */
const helperFolders = ['libexec', 'lib'].flatMap((name) => [
  `/usr/${name}/podman`,
  `/usr/local/${name}/podman`,
]);

function deciding({ command, env, boot }: Asked): string {
  const settings = Object.entries(env).filter(([name]) => heeded.test(name));
  const files = [
    command,
    // A folder changes when a program comes or goes.
    ...(env.PATH ?? '').split(delimiter),
    ...helperFolders,
    '/etc/subuid',
    '/etc/subgid',
    ...configurationFiles(env),
  ];
  const facts = {
    boot,
    hostname: hostname(),
    user: [process.getuid?.(), process.getgid?.(), process.getgroups?.()],
    settings: settings.sort(([one], [other]) => (one < other ? -1 : 1)),
    files: files.map((file) => [file, marksOf(file)]),
  };
  return sha256(JSON.stringify(facts));
}

/** containers.conf(5) and containers-storage.conf(5), of the distribution, the administrator and the person. */
function configurationFiles(env: NodeJS.ProcessEnv): string[] {
  const folders = [
    '/usr/share/containers',
    '/etc/containers',
    join(env.XDG_CONFIG_HOME || join(env.HOME ?? '/', '.config'), 'containers'),
  ];
  const named = [env.CONTAINERS_CONF, env.CONTAINERS_CONF_OVERRIDE, env.CONTAINERS_STORAGE_CONF];
  return [
    ...named.filter((file) => file !== undefined),
    ...folders.flatMap((folder) =>
      ['containers.conf', 'storage.conf'].flatMap((name) => [
        join(folder, name),
        ...entries(join(folder, `${name}.d`)),
      ]),
    ),
  ];
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Undefined: it is not there, or this person may not see it. */
function marksOf(file: string): string | undefined {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join();
  } catch {
    return undefined;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
