import { z } from 'zod';
import type { NetworkAbility } from './engine.ts';

const executable = z.object({ executable: z.string() }).partial().nullish();
const idMap = z.array(z.object({ size: z.number() })).nullish();

/** The part of `podman info` that halobox decides by; the API's /libpod/info is the same document. */
const podmanInfo = z.object({
  host: z.object({
    hostname: z.string(),
    kernel: z.string(),
    cgroupManager: z.string().default(''),
    cgroupVersion: z.string().default(''),
    serviceIsRemote: z.boolean().default(false),
    ociRuntime: z.object({ name: z.string() }).nullish(),
    security: z.object({ rootless: z.boolean() }),
    slirp4netns: executable,
    pasta: executable,
    idMappings: z.object({ uidmap: idMap, gidmap: idMap }).nullish(),
  }),
  store: z.object({ graphRoot: z.string(), graphDriverName: z.string() }),
  version: z.object({ Version: z.string() }),
});

export type PodmanInfo = z.infer<typeof podmanInfo>;

export function parsePodmanInfo(value: unknown): PodmanInfo {
  // A schema that reads one answer is compiled for longer than it reads.
  return podmanInfo.parse(value, { jitless: true });
}

/** Whether two answers describe the same images: then what one builds the other can see. */
export function sameStorage(one: PodmanInfo, other: PodmanInfo): boolean {
  return (
    one.store.graphRoot === other.store.graphRoot &&
    one.store.graphDriverName === other.store.graphDriverName &&
    one.host.security.rootless === other.host.security.rootless &&
    one.host.hostname === other.host.hostname &&
    one.host.kernel === other.host.kernel &&
    one.version.Version === other.version.Version
  );
}

export interface RuntimeHost {
  /** /sys/fs/cgroup/cgroup.controllers is there: cgroup v2 alone. */
  unifiedCgroups: boolean;
  systemd: boolean;
  runcInstalled: boolean;
  /** What the person's containers.conf files say. */
  containersConf: string;
}

/**
 * Global options without which a build can't start on this machine, and why.
 *
 * crun refuses hybrid cgroups ("cgroups in hybrid mode not supported"), where runc works; podman's manager `systemd`
 * needs a running systemd. What the person's containers.conf says is left alone.
 * https://github.com/containers/crun/blob/main/src/libcrun/cgroup.c
 */
export function runtimeOptions(info: PodmanInfo, host: RuntimeHost): { options: string[]; reason?: string } {
  if (host.unifiedCgroups) return { options: [] };
  const options: string[] = [];
  const reasons: string[] = [];
  if (info.host.ociRuntime?.name === 'crun' && host.runcInstalled && !says(host, 'runtime')) {
    options.push('--runtime', 'runc');
    reasons.push('crun does not work with cgroup v1, runc is used');
  }
  if (info.host.cgroupManager === 'systemd' && !host.systemd && !says(host, 'cgroup_manager')) {
    options.push('--cgroup-manager', 'cgroupfs');
    reasons.push('systemd does not run here, cgroupfs manages the control groups');
  }
  return { options, ...(reasons.length > 0 && { reason: reasons.join('; ') }) };
}

function says({ containersConf }: RuntimeHost, key: string): boolean {
  return new RegExp(`^\\s*${key}\\s*=`, 'm').test(containersConf);
}

/** @param tunUsable the person may open /dev/net/tun. */
export function networkAbility(info: PodmanInfo, tunUsable: boolean): NetworkAbility {
  if (!info.host.security.rootless) return { mode: 'own' };
  if (!info.host.slirp4netns?.executable && !info.host.pasta?.executable) {
    return {
      mode: 'host',
      reason: 'rootless networking needs slirp4netns or pasta, and neither is installed',
    };
  }
  if (!tunUsable) return { mode: 'host', reason: '/dev/net/tun may not be opened by this user' };
  return { mode: 'own' };
}

/** A distribution's base files belong to ids up to 65534 (nobody). */
const neededIds = 65_535;

/** Why this user's rootless podman can't unpack a distribution's files, if so. */
export function missingIds(info: PodmanInfo): boolean {
  if (!info.host.security.rootless) return false;
  const size = (map: { size: number }[] | null | undefined) =>
    (map ?? []).reduce((sum, one) => sum + one.size, 0);
  const { uidmap, gidmap } = info.host.idMappings ?? {};
  return size(uidmap) < neededIds || size(gidmap) < neededIds;
}
