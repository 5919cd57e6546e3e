import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { main } from './main.ts';

const repository = join(import.meta.dirname, '../..');

/** Runs the command line in this process on the catalog of a folder, without any engine. */
export async function runIn(
  folder: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof said) =>
    new Writable({
      write(chunk, _, done) {
        said[name] += chunk;
        done();
      },
    }) as unknown as NodeJS.WriteStream & { fd: 1 & 2 };
  const code = await main(['-C', folder, ...args], {
    env: {
      PATH: '/nowhere',
      XDG_CACHE_HOME: join(folder, 'cache'),
      XDG_STATE_HOME: join(folder, 'state'),
      DOCKER_HOST: `unix://${folder}/docker.sock`,
      ...env,
    },
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    getuid: () => 0,
    on: () => process,
    off: () => process,
  });
  return { code, ...said };
}

/** The repository's images, templates and patches, to be changed. */
export function copyCatalog(folder: string): void {
  for (const part of ['images', 'templates', 'patches'])
    cpSync(join(repository, part), join(folder, part), { recursive: true });
}

/** @throws when the part is not in the file. */
export function editIn(folder: string, file: string, part: string, by: string): void {
  const text = readFileSync(join(folder, file), 'utf8');
  if (!text.includes(part)) throw new Error(`${file} has no ${part}`);
  writeFileSync(join(folder, file), text.replace(part, by));
}

/** As `halobox resolve rdma-check --base oci` does where Docker Hub can be asked. */
export function lockBaseIn(folder: string): void {
  const digest = `sha256:${'a'.repeat(64)}`;
  const base = `{ "kind": "oci", "version": "trixie-slim", "reference": "docker.io/library/debian", "digest": "${digest}" }`;
  editIn(folder, 'images/rdma-check/lock.json', '"sources"', `"base": ${base},\n  "sources"`);
}
