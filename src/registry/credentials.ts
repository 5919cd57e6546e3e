import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The value of a Basic authorization for a repository; undefined: nobody logged in. */
export type Credentials = (repository: { registry: string; name: string }) => string | undefined;

const auths = z.object({
  auths: z.record(z.string(), z.object({ auth: z.string().optional() })).default({}),
});

/**
 * What `podman login` or `docker login` left, as the value of a Basic authorization. A file may have logins of one
 * repository or of all below a path; the closest counts. Credential helpers are not asked.
 * https://man.archlinux.org/man/containers-auth.json.5
 * @param home the person's home folder.
 */
export function loginsOf(env: NodeJS.ProcessEnv, home: string): Credentials {
  return ({ registry, name }) => {
    const names = namesOf(registry, name);
    for (const file of authFiles(env, home)) {
      if (!existsSync(file)) continue;
      const found = auths.safeParse(parsed(readFileSync(file, 'utf8')));
      const known = found.success ? found.data.auths : {};
      const auth = names.map((one) => known[one]?.auth).find((text) => text !== undefined);
      if (auth !== undefined && /^[A-Za-z0-9+/=]+$/.test(auth)) return `Basic ${auth}`;
    }
    return undefined;
  };
}

/** What a login can be called that lets into a repository, the closest first. */
function namesOf(registry: string, name: string): string[] {
  const parts = name.split('/');
  const below = parts.map((_, index) => [registry, ...parts.slice(0, parts.length - index)].join('/'));
  const hub = registry === 'docker.io' ? ['https://index.docker.io/v1/', 'index.docker.io'] : [];
  return [...below, registry, ...hub];
}

function authFiles(env: NodeJS.ProcessEnv, home: string): string[] {
  return [
    ...(env.REGISTRY_AUTH_FILE ? [env.REGISTRY_AUTH_FILE] : []),
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, 'containers/auth.json')] : []),
    join(env.DOCKER_CONFIG || join(home, '.docker'), 'config.json'),
  ];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
