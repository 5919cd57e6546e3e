import { createHash, type Hash } from 'node:crypto';
import { constants, readFileSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../../store/write-file.ts';
import { claimFolder, releaseFolder } from './claim.ts';

const aboutSchema = z.strictObject({
  /** The address that the bytes came from. */
  asked: z.string(),
  /** Says, in If-Range, that it is still the same file. */
  validator: z.string(),
  /** Of the machine. Bytes that were not on the disk when it stopped may be zeros now. */
  boot: z.string(),
});

/** A file that is not whole yet, this process's alone, with the digest over what is there. */
export class Partial {
  readonly folder: string;
  readonly #parent: string;
  readonly #name: string;
  readonly #handle: FileHandle;
  #hash: Hash = createHash('sha256');
  #length = 0;
  #about: { asked: string; validator: string } | undefined;
  #gone = false;

  private constructor(parent: string, name: string, folder: string, handle: FileHandle) {
    this.#parent = parent;
    this.#name = name;
    this.folder = folder;
    this.#handle = handle;
  }

  /**
   * Takes up what an earlier run left of this name, or begins.
   * @param name without dots; stands for the URL and all that is known of the file.
   */
  static async open(parent: string, name: string, signal: AbortSignal): Promise<Partial> {
    const folder = await claimFolder(parent, name);
    const about = readAbout(folder);
    // Made if it is not there, but not emptied.
    const handle = await open(join(folder, 'bytes'), constants.O_RDWR | constants.O_CREAT);
    const partial = new Partial(parent, name, folder, handle);
    try {
      if (about) await partial.#takeUp(about, signal);
      else await partial.empty();
      return partial;
    } catch (error) {
      await partial.close();
      throw error;
    }
  }

  async #takeUp(about: { asked: string; validator: string }, signal: AbortSignal): Promise<void> {
    const options = { start: 0, autoClose: false, highWaterMark: 2 ** 20, signal };
    this.#about = about;
    for await (const chunk of this.#handle.createReadStream(options)) {
      this.#hash.update(chunk);
      this.#length += chunk.length;
    }
  }

  /** Bytes that are there. */
  get length(): number {
    return this.#length;
  }

  /** Where the bytes came from; undefined when they can't be continued. */
  get about(): { asked: string; validator: string } | undefined {
    return this.#length > 0 ? this.#about : undefined;
  }

  /** Begins again, with another file or another state of it. */
  async empty(about?: { asked: string; validator: string }): Promise<void> {
    await this.#handle.truncate(0);
    this.#hash = createHash('sha256');
    this.#length = 0;
    this.#about = about;
    const file = join(this.folder, 'about.json');
    if (about) writeWhole(file, JSON.stringify({ ...about, boot: bootId() }));
    else await rm(file, { force: true });
  }

  async append(chunk: Buffer): Promise<void> {
    const writing = this.#write(chunk);
    // Meanwhile: disk and digest take about the same time.
    this.#hash.update(chunk);
    await writing;
    this.#length += chunk.length;
  }

  /** Each byte at its own place: whoever else should still hold this file open writes the same ones there. */
  async #write(chunk: Buffer): Promise<void> {
    for (let done = 0; done < chunk.length; ) {
      const { bytesWritten } = await this.#handle.write(
        chunk,
        done,
        chunk.length - done,
        this.#length + done,
      );
      done += bytesWritten;
    }
  }

  /** Of all that is there, hexadecimal. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Moves the file to where everybody finds it. */
  async finish(file: string): Promise<void> {
    await rename(join(this.folder, 'bytes'), file);
    await this.discard();
  }

  async discard(): Promise<void> {
    this.#gone = true;
    await rm(this.folder, { recursive: true, force: true });
  }

  /** To be called at the end, whatever came of it: what can be continued is left to the next run. */
  async close(): Promise<void> {
    await this.#handle.close();
    if (this.#gone) return;
    if (this.about) await releaseFolder(this.#parent, this.#name, this.folder);
    else await this.discard();
  }
}

function readAbout(folder: string): { asked: string; validator: string } | undefined {
  try {
    const { boot, ...about } = aboutSchema.parse(
      JSON.parse(readFileSync(join(folder, 'about.json'), 'utf8')),
    );
    return boot === bootId() ? about : undefined;
  } catch {
    return undefined;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
