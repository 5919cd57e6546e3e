import { execa } from 'execa';

/**
 * Debian packages on the machine that runs the suite: installed when the suite is root, named to the reader when not.
 * Docker's and Podman's floor (20.10 and 4.3) are Debian 12's own packages.
 *
 * The installation starts no daemon: without an init system `invoke-rc.d` refuses to. Where there is one, the
 * service is the machine's own and the suite leaves it alone.
 */
export async function ensureDebianPackages(names: readonly string[]): Promise<void> {
  const wanted = await missing(names);
  if (wanted.length === 0) return;
  if (process.getuid?.() !== 0) {
    throw new Error(`Debian packages are missing. As root: apt-get install ${wanted.join(' ')}`);
  }
  // apt waits for dpkg's lock but not for the one on its package lists: test files that run side by side queue here.
  await execa('flock', [lockFile, 'sh', '-euc', install, 'sh', ...wanted], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
  const still = await missing(names);
  if (still.length > 0) throw new Error(`apt-get did not install ${still.join(', ')}`);
}

const lockFile = '/run/lock/halobox-test-apt';

const install = `
apt-get -qq -o DPkg::Lock::Timeout=300 update
apt-get -qq -o DPkg::Lock::Timeout=300 --no-install-recommends install "$@"
`;

async function missing(names: readonly string[]): Promise<string[]> {
  const format = `--showformat=\${Package} \${db:Status-Status}\n`;
  const { stdout } = await execa('dpkg-query', ['--show', format, ...names], { reject: false });
  const known = new Set(stdout.split('\n'));
  return names.filter((name) => !known.has(`${name} installed`));
}
