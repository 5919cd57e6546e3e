import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

export interface MountNamespace {
  /** The first words of a command that runs in here. */
  readonly enter: readonly [string, ...string[]];
  readonly pid: number;
  close(): Promise<void>;
}

/**
 * A mount namespace for one engine. Its mounts (container roots, network namespaces) and its state under /run are seen
 * by nobody else and are gone when it is closed, also when the suite is killed: the process that holds it open ends
 * with its standard input.
 *
 * With `root` the programs come from that system; every other folder is the machine's own at the same path, so that
 * contexts, sockets and secrets mean the same inside. `pivot_root`, because runc cannot pivot out of a chroot.
 */
export async function openMountNamespace(folder: string, root?: string): Promise<MountNamespace> {
  const [upper, work] = [join(folder, 'upper'), join(folder, 'work')];
  await Promise.all([upper, work].map((path) => mkdir(path, { recursive: true })));
  const script = root === undefined ? ownRun : enterRoot + ownRun;
  const holder = spawn(
    'unshare',
    [
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-euc',
      `${script}\necho ready\nexec cat`,
      'sh',
      root ?? '/',
      upper,
      work,
    ],
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  );
  await ready(holder);
  const pid = holder.pid as number;
  return {
    enter: ['nsenter', `--mount=/proc/${pid}/ns/mnt`, '--'],
    pid,
    async close() {
      if (holder.exitCode !== null || holder.signalCode !== null) return;
      const exit = once(holder, 'exit');
      holder.stdin.end();
      await exit;
    },
  };
}

/** State that engines and runtimes keep at fixed places. */
const ownRun = `
for state in netns runc crun containers libpod podman containerd docker; do
  mkdir -p /run/$state
  mount -t tmpfs tmpfs /run/$state
done
`;

/** The system's own folders stay the system's; /mnt is where it is put together. */
const enterRoot = `
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2,workdir=$3" /mnt
for folder in /* /var/tmp; do
  case $folder in /bin|/boot|/etc|/lib*|/lost+found|/mnt|/run|/sbin|/usr|/var) continue ;; esac
  [ -d "$folder" ] || continue
  mkdir -p "/mnt$folder"
  mount --rbind "$folder" "/mnt$folder"
done
mount -t tmpfs tmpfs /mnt/run
cp -L --remove-destination /etc/resolv.conf /etc/hosts /mnt/etc/
mkdir /mnt/run/before
cd /mnt
pivot_root . run/before
cd /
umount -l /run/before
rmdir /run/before
`;

async function ready(holder: ChildProcessByStdio<Writable, Readable, Readable>): Promise<void> {
  let complaint = '';
  holder.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const exit = once(holder, 'exit').then(() => {
    throw new Error(`no mount namespace for the engine: ${complaint.trim()}`);
  });
  await Promise.race([once(holder.stdout, 'data'), exit]);
}
