import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runHostProgram } from '../host/run-program.ts';
import { InvalidInput, UpstreamError } from '../model/error.ts';
import type { Image } from '../model/image.ts';
import { sha256 } from '../model/name.ts';
import { touch } from '../store/touch.ts';
import { writeWhole } from '../store/write-file.ts';

/** What the base layer starts from. */
export type Base =
  | {
      kind: 'debootstrap';
      /** Tarball on the host. */
      file: string;
      /** Its sha256: the archive moves on, so the definition alone does not say what is inside. */
      digest: string;
    }
  | { kind: 'oci'; reference: string };

export interface BaseChoice {
  kind: Base['kind'];
  /** Why, for the person. */
  reason: string;
}

/**
 * Decides where the base comes from: what was forced, else mmdebstrap where it is to be had, else a registry.
 * @throws InvalidInput when the image does not offer what was forced.
 */
export function chooseBase(
  base: Image['base'],
  forced: Base['kind'] | undefined,
  hasMmdebstrap: boolean,
): BaseChoice {
  if (forced && !base[forced]) {
    throw new InvalidInput({
      what: `the image has no base of kind ${forced}`,
      where: '--base',
      next: `Leave the flag out, or add \`base.${forced}\` to image.yaml.`,
    });
  }
  if (forced) return { kind: forced, reason: 'forced by --base' };
  if (base.debootstrap && hasMmdebstrap)
    return { kind: 'debootstrap', reason: 'mmdebstrap is installed; no registry is needed' };
  if (base.oci)
    return {
      kind: 'oci',
      reason: base.debootstrap ? 'mmdebstrap is not installed' : 'the image offers nothing else',
    };
  throw new InvalidInput({
    what: 'the base is made by mmdebstrap, which is not installed',
    next: 'Install it (Debian, Ubuntu: apt-get install mmdebstrap), or add `base.oci` to image.yaml.',
  });
}

/**
 * Makes the root file system with mmdebstrap, or takes the one that was made for the same definition before.
 * @param fresh make it anew, for the archive's newest packages.
 * @param offline take one that was made, or fail.
 * @param versions of the packages that are locked, by name.
 * @throws UpstreamError (exit 3) with mmdebstrap's last lines; InvalidInput for a mirror with a password.
 */
export async function debootstrap(
  base: Image['base'],
  options: {
    cache: string;
    mirror: string | undefined;
    fresh: boolean;
    offline: boolean;
    versions: Readonly<Record<string, string>>;
    signal: AbortSignal;
  },
): Promise<Base & { made: boolean }> {
  refusePassword(options.mirror);
  const { variant = 'minbase', include: names = [] } = base.debootstrap ?? {};
  const include = names.map((name) =>
    Object.hasOwn(options.versions, name) ? `${name}=${options.versions[name]}` : name,
  );
  const definition = JSON.stringify([base.suite, variant, include, options.mirror ?? '']);
  const folder = join(options.cache, 'rootfs');
  // Tarballs are kept under their digest, so that one which is being read is never replaced; the newest of a
  // definition is written down beside them.
  const newest = join(
    folder,
    `${base.suite}-${createHash('sha256').update(definition).digest('hex')}.newest`,
  );
  const fileOf = (digest: string): string => join(folder, `${digest}.tar`);
  if (!options.fresh && existsSync(newest)) {
    const digest = sha256.parse((await readFile(newest, 'utf8')).trim());
    if (existsSync(fileOf(digest))) {
      touch(fileOf(digest));
      return { kind: 'debootstrap', file: fileOf(digest), digest, made: false };
    }
  }
  if (options.offline) {
    throw new UpstreamError({
      what: `no root file system of Debian ${base.suite} is in the cache`,
      where: folder,
      next: 'Build once without --frozen.',
    });
  }
  await mkdir(folder, { recursive: true });
  const partial = join(folder, `${randomUUID()}.partial.tar`);
  try {
    const args = [
      `--variant=${variant}`,
      // Device nodes can't be made in a user namespace, and every engine brings its own /dev.
      '--skip=output/dev',
      '--skip=output/mknod',
      ...(include.length > 0 ? [`--include=${include.join(',')}`] : []),
      base.suite,
      partial,
      ...(options.mirror ? [options.mirror] : []),
    ];
    // The same packages give the same bytes when times are fixed, https://manpages.debian.org/mmdebstrap.1
    const env = { SOURCE_DATE_EPOCH: '0' };
    const result = await runHostProgram({ command: 'mmdebstrap', args, env, signal: options.signal });
    if (result.exitCode !== 0) {
      throw new UpstreamError({
        what: `mmdebstrap could not make a root file system of Debian ${base.suite} (exit code ${result.exitCode})`,
        where: options.mirror ?? "mmdebstrap's default mirror",
        detail: result.stderr.trimEnd().split('\n').slice(-12),
        next: 'Check the network and the mirror (HALOBOX_DEBIAN_MIRROR); as another user than root, also /etc/subuid and /etc/subgid, and that TMPDIR is a folder that everybody may enter; or use --base oci.',
      });
    }
    const hash = createHash('sha256');
    await pipeline(createReadStream(partial), hash);
    const digest = hash.digest('hex');
    await rename(partial, fileOf(digest));
    writeWhole(newest, `${digest}\n`);
    return { kind: 'debootstrap', file: fileOf(digest), digest, made: true };
  } finally {
    await rm(partial, { force: true });
  }
}

/** The root file system names the mirror, so that packages can be installed from it: it goes into the image. */
function refusePassword(mirror: string | undefined): void {
  if (mirror === undefined || !URL.canParse(mirror)) return;
  const { username, password, host } = new URL(mirror);
  if (username === '' && password === '') return;
  throw new InvalidInput({
    what: `the mirror at ${host} is named with a password, which would be in the image for everybody to read`,
    where: 'HALOBOX_DEBIAN_MIRROR',
    next: 'Name one without: a proxy (HTTPS_PROXY) or a mirror inside can add it. Or build with --base oci.',
  });
}
