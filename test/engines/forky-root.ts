import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { ensureDebianPackages } from './debian-packages.ts';

/**
 * Today's engines on an older machine: a Debian forky system in a folder, entered by `openMountNamespace` and never
 * written to. It is made once and found again under the hash of what it is made from.
 */
export async function forkyRoot(): Promise<string> {
  await ensureDebianPackages(['mmdebstrap']);
  const cache = process.env.HALOBOX_TEST_CACHE || join(homedir(), '.cache', 'halobox-test');
  const root = join(
    cache,
    `forky-${createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12)}`,
  );
  if (existsSync(root)) return root;
  await mkdir(cache, { recursive: true });
  // Test files that start together wait for the first of them; one that is killed leaves only `….new`.
  await execa('flock', [join(cache, '.lock'), 'sh', '-euc', make, 'sh', root, ...recipe]);
  return root;
}

const packages = [
  'aardvark-dns',
  'buildah',
  'ca-certificates',
  'crun',
  'docker-buildx',
  'docker-cli',
  'docker.io',
  'iptables',
  'mount',
  'netavark',
  'nftables',
  'passt',
  'podman',
  'runc',
  'uidmap',
];

const recipe = [
  '--variant=apt',
  // forky is rolling: its Release file can be past its date.
  '--aptopt=Acquire::Check-Valid-Until "false"',
  `--include=${packages.join(',')}`,
  'forky',
];

const make = `
root=$1; shift
[ ! -e "$root" ] || exit 0
rm -rf --one-file-system "$root.new"
mmdebstrap --quiet "$@" "$root.new"
mv -T "$root.new" "$root"
`;
