import { execa } from 'execa';
import { ExitCode, HaloboxError, Interrupted } from '../../model/error.ts';
import { unreadable } from '../listing/unreadable.ts';
import { gitFailure } from './git-failure.ts';

/** How repositories are asked. */
export interface GitAccess {
  signal: AbortSignal;
  /** The proxies' variables, PATH and the certificates' are taken from it, and nothing else. */
  env: NodeJS.ProcessEnv;
  /** The address that is asked in place of a repository's. */
  mirrors?: (url: string) => string;
  /** Seconds. */
  patience?: { silence: number; whole: number };
}

const defaultPatience = { silence: 30, whole: 300 };
/** torch's repository has the most refs of those known: 300,000 with 20 MB. */
const mostBytes = 64 * 2 ** 20;

/**
 * Runs git against a repository elsewhere. git knows the protocol, proxies and certificates better than we would; what
 * the person or the machine has configured for it (other addresses, logins, hooks into credentials) is left out, so that
 * everybody gets the same.
 * @param words what follows the settings, for the address that is asked.
 * @param whole seconds that all of it may take; default: those of `access`.
 * @returns stdout.
 * @throws UpstreamError with the URL and git's words; HaloboxError when git is not installed; Interrupted.
 */
export async function runGit(
  url: string,
  words: (address: string) => readonly string[],
  { signal, env, mirrors, patience = defaultPatience }: GitAccess,
  whole = patience.whole,
): Promise<string> {
  if (signal.aborted) throw new Interrupted();
  const address = mirrors?.(url) ?? url;
  const result = await execa('git', [...settings(patience.silence), ...words(address)], {
    cwd: '/',
    env: environment(env, address),
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: whole * 1000,
    maxBuffer: mostBytes,
    cancelSignal: signal,
    forceKillAfterDelay: 1000,
    // The program that git starts to speak HTTP would go on, and hold the pipes.
    killDescendants: true,
  });
  if (result.isCanceled || signal.aborted) throw new Interrupted();
  if (result.code === 'ENOENT') {
    throw new HaloboxError(ExitCode.failed, {
      what: 'git is needed to ask repositories, and is not installed',
      next: 'Install git (Debian, Ubuntu: apt-get install git; Fedora: dnf install git).',
    });
  }
  if (result.isMaxBuffer) throw unreadable(url, `the repository answers with more than ${mostBytes} bytes`);
  if (result.timedOut) throw gitFailure(url, address, '', `no answer within ${whole} seconds`);
  if (result.failed) throw gitFailure(url, address, result.stderr);
  return result.stdout;
}

function settings(silence: number): string[] {
  const pairs = {
    'credential.helper': '',
    'core.askPass': '',
    // Only the first request may lead elsewhere, as a repository's move does.
    'http.followRedirects': 'initial',
    'http.lowSpeedLimit': '1',
    'http.lowSpeedTime': String(silence),
  };
  return Object.entries(pairs).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

/** https://git-scm.com/docs/git#_environment_variables */
function environment(env: NodeJS.ProcessEnv, address: string): NodeJS.ProcessEnv {
  const taken = /^(path|(https?|all|no)_proxy|ssl_cert_(file|dir)|git_ssl_ca(info|path))$/i;
  return {
    ...Object.fromEntries(Object.entries(env).filter(([key]) => taken.test(key))),
    // curl looks for a .netrc with logins there.
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    // No folder around is a repository whose settings count.
    GIT_DIR: '/nonexistent',
    GIT_TERMINAL_PROMPT: '0',
    // What was https stays so, wherever it is redirected to.
    GIT_ALLOW_PROTOCOL: address.startsWith('https:') ? 'https' : 'http:https',
    LC_ALL: 'C.UTF-8',
  };
}
