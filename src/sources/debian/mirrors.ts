import { ProgramMissing, runHostProgram } from '../../host/run-program.ts';
import { UpstreamError } from '../../model/error.ts';

/**
 * The mirrors of Debian's archive that this machine uses, as base URLs with a slash at the end:
 * HALOBOX_DEBIAN_MIRROR alone when it is set, else what apt is configured with.
 * @throws UpstreamError when neither is known.
 */
export async function debianMirrors(env: NodeJS.ProcessEnv): Promise<string[]> {
  if (env.HALOBOX_DEBIAN_MIRROR) return [withSlash(env.HALOBOX_DEBIAN_MIRROR)];
  const mirrors = await aptMirrors();
  if (mirrors.length > 0) return mirrors;
  throw new UpstreamError({
    what: 'no mirror of the Debian archive is known on this machine',
    where: 'HALOBOX_DEBIAN_MIRROR is not set, and apt has none',
    next: 'Set HALOBOX_DEBIAN_MIRROR to the URL of a mirror (https://www.debian.org/mirror/list).',
  });
}

async function aptMirrors(): Promise<string[]> {
  try {
    const { stdout } = await runHostProgram({
      command: 'apt-get',
      args: ['indextargets', '--format', '$(REPO_URI) $(ORIGIN)', 'Created-By: Packages'],
    });
    // Without downloaded lists apt knows no origin; Ubuntu's archive is arranged otherwise.
    const uris = stdout
      .split('\n')
      .map((line) => line.split(' '))
      .filter(([uri = '', origin = '']) => /^https?:\/\//.test(uri) && (origin === '' || origin === 'Debian'))
      .map(([uri = '']) => uri);
    // The security archive has a pool of its own that lacks most packages: last.
    const rank = (uri: string) => (/security/.test(uri) ? 1 : 0);
    return [...new Set(uris.map(withSlash))].sort((a, b) => rank(a) - rank(b));
  } catch (error) {
    if (error instanceof ProgramMissing) return [];
    throw error;
  }
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
