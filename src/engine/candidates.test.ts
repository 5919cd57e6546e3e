import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../model/error.ts';
import { type Candidate, candidatesFor, type Host, type Unusable } from './candidates.ts';
import { endpointText } from './endpoint.ts';

function host(
  env: Record<string, string>,
  { uid = 1000, files = {}, sockets = [], binaries = [] }: Partial<Fake> = {},
): Host {
  return {
    env: { HOME: '/home/ada', XDG_RUNTIME_DIR: '/run/user/1000', ...env },
    uid,
    readText: (file) => files[file],
    isSocket: (path) => sockets.includes(path),
    isExecutable: (path) => binaries.includes(path),
  };
}

interface Fake {
  uid: number;
  files: Record<string, string>;
  sockets: string[];
  binaries: string[];
}

const text = (found: Candidate | Unusable): string =>
  'reason' in found
    ? `${found.by}: ${found.endpoint}: ${found.reason}`
    : `${found.by}: ${endpointText(found.endpoint)}`;

const context = (name: string, docker: unknown) => ({
  [`/home/ada/.docker/contexts/meta/${createHash('sha256').update(name).digest('hex')}/meta.json`]:
    JSON.stringify({
      Name: name,
      Endpoints: { docker },
    }),
});

describe('nothing is named', () => {
  test('a person without privileges: their own sockets first, then the machine, then the binary', () => {
    expect(candidatesFor(undefined, host({})).map(text)).toEqual([
      'rootless docker socket: unix:///run/user/1000/docker.sock',
      'Docker Desktop socket: unix:///home/ada/.docker/run/docker.sock',
      'docker socket: unix:///var/run/docker.sock',
      'rootless podman socket: unix:///run/user/1000/podman/podman.sock',
      'podman on PATH: podman',
    ]);
  });

  test('root: no rootless sockets', () => {
    expect(candidatesFor(undefined, host({}, { uid: 0 })).map(text)).toEqual([
      'Docker Desktop socket: unix:///home/ada/.docker/run/docker.sock',
      'docker socket: unix:///var/run/docker.sock',
      'podman socket: unix:///run/podman/podman.sock',
      'podman on PATH: podman',
    ]);
  });

  test('without XDG_RUNTIME_DIR the usual place of the user is taken', () => {
    expect(text(candidatesFor(undefined, host({ XDG_RUNTIME_DIR: '' }, { uid: 1234 }))[0]!)).toBe(
      'rootless docker socket: unix:///run/user/1234/docker.sock',
    );
  });

  test('the current docker context comes first, and others are tried after it', () => {
    const files = {
      '/home/ada/.docker/config.json': '{"currentContext": "desktop-linux"}',
      ...context('desktop-linux', { Host: 'unix:///home/ada/.docker/desktop/docker.sock' }),
    };
    const found = candidatesFor(undefined, host({}, { files })).map(text);
    expect(found[0]).toBe('docker context desktop-linux: unix:///home/ada/.docker/desktop/docker.sock');
    expect(found).toHaveLength(6);
  });

  test('DOCKER_CONFIG moves the folder of the contexts', () => {
    const moved = Object.fromEntries(
      Object.entries({
        '/home/ada/.docker/config.json': '{"currentContext": "lab"}',
        ...context('lab', { Host: 'ssh://lab.example.com' }),
      }).map(([file, content]) => [file.replace('/home/ada/.docker', '/etc/lab'), content]),
    );
    expect(text(candidatesFor(undefined, host({ DOCKER_CONFIG: '/etc/lab' }, { files: moved }))[0]!)).toBe(
      'docker context lab: ssh://lab.example.com',
    );
  });

  test.each(['not json', '{"currentContext": 7}', '{"currentContext": "default"}'])(
    'a config.json of %j names no context',
    (config) => {
      const found = candidatesFor(
        undefined,
        host({}, { files: { '/home/ada/.docker/config.json': config } }),
      );
      expect(text(found[0]!)).toMatch(/^rootless docker socket/);
    },
  );
});

describe('the environment names engines: only those', () => {
  test('DOCKER_HOST, then CONTAINER_HOST', () => {
    const env = { DOCKER_HOST: 'tcp://10.0.0.7:2375', CONTAINER_HOST: 'unix:///run/podman/podman.sock' };
    expect(candidatesFor(undefined, host(env)).map(text)).toEqual([
      'DOCKER_HOST: tcp://10.0.0.7:2375',
      'CONTAINER_HOST: unix:///run/podman/podman.sock',
    ]);
  });

  test('a bare path in DOCKER_HOST is a socket', () => {
    expect(candidatesFor(undefined, host({ DOCKER_HOST: '/tmp/d.sock' })).map(text)).toEqual([
      'DOCKER_HOST: unix:///tmp/d.sock',
    ]);
  });

  test('TLS, when Docker would use it', () => {
    const env = {
      DOCKER_HOST: 'tcp://build.example.com',
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: '/certs',
    };
    expect(candidatesFor(undefined, host(env))).toEqual([
      {
        by: 'DOCKER_HOST',
        endpoint: { type: 'tcp', host: 'build.example.com', port: 2376, certificates: '/certs' },
      },
    ]);
  });

  test('DOCKER_CONTEXT, which DOCKER_HOST overrides', () => {
    const files = context('lab', { Host: 'tcp://lab.example.com:2375' });
    expect(candidatesFor(undefined, host({ DOCKER_CONTEXT: 'lab' }, { files })).map(text)).toEqual([
      'docker context lab: tcp://lab.example.com:2375',
    ]);
    const both = { DOCKER_CONTEXT: 'lab', DOCKER_HOST: 'unix:///d.sock' };
    expect(candidatesFor(undefined, host(both, { files })).map(text)).toEqual([
      'DOCKER_HOST: unix:///d.sock',
    ]);
  });

  test('what can not be used is told, not skipped', () => {
    expect(candidatesFor(undefined, host({ DOCKER_HOST: 'npipe:////./pipe/docker' })).map(text)).toEqual([
      'DOCKER_HOST: npipe:////./pipe/docker: not an address that halobox understands',
    ]);
    expect(text(candidatesFor(undefined, host({ DOCKER_CONTEXT: 'gone' }))[0]!)).toMatch(
      /^docker context gone: .*meta\.json: no such context$/,
    );
    const files = context('k8s', undefined);
    expect(text(candidatesFor(undefined, host({ DOCKER_CONTEXT: 'k8s' }, { files }))[0]!)).toMatch(
      /names no docker endpoint$/,
    );
  });
});

describe('--engine', () => {
  test('docker and podman keep to their kind', () => {
    const docker = candidatesFor('docker', host({ CONTAINER_HOST: 'unix:///p.sock' }));
    expect(docker.map(text)).not.toContain('CONTAINER_HOST: unix:///p.sock');
    expect(docker.every((one) => 'wanted' in one && one.wanted === 'docker')).toBe(true);
    expect(candidatesFor('podman', host({ DOCKER_HOST: 'unix:///d.sock' })).map(text)).toEqual([
      'rootless podman socket: unix:///run/user/1000/podman/podman.sock',
      'podman on PATH: podman',
    ]);
    expect(candidatesFor('podman', host({ CONTAINER_HOST: 'unix:///p.sock' })).map(text)).toEqual([
      'CONTAINER_HOST: unix:///p.sock',
    ]);
  });

  test.each([
    ['unix:///run/d.sock', 'unix:///run/d.sock'],
    ['/run/d.sock', 'unix:///run/d.sock'],
    ['tcp://[::1]:2375', 'tcp://[::1]:2375'],
    ['tcp://build.example.com', 'tcp://build.example.com:2375'],
    ['ssh://ada@build.example.com', 'ssh://ada@build.example.com'],
    ['/opt/podman5/bin/podman', '/opt/podman5/bin/podman'],
  ])('%s is one place', (value, expected) => {
    const found = candidatesFor(
      value,
      host({ DOCKER_HOST: 'unix:///d.sock' }, { binaries: ['/opt/podman5/bin/podman'] }),
    );
    expect(found.map(text)).toEqual([`--engine: ${expected}`]);
  });

  test('HALOBOX_ENGINE stands for it, and the flag overrides it', () => {
    expect(candidatesFor(undefined, host({ HALOBOX_ENGINE: '/a.sock' })).map(text)).toEqual([
      'HALOBOX_ENGINE: unix:///a.sock',
    ]);
    expect(candidatesFor('/b.sock', host({ HALOBOX_ENGINE: '/a.sock' })).map(text)).toEqual([
      '--engine: unix:///b.sock',
    ]);
  });

  test.each(['dokcer', 'unix://relative/path', 'tcp://', 'ftp://example.com', ''])(
    '%j is wrong usage',
    (value) => {
      expect(() => candidatesFor(value, host({}))).toThrow(InvalidInput);
    },
  );
});
