import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../store/write-file.ts';
import { type Owner, ownerIsAlive } from './owner.ts';

const process = z.object({ boot: z.string(), namespace: z.string(), pid: z.number(), start: z.string() });

const record = z.object({
  id: z.uuid(),
  halobox: process,
  /** The `podman build` of it, once started. */
  podman: process.optional(),
  /** Folder of the images it builds into. */
  storage: z.string(),
  /** Temporary folder with its context. */
  folder: z.string(),
  tag: z.string(),
  /** What was made before is none of its. */
  started: z.iso.datetime().optional(),
});

/** What must be known to end a build whose halobox was killed. */
export type BuildRecord = z.infer<typeof record>;

/** Records of running builds, one file each; what is still there when its halobox is gone was killed. */
export class Journal {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(entry: BuildRecord): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    writeWhole(this.#file(entry.id), `${JSON.stringify(entry, undefined, 2)}\n`);
  }

  async forget(id: string): Promise<void> {
    await rm(this.#file(id), { force: true });
  }

  /** Builds into `storage` whose halobox is no more. A build of before the last boot is among them. */
  async abandoned(storage: string, self: Owner): Promise<BuildRecord[]> {
    const found: BuildRecord[] = [];
    for (const entry of await this.#all()) {
      if (entry.storage !== storage) continue;
      const ended = entry.halobox.boot !== self.boot || !ownerIsAlive(entry.halobox, self);
      if (ended) found.push(entry);
    }
    return found;
  }

  async #all(): Promise<BuildRecord[]> {
    let names: string[];
    try {
      names = await readdir(this.#folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    const texts = await Promise.all(
      names.filter((name) => name.endsWith('.json')).map((name) => this.#read(join(this.#folder, name))),
    );
    return texts.filter((one) => one !== undefined);
  }

  /** A record that another halobox removes meanwhile, or that a later version wrote, is left alone. */
  async #read(file: string): Promise<BuildRecord | undefined> {
    try {
      return record.parse(JSON.parse(await readFile(file, 'utf8')));
    } catch {
      return undefined;
    }
  }

  #file(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
