import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { commonConf } from './containers-conf.ts';
import { ensureDebianPackages } from './debian-packages.ts';
import { openMountNamespace } from './mount-namespace.ts';
import { endProcesses, ownerOf } from './processes.ts';

export interface RootlessUser {
  readonly name: string;
  readonly uid: number;
  /** Belongs to the user, with a writable `tmp` below it. Only root can enter the folder of a test. */
  readonly home: string;
  /** Runs a program as the user, in `home` unless told otherwise. A failure is an outcome, not an exception. */
  run(program: string, args: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Ends the user's processes and takes away the storage, the home and the user. */
  stop(): Promise<void>;
}

interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

interface Outcome {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RootlessOptions {
  /** Whether the user may open /dev/net/tun, without which a rootless container has no network of its own. */
  readonly tun: 'open' | 'closed';
  /** A folder that the user sees, read-only, as `shown` in its home, wherever it is. */
  readonly show: string;
}

/** A person without root who has the machine's own Podman (4.3), for as long as the test lasts. */
export async function addRootlessUser({ tun, show }: RootlessOptions): Promise<RootlessUser> {
  await ensureDebianPackages(['podman', 'runc', 'uidmap', 'slirp4netns']);
  const home = await mkdtemp(join(tmpdir(), 'halobox-rootless-'));
  const name = `halobox-${randomBytes(4).toString('hex')}`;
  // It also gives the user 65536 subordinate ids.
  await execa('useradd', ['--home-dir', home, '--no-create-home', '--shell', '/bin/sh', name]);
  const uid = await idOf(name, '--user');
  const gid = await idOf(name, '--group');
  const isTheirs = await idsOf(name, uid);
  const namespace = await openMountNamespace(home);
  const [enter, ...words] = namespace.enter;
  const stop = async () => {
    await endProcesses((pid) => isTheirs(ownerOf(pid)));
    await namespace.close();
    await rm(home, { recursive: true, force: true });
    await execa('userdel', [name]);
  };
  try {
    await furnish(home, uid, gid);
    await execa(enter, [...words, 'sh', '-euc', arrange, 'sh', home, tun === 'open' ? '666' : '600', show]);
  } catch (error) {
    await stop();
    throw error;
  }
  const person = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--init-groups'];
  const theirs = {
    HOME: home,
    USER: name,
    LOGNAME: name,
    XDG_RUNTIME_DIR: join(home, 'run'),
    TMPDIR: join(home, 'tmp'),
    PATH: process.env.PATH ?? '/usr/bin:/bin',
  };
  return {
    name,
    uid,
    home,
    stop,
    async run(program, args, { cwd = home, env = {}, signal } = {}) {
      const command = [...words, ...person, 'sh', '-c', 'cd "$0" && exec "$@"', cwd, program, ...args];
      const { exitCode, stdout, stderr } = await execa(enter, command, {
        env: { ...theirs, ...env },
        extendEnv: false,
        reject: false,
        ...(signal ? { cancelSignal: signal } : {}),
      });
      return { exitCode, stdout, stderr };
    },
  };
}

/**
 * slirp4netns, which is the network of a rootless container, opens /dev/net/tun. The user sees a device of its own
 * there, in this mount namespace only. A desktop also has a shared root mount, without which Podman warns.
 */
const arrange = `
mknod --mode="$2" "$1/tun" c 10 200
mount --bind "$1/tun" /dev/net/tun
mkdir "$1/shown"
mount --bind "$3" "$1/shown"
mount -o remount,bind,ro "$1/shown"
mount --make-rshared /
`;

async function furnish(home: string, uid: number, gid: number): Promise<void> {
  const configuration = join(home, '.config', 'containers');
  await mkdir(configuration, { recursive: true });
  await writeFile(join(configuration, 'containers.conf'), commonConf);
  // Without it Debian's Podman takes vfs, which copies every layer.
  await writeFile(join(configuration, 'storage.conf'), '[storage]\ndriver = "overlay"\n');
  await mkdir(join(home, 'run'), { mode: 0o700 });
  // mmdebstrap works below it with subordinate ids, which must get through; /tmp lets everybody through.
  await mkdir(join(home, 'tmp'));
  await Promise.all(['.', 'tmp'].map((name) => chmod(join(home, name), 0o711)));
  for (const path of ['.', '.config', '.config/containers', 'run', 'tmp'])
    await chown(join(home, path), uid, gid);
}

async function idOf(name: string, what: string): Promise<number> {
  const { stdout } = await execa('id', [what, name]);
  return Number(stdout);
}

/** Whether an id is the user's or one of its subordinate ids, which is what processes in its containers have. */
async function idsOf(name: string, uid: number): Promise<(id: number | undefined) => boolean> {
  const line = (await readFile('/etc/subuid', 'utf8'))
    .split('\n')
    .find((text) => text.startsWith(`${name}:`));
  const [, first = 0, count = 0] = line?.split(':').map(Number) ?? [];
  return (id) => id !== undefined && (id === uid || (id >= first && id < first + count));
}
