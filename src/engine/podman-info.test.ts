import { describe, expect, test } from 'vitest';
import {
  missingIds,
  networkAbility,
  parsePodmanInfo,
  type RuntimeHost,
  runtimeOptions,
  sameStorage,
} from './podman-info.ts';

/** As podman 4.3 says it, with what halobox does not read left out. */
const plain = {
  host: {
    hostname: 'board',
    kernel: '6.12.0',
    cgroupManager: 'systemd',
    cgroupVersion: 'v2',
    ociRuntime: { name: 'crun', path: '/usr/bin/crun' },
    security: { rootless: true, seccompEnabled: true },
    slirp4netns: { executable: '/usr/bin/slirp4netns' },
    serviceIsRemote: false,
    idMappings: {
      uidmap: [
        { container_id: 0, host_id: 1000, size: 1 },
        { container_id: 1, host_id: 100000, size: 65536 },
      ],
      gidmap: [
        { container_id: 0, host_id: 1000, size: 1 },
        { container_id: 1, host_id: 100000, size: 65536 },
      ],
    },
  },
  store: { graphRoot: '/home/ada/.local/share/containers/storage', graphDriverName: 'overlay' },
  version: { Version: '4.3.1' },
};
const info = parsePodmanInfo(plain);
const rootful = parsePodmanInfo({
  ...plain,
  host: { ...plain.host, security: { rootless: false }, idMappings: { uidmap: null, gidmap: null } },
});

test('what is no answer of podman is refused', () => {
  expect(() => parsePodmanInfo({ message: 'page not found' })).toThrow();
});

test('a service and a binary share images only when all of it is the same', () => {
  expect(sameStorage(info, info)).toBe(true);
  const other = { ...info, store: { ...info.store, graphRoot: '/var/lib/containers/storage' } };
  expect(sameStorage(info, other)).toBe(false);
  expect(sameStorage(info, { ...info, version: { Version: '5.8.6' } })).toBe(false);
  expect(sameStorage(info, { ...info, host: { ...info.host, hostname: 'elsewhere' } })).toBe(false);
});

describe('the OCI runtime', () => {
  const hybrid: RuntimeHost = {
    unifiedCgroups: false,
    systemd: false,
    runcInstalled: true,
    containersConf: '',
  };

  test('cgroup v2 needs nothing', () => {
    expect(runtimeOptions(info, { ...hybrid, unifiedCgroups: true })).toEqual({ options: [] });
  });

  test('cgroup v1 with crun and no systemd needs runc and cgroupfs, and says so', () => {
    const { options, reason } = runtimeOptions(info, hybrid);
    expect(options).toEqual(['--runtime', 'runc', '--cgroup-manager', 'cgroupfs']);
    expect(reason).toMatch(/crun.*runc.*cgroupfs/);
  });

  test('where systemd runs, it stays the manager', () => {
    expect(runtimeOptions(info, { ...hybrid, systemd: true }).options).toEqual(['--runtime', 'runc']);
  });

  test("containers.conf is the person's word", () => {
    const containersConf = '[engine]\nruntime = "crun"\ncgroup_manager="systemd"\n';
    expect(runtimeOptions(info, { ...hybrid, containersConf })).toEqual({ options: [] });
    expect(runtimeOptions(info, { ...hybrid, containersConf: '#runtime = "crun"\n' }).options).toContain(
      'runc',
    );
  });

  test('runc that is not there can not help', () => {
    expect(runtimeOptions(info, { ...hybrid, systemd: true, runcInstalled: false })).toEqual({ options: [] });
  });
});

describe('the network of RUN steps', () => {
  test('rootful podman has its own', () => {
    expect(networkAbility(rootful, false)).toEqual({ mode: 'own' });
  });

  test('rootless podman needs a helper and /dev/net/tun', () => {
    expect(networkAbility(info, true)).toEqual({ mode: 'own' });
    expect(networkAbility(info, false)).toMatchObject({ mode: 'host', reason: expect.stringMatching(/tun/) });
    const bare = { ...info, host: { ...info.host, slirp4netns: { executable: '' }, pasta: undefined } };
    expect(networkAbility(bare, true)).toMatchObject({
      mode: 'host',
      reason: expect.stringMatching(/pasta/),
    });
  });
});

test('subordinate ids', () => {
  expect(missingIds(info)).toBe(false);
  expect(missingIds(rootful)).toBe(false);
  const alone = { uidmap: [{ size: 1 }], gidmap: [{ size: 1 }] };
  expect(missingIds({ ...info, host: { ...info.host, idMappings: alone } })).toBe(true);
});
