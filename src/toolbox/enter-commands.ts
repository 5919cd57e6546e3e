/** A way to use a toolbox image, as a command that can be pasted. */
export interface EnterCommand {
  with: 'toolbox' | 'distrobox' | 'podman' | 'docker';
  command: string;
  /** What must be done first, where something must. */
  first?: string;
}

/** What the host has, as far as the flags depend on it. */
export interface Host {
  engine: 'docker' | 'podman';
  rootless: boolean;
  /** `/dev/infiniband` is there. */
  infiniband: boolean;
  /** Numeric ids of the groups that own the GPU's devices, for rootful engines. */
  deviceGroups: readonly number[];
}

/**
 * The exact commands that enter an image with the GPU and, where the host has one, the RDMA card.
 * Rootless Podman keeps the person's own groups, because a named group is looked up inside the container; Docker
 * needs the host's numbers. Sources: facts of the public Strix Halo toolboxes,
 * https://github.com/kyuz0/amd-strix-halo-toolboxes
 */
export function enterCommands(reference: string, name: string, host: Host): EnterCommand[] {
  const plain = reference.replace(/^localhost\//, '');
  const local = `localhost/${plain}`;
  const rdma = host.infiniband ? ['--device /dev/infiniband', '--ulimit memlock=-1'] : [];
  const devices = ['--device /dev/dri', '--device /dev/kfd'];
  const flags = (groups: readonly string[]) =>
    [...devices, ...rdma, ...groups, '--security-opt seccomp=unconfined'].join(' ');
  const rootful = flags(host.deviceGroups.map((id) => `--group-add ${id}`));
  const onPodman = host.engine === 'podman' && !host.rootless ? rootful : flags(['--group-add keep-groups']);
  const podman: EnterCommand[] = [
    {
      with: 'toolbox',
      command: `toolbox create ${name} --image ${local} -- ${onPodman} && toolbox enter ${name}`,
    },
    {
      with: 'distrobox',
      command: `distrobox create ${name} --image ${local} --additional-flags "${onPodman}" && distrobox enter ${name}`,
    },
    { with: 'podman', command: `podman run --rm -it --ipc=host --network=host ${onPodman} ${local} bash -l` },
  ];
  const docker: EnterCommand[] = [
    {
      with: 'docker',
      command: `docker run --rm -it --ipc=host --network=host ${rootful} ${host.engine === 'docker' ? plain : local} bash -l`,
    },
  ];
  const move = (from: string, to: string) => `${from} save ${from === 'docker' ? plain : local} | ${to} load`;
  return host.engine === 'podman'
    ? [...podman, ...docker.map((way) => ({ ...way, first: move('podman', 'docker') }))]
    : [...docker, ...podman.map((way) => ({ ...way, first: move('docker', 'podman') }))];
}
