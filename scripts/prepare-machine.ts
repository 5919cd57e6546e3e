import { homedir } from 'node:os';
import { execa } from 'execa';
import { surveyEngines } from '../src/engine/find-engine.ts';
import { foldersOf } from '../src/store/folders.ts';

type Host = Pick<NodeJS.Process, 'env' | 'getuid' | 'stderr'>;

/** Debian's packages for each thing that a build needs and may not find. */
const packages = {
  engine: ['podman', 'runc', 'netavark', 'aardvark-dns', 'iptables', 'uidmap', 'slirp4netns'],
  mmdebstrap: ['mmdebstrap', 'uidmap'],
  git: ['git'],
} as const;

type Need = keyof typeof packages;

/**
 * Makes sure that an engine, mmdebstrap and git are there. As root on Debian and its kin it installs them and says so;
 * otherwise it says exactly what to run. A base can also come from a registry, so mmdebstrap is only wanted where apt is.
 * @param engineNamed the person named an engine; then it is theirs to start.
 * @returns false when something that is needed is missing still.
 */
export async function prepareMachine(host: Host, engineNamed: boolean): Promise<boolean> {
  const say = (text: string) => host.stderr.write(`${text}\n`);
  const apt = await runs('apt-get', ['--version']);
  const missing = await missingNeeds(host, apt, engineNamed);
  if (missing.length === 0) return true;
  const names = [...new Set(missing.flatMap((need) => packages[need]))];
  if (!apt) {
    say(`halobox: missing on this machine: ${missing.join(', ')}`);
    say(
      '  next: install Podman or Docker, and git (Fedora: dnf install podman git), then run npm start again.',
    );
    return false;
  }
  if (host.getuid?.() !== 0) {
    say(`halobox: missing on this machine: ${missing.join(', ')}`);
    say(`  next: sudo apt-get update && sudo apt-get install --yes ${names.join(' ')}`);
    return false;
  }
  say(`halobox: installing Debian packages for ${missing.join(', ')}: ${names.join(' ')}`);
  const options = {
    stdio: ['ignore', 2, 2],
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    reject: false,
  } as const;
  await execa('apt-get', ['update', '-qq'], options);
  const install = ['install', '--yes', '-qq', '--no-install-recommends', ...names];
  const { exitCode } = await execa('apt-get', install, options);
  if (exitCode !== 0) {
    say(`halobox: apt-get could not install them (exit code ${exitCode}); its words are above`);
    say(`  next: apt-get update && apt-get install --yes ${names.join(' ')}`);
    return false;
  }
  return true;
}

/** Each of these names an engine, and no other is looked for. */
const naming = ['HALOBOX_ENGINE', 'DOCKER_HOST', 'DOCKER_CONTEXT', 'CONTAINER_HOST'];

async function missingNeeds(host: Host, apt: boolean, engineNamed: boolean): Promise<Need[]> {
  const named = engineNamed || naming.some((name) => host.env[name]);
  return [
    ...(!named && !(await anyEngine(host)) ? (['engine'] as const) : []),
    ...(apt && !(await runs('mmdebstrap', ['--version'])) ? (['mmdebstrap'] as const) : []),
    ...((await runs('git', ['--version'])) ? [] : (['git'] as const)),
  ];
}

async function anyEngine(host: Host): Promise<boolean> {
  const { engines } = await surveyEngines(undefined, {
    env: host.env,
    uid: host.getuid?.() ?? 0,
    folders: foldersOf(host.env, homedir()),
  });
  return engines.length > 0;
}

async function runs(command: string, args: readonly string[]): Promise<boolean> {
  return (await execa(command, args, { reject: false, stdio: 'ignore' })).exitCode === 0;
}
