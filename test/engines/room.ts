import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Bridge, claimBridge } from './bridge.ts';
import { removeCgroups } from './cgroups.ts';
import { forkyRoot } from './forky-root.ts';
import { openMountNamespace } from './mount-namespace.ts';
import { endProcesses, hasMountFrom, isInCgroup, mountNamespaceOf } from './processes.ts';

/** `debian12` is the machine's own package, the floor; `current` is today's, from Debian forky. */
export type Flavour = 'debian12' | 'current';

/** What an engine needs to itself: a folder, a network, and a view of the file system. */
export interface Room {
  readonly home: string;
  readonly bridge: Bridge;
  /** The first words of a command that runs in here. */
  readonly enter: readonly [string, ...string[]];
  /** Ends everything that runs in here and takes away what it left, whatever state it is in. */
  close(): Promise<void>;
}

export async function openRoom(engine: string, flavour: Flavour, parent: string): Promise<Room> {
  const root = flavour === 'current' ? await forkyRoot() : undefined;
  const home = await mkdtemp(join(parent, `${engine}-${flavour}-`));
  const bridge = await claimBridge();
  const leave = async () => {
    await bridge.remove();
    removeCgroups(bridge.name);
    await rm(home, { recursive: true, force: true });
  };
  try {
    const namespace = await openMountNamespace(join(home, 'namespace'), root);
    const ours = mountNamespaceOf(namespace.pid);
    const belongs = (pid: number) =>
      pid !== namespace.pid &&
      (mountNamespaceOf(pid) === ours || isInCgroup(pid, bridge.name) || hasMountFrom(pid, home));
    const [enter, ...words] = namespace.enter;
    // No polite stop: engines give containers and builds many seconds, and the room goes as a whole.
    const dismantle = async () => {
      await execa(enter, [...words, 'sh', '-c', forgetContainers]);
      await endProcesses(belongs);
      await namespace.close();
      await leave();
    };
    let closing: Promise<void> | undefined;
    const close = () => {
      closing ??= dismantle();
      return closing;
    };
    return { home, bridge, enter: namespace.enter, close };
  } catch (error) {
    await leave();
    throw error;
  }
}

/** Also ends them and removes their cgroups; a RUN step whose Podman was killed is listed here too. */
const forgetContainers = 'for container in $(runc list --quiet); do runc delete --force "$container"; done';
