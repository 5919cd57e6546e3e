import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ImageSource } from '../../../compare/image-source.ts';
import { engineImage, registryImage } from '../../../compare/open-image.ts';
import type { Engine } from '../../../engine/engine.ts';
import { findEngine } from '../../../engine/find-engine.ts';
import { InvalidInput } from '../../../model/error.ts';
import { ociReference } from '../../../model/source.ts';
import { loginsOf } from '../../../registry/credentials.ts';
import { openRegistry } from '../../../registry/open-registry.ts';
import { placeOf } from '../../../registry/reference.ts';
import { readMirrors } from '../../../sources/http/mirrors.ts';
import { openHttp } from '../../../sources/http/open-http.ts';
import { findBuilt } from '../../find-built.ts';
import type { Surroundings } from '../../surroundings.ts';

export interface CompareOptions {
  engine?: string;
  json?: boolean;
}

const scheme = 'docker://';

/**
 * Opens images by what a person calls them, as skopeo does: `docker://registry/name:tag` is asked of its registry,
 * everything else is on the engine. What is written for it is gone after `use`.
 */
export async function withImages<T>(
  names: readonly string[],
  options: CompareOptions,
  surroundings: Surroundings,
  use: (images: ImageSource[]) => Promise<T>,
): Promise<T> {
  const { folders, signal } = surroundings;
  const room = join(folders.cache, `saved-${randomUUID()}.partial`);
  const local = names.some((name) => !name.startsWith(scheme));
  const engine = local ? await findEngine(options.engine, surroundings) : undefined;
  try {
    const images: ImageSource[] = [];
    for (const [index, name] of names.entries()) {
      const folder = join(room, String(index));
      mkdirSync(folder, { recursive: true });
      images.push(
        name.startsWith(scheme)
          ? await fromRegistry(name, surroundings)
          : await engineImage(engine!, await referenceOn(engine!, name, surroundings), folder, signal),
      );
    }
    return await use(images);
  } finally {
    rmSync(room, { recursive: true, force: true });
    await engine?.close();
  }
}

/** A release of the catalog by its image's name alone, or any reference. */
async function referenceOn(engine: Engine, name: string, surroundings: Surroundings): Promise<string> {
  if (await engine.inspectImage(name)) return name;
  return (await findBuilt(name, engine, surroundings)).facts.id;
}

async function fromRegistry(name: string, { env, folders, signal, now }: Surroundings): Promise<ImageSource> {
  const reference = name.slice(scheme.length);
  if (!ociReference.safeParse(reference).success) {
    throw new InvalidInput({
      what: `${JSON.stringify(name)} is no tag of a registry`,
      next: 'Write docker://registry/name:tag, such as docker://ghcr.io/someone/rdma-check:0.1.0.',
    });
  }
  const { tag, ...repository } = placeOf(reference);
  const home = homedir();
  const { cache } = folders;
  const http = openHttp({ cache, mirrors: readMirrors(env, home), env, signal, now: () => now().getTime() });
  const registry = openRegistry({ repository, http, credentials: loginsOf(env, home), cache, signal });
  return await registryImage(registry, tag, name);
}
