import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const auths = z.object({
  auths: z.record(z.string(), z.object({ auth: z.string().optional() })).default({}),
});

/**
 * What `podman login` or `docker login` left for a registry, as the value of a Basic authorization; undefined: nobody
 * logged in. Credential helpers are not asked. https://man.archlinux.org/man/containers-auth.json.5
 */
export function credentialsFor(registry: string, env: NodeJS.ProcessEnv, home: string): string | undefined {
  const names =
    registry === 'docker.io' ? ['docker.io', 'https://index.docker.io/v1/', 'index.docker.io'] : [registry];
  for (const file of authFiles(env, home)) {
    if (!existsSync(file)) continue;
    const found = auths.safeParse(parsed(readFileSync(file, 'utf8')));
    const known = found.success ? found.data.auths : {};
    const auth = names.map((name) => known[name]?.auth).find((text) => text !== undefined);
    if (auth !== undefined && /^[A-Za-z0-9+/=]+$/.test(auth)) return `Basic ${auth}`;
  }
  return undefined;
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
