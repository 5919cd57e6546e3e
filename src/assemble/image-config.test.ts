import { expect, test } from 'vitest';
import { configOf } from './image-config.ts';

const layers = [{ name: 'base/libc6', diffId: `sha256:${'a'.repeat(64)}` }];
const facts = { labels: { 'io.halobox.key': 'new' }, created: new Date('2026-11-22T10:20:30Z') };

const docker = {
  architecture: 'amd64',
  os: 'linux',
  created: '2026-11-23T01:02:03.4Z',
  container_config: { Hostname: 'f00' },
  docker_version: '28.5.2',
  config: {
    Hostname: '',
    Env: ['PATH=/usr/bin', 'LANG=C.UTF-8'],
    Cmd: ['/bin/bash', '-l'],
    WorkingDir: '/',
    Entrypoint: null,
    OnBuild: null,
    Labels: { 'io.halobox.layer': 'toolbox', 'io.halobox.key': 'old', 'io.halobox.chain': '[]' },
  },
  rootfs: { type: 'layers', diff_ids: [] },
};
const podman = {
  architecture: 'amd64',
  os: 'linux',
  created: '2026-11-23T05:06:07.8Z',
  config: {
    Env: ['PATH=/usr/bin', 'LANG=C.UTF-8'],
    Cmd: ['/bin/bash', '-l'],
    Labels: { 'io.buildah.version': '1.42.0', 'io.halobox.key': 'old', 'io.halobox.layer': 'toolbox' },
  },
  rootfs: { type: 'layers', diff_ids: [] },
};

test('both engines give the same config, and it tells what runs the image', () => {
  const [one, other] = [docker, podman].map((built) =>
    configOf(Buffer.from(JSON.stringify(built)), layers, facts).toString(),
  );
  expect(one).toBe(other);
  expect(JSON.parse(one!)).toEqual({
    architecture: 'amd64',
    os: 'linux',
    created: '2026-11-22T10:20:30.000Z',
    config: {
      Env: ['PATH=/usr/bin', 'LANG=C.UTF-8'],
      Cmd: ['/bin/bash', '-l'],
      Labels: { 'io.halobox.key': 'new', 'io.halobox.layer': 'toolbox' },
    },
    rootfs: { type: 'layers', diff_ids: [layers[0]!.diffId] },
    history: [{ created: '1980-01-02T00:00:00.000Z', created_by: 'halobox base/libc6' }],
  });
});

test('a folder to work in, a user, ports and what Docker alone has stay', () => {
  const Healthcheck = { Test: ['CMD', 'true'], Interval: 5 };
  const config = {
    User: '1000',
    Healthcheck,
    Shell: ['/bin/bash', '-c'],
    WorkingDir: '/work',
    ExposedPorts: { '8000/tcp': {} },
    Entrypoint: ['/x'],
  };
  const built = Buffer.from(JSON.stringify({ ...docker, config }));
  expect(JSON.parse(configOf(built, layers, facts).toString()).config).toEqual({
    ...config,
    Labels: facts.labels,
  });
});
