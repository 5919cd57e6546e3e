import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { Host } from './candidates.ts';

export interface DockerContext {
  name: string;
  /** The file that describes it. */
  file: string;
  /** Undefined when the context can't be read; `problem` says why. */
  address?: string;
  /** Folder with ca.pem, cert.pem and key.pem, when the context has them. */
  certificates?: string;
  problem?: string;
}

const config = z.object({ currentContext: z.string().optional() });
const meta = z.object({ Endpoints: z.object({ docker: z.object({ Host: z.string() }) }) });

/**
 * The docker context in force, which the docker CLI keeps in files and dockerode does not read; undefined for the
 * default one.
 * https://github.com/docker/cli/blob/master/cli/context/store/doc.go
 */
export function readDockerContext({
  env,
  readText,
}: Pick<Host, 'env' | 'readText'>): DockerContext | undefined {
  const folder = env.DOCKER_CONFIG || (env.HOME ? join(env.HOME, '.docker') : undefined);
  if (folder === undefined) return undefined;
  const name =
    env.DOCKER_CONTEXT || config.safeParse(json(readText(join(folder, 'config.json')))).data?.currentContext;
  if (!name || name === 'default') return undefined;
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(folder, 'contexts/meta', id, 'meta.json');
  const text = readText(file);
  if (text === undefined) return { name, file, problem: 'no such context' };
  const parsed = meta.safeParse(json(text));
  if (!parsed.success) return { name, file, problem: 'names no docker endpoint' };
  const certificates = join(folder, 'contexts/tls', id, 'docker');
  return {
    name,
    file,
    address: parsed.data.Endpoints.docker.Host,
    ...(readText(join(certificates, 'ca.pem')) !== undefined && { certificates }),
  };
}

function json(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
