import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../host/find-program.ts';
import { EngineError } from '../model/error.ts';
import { type Client, requestJson } from './client.ts';
import type { OpenOptions } from './open-engine.ts';
import type { Owner } from './owner.ts';
import { PodmanCli, podmanError } from './podman-cli.ts';
import { type Builder, PodmanEngine } from './podman-engine.ts';
import {
  missingIds,
  networkAbility,
  type PodmanInfo,
  parsePodmanInfo,
  runtimeOptions,
  sameStorage,
} from './podman-info.ts';
import { forgetInfo, rememberedInfo } from './remembered-info.ts';

export interface PodmanOptions extends OpenOptions {
  foundBy: string;
  owner: Owner;
}

/** Podman by its binary: the API is served by a service that halobox starts from it. */
export async function openPodmanBinary(command: string, options: PodmanOptions): Promise<PodmanEngine> {
  const { env, cache, owner } = options;
  const program = findProgram(command, env) ?? command;
  const asked = cache === undefined ? undefined : { command: program, env, boot: owner.boot, cache };
  const local = await localPodman(program, env, (ask) => (asked ? rememberedInfo(asked, ask) : ask()));
  return new PodmanEngine({
    ...shared(local.info, options),
    endpoint: local.cli.command,
    builder: async () => local,
    forget: () => asked && forgetInfo(asked),
  });
}

/** Podman by a socket: it builds when the binary on PATH addresses the same images. */
export async function openPodmanSocket(client: Client, options: PodmanOptions): Promise<PodmanEngine> {
  const info = parsePodmanInfo(await requestJson(client, '/v4.0.0/libpod/info'));
  let builder: Promise<Builder> | undefined;
  return new PodmanEngine({
    ...shared(info, options),
    client,
    endpoint: client.endpoint,
    forget: () => {},
    builder: () => {
      builder ??= builderFor(info, client.endpoint, options.env);
      return builder;
    },
  });
}

async function builderFor(service: PodmanInfo, endpoint: string, env: NodeJS.ProcessEnv): Promise<Builder> {
  const next =
    'Builds need the podman binary of that service, with the same user and storage; ' +
    'put it on PATH, or leave the socket out and say --engine <path of that podman>.';
  let local: Awaited<ReturnType<typeof localPodman>>;
  try {
    local = await localPodman('podman', env);
  } catch (error) {
    const reason = error instanceof EngineError ? error.facts.what : 'podman is not on PATH';
    throw new EngineError({
      what: `this socket can't be built on: ${reason}`,
      where: endpoint,
      next,
      cause: error,
    });
  }
  if (sameStorage(service, local.info)) return local;
  const text = ({ version, store, host }: PodmanInfo) =>
    `podman ${version.Version}${host.security.rootless ? ' rootless' : ''} with images in ${store.graphRoot} on ${host.hostname}`;
  throw new EngineError({
    what: `this socket can't be built on: it serves ${text(service)}, the binary on PATH is ${text(local.info)}`,
    where: endpoint,
    next,
  });
}

/**
 * @param recall may answer without asking.
 * @throws EngineError when this podman can't build; ENOENT when there is none.
 */
async function localPodman(
  command: string,
  env: NodeJS.ProcessEnv,
  recall: (ask: () => Promise<PodmanInfo>) => Promise<PodmanInfo> = (ask) => ask(),
) {
  const plain = new PodmanCli(command, [], env);
  const info = await recall(() => usableInfo(plain));
  const { options, reason } = runtimeOptions(info, {
    unifiedCgroups: existsSync('/sys/fs/cgroup/cgroup.controllers'),
    systemd: existsSync('/run/systemd/system'),
    // Podman looks there for its runtimes whatever PATH is.
    runcInstalled: findProgram('runc', env, ['/usr/sbin', '/usr/bin', '/sbin']) !== undefined,
    containersConf: containersConf(env),
  });
  return { cli: plain.with(options), info, note: reason };
}

/** What is refused here is asked anew the next time: it is never remembered. */
async function usableInfo(podman: PodmanCli): Promise<PodmanInfo> {
  const { exitCode, stdout, stderr } = await podman.run(['info', '--format', 'json']);
  const refused = (what: string, next: string) => new EngineError({ what, where: podman.command, next });
  if (exitCode !== 0) throw refused(podmanError(stderr), infoAdvice(stderr));
  const info = parsePodmanInfo(JSON.parse(stdout));
  if (info.host.serviceIsRemote)
    throw refused(
      'this podman is a client of another machine',
      'Build on that machine, or install podman here.',
    );
  if (missingIds(info))
    throw refused(
      'rootless podman has too few subordinate user or group ids to unpack a distribution',
      subordinateIds,
    );
  return info;
}

const subordinateIds =
  '`sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER`, then `podman system migrate`.';

function infoAdvice(stderr: string): string {
  if (/subuid|subgid|newuidmap|newgidmap|UID\/GID/i.test(stderr)) {
    return `Install uidmap (newuidmap) if it is missing; ${subordinateIds}`;
  }
  if (/user namespace|cannot clone|operation not permitted/i.test(stderr)) {
    return 'The kernel refuses user namespaces: see `sysctl user.max_user_namespaces kernel.unprivileged_userns_clone`.';
  }
  return '`podman info` must answer without an error first.';
}

function shared(info: PodmanInfo, { env, records, foundBy, owner }: PodmanOptions) {
  return {
    info,
    network: networkAbility(info, mayOpen('/dev/net/tun')),
    foundBy,
    owner,
    records,
    // /tmp is often in memory, and a context can hold gigabytes; podman itself prefers /var/tmp for the same reason.
    temporary: env.TMPDIR || '/var/tmp',
    // Without XDG_RUNTIME_DIR rootless podman keeps its run-time state under TMPDIR, where it must stay.
    ownTemporary: !info.host.security.rootless || Boolean(env.XDG_RUNTIME_DIR),
  };
}

function mayOpen(file: string): boolean {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The person's and the administrator's files; the distribution's defaults are no decision of theirs. */
function containersConf(env: NodeJS.ProcessEnv): string {
  const home = env.XDG_CONFIG_HOME || join(env.HOME ?? '/', '.config');
  const files = env.CONTAINERS_CONF
    ? [env.CONTAINERS_CONF]
    : ['/etc/containers/containers.conf', join(home, 'containers/containers.conf')].flatMap((file) => [
        file,
        ...fragments(`${file}.d`),
      ]);
  return files
    .map((file) => {
      try {
        return readFileSync(file, 'utf8');
      } catch {
        return '';
      }
    })
    .join('\n');
}

function fragments(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}
