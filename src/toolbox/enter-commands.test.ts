import { expect, test } from 'vitest';
import { enterCommands } from './enter-commands.ts';

test('rootless Podman keeps the groups of the person', () => {
  const commands = enterCommands('localhost/rdma-check:0.1.0', 'rdma-check', {
    engine: 'podman',
    rootless: true,
    infiniband: true,
    deviceGroups: [992],
  });
  const flags =
    '--device /dev/dri --device /dev/kfd --device /dev/infiniband --ulimit memlock=-1 --group-add keep-groups --security-opt seccomp=unconfined';
  expect(commands.map(({ with: tool, command, first }) => [tool, command, first])).toEqual([
    [
      'toolbox',
      `toolbox create rdma-check --image localhost/rdma-check:0.1.0 -- ${flags} && toolbox enter rdma-check`,
      undefined,
    ],
    [
      'distrobox',
      `distrobox create rdma-check --image localhost/rdma-check:0.1.0 --additional-flags "${flags}" && distrobox enter rdma-check`,
      undefined,
    ],
    [
      'podman',
      `podman run --rm -it --ipc=host --network=host ${flags} localhost/rdma-check:0.1.0 bash -l`,
      undefined,
    ],
    [
      'docker',
      'docker run --rm -it --ipc=host --network=host --device /dev/dri --device /dev/kfd --device /dev/infiniband --ulimit memlock=-1 --group-add 992 --security-opt seccomp=unconfined localhost/rdma-check:0.1.0 bash -l',
      'podman save localhost/rdma-check:0.1.0 | docker load',
    ],
  ]);
});

test('Docker gets the numbers of the host, and no RDMA flags where there is no card', () => {
  const [docker] = enterCommands('rdma-check:0.1.0', 'rdma-check', {
    engine: 'docker',
    rootless: false,
    infiniband: false,
    deviceGroups: [44, 992],
  });
  expect(docker?.command).toContain('--device /dev/kfd --group-add 44 --group-add 992 --security-opt');
  expect(docker?.command).not.toContain('infiniband');
});
