import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Dockerode from 'dockerode';
import { z } from 'zod';
import { writeWhole } from '../store/write-file.ts';

const record = z.object({ storage: z.string(), repository: z.string(), images: z.array(z.string()) });

/**
 * The unnamed images that `podman build --layers` keeps for each step of a layer. They let a repeated build go on
 * where it failed; without a bound they pile up with every change. Kept are those of the last build of a layer; an
 * earlier build's that the last one did not use are removed.
 */
export class StepCache {
  readonly #file: string;
  readonly #storage: string;
  readonly #repository: string;
  readonly #earlier: readonly string[];
  #made: readonly string[] = [];
  #reused: readonly string[] = [];

  /**
   * @param records folder of the records of builds.
   * @param storage folder of the engine's images.
   * @param tag the layer's reference; what precedes the last colon names the layer whatever its key.
   */
  constructor(records: string, storage: string, tag: string) {
    const repository = tag.slice(0, tag.lastIndexOf(':'));
    const name = createHash('sha256').update(`${storage}\0${repository}`).digest('hex').slice(0, 32);
    this.#file = join(records, 'steps', `${name}.json`);
    this.#storage = storage;
    this.#repository = repository;
    this.#earlier = read(this.#file);
  }

  /** Written down at once: a build that is killed is remembered too. */
  note(made: readonly string[], reused: readonly string[]): void {
    this.#made = [...made];
    this.#reused = [...reused];
    this.#write([...new Set([...this.#earlier, ...made])]);
  }

  /**
   * To be called when the build succeeded or failed by itself. One that was stopped says nothing of what the next can
   * use, so that everything stays until then.
   * @param built the finished image, when there is one.
   */
  async prune(docker: Dockerode, built: string | undefined): Promise<void> {
    const used = [...this.#made, ...this.#reused, ...(built ? [built.replace('sha256:', '')] : [])];
    const kept: string[] = [];
    for (const image of this.#earlier) {
      if (used.some((one) => same(one, image))) kept.push(image);
      else await removeUnnamed(docker, image);
    }
    this.#write([...new Set([...kept, ...this.#made])]);
  }

  /** Best effort: what is not remembered stays on the engine, which is no reason to fail a build. */
  #write(images: readonly string[]): void {
    const text = JSON.stringify(
      { storage: this.#storage, repository: this.#repository, images },
      undefined,
      2,
    );
    try {
      writeWhole(this.#file, `${text}\n`);
    } catch {}
  }
}

function read(file: string): readonly string[] {
  try {
    return record.parse(JSON.parse(readFileSync(file, 'utf8'))).images;
  } catch {
    return [];
  }
}

/** podman prints ids in full or shortened. */
function same(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}

/**
 * Leaves it alone when it has a name or when a container uses it. Images that were built on it keep its layers. Only
 * this one: without `noprune` podman also removes whatever unnamed images it was built on.
 */
async function removeUnnamed(docker: Dockerode, id: string): Promise<void> {
  try {
    const image = docker.getImage(id);
    if (((await image.inspect()).RepoTags ?? []).length === 0)
      await image.remove({ force: false, noprune: true });
  } catch {
    // The engine refuses, or it is gone already.
  }
}
