import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { stripVTControlCharacters } from 'node:util';
import type { BuildEvent } from '../engine/engine.ts';
import { timeText } from '../model/tag.ts';
import { unwritable } from '../store/unwritable.ts';

/** Lines of the failing step that an error shows; the whole is in the log. */
const shown = 20;

/** The full log of one layer's build, and the last lines of each step for the error. */
export class LayerLog {
  readonly file: string;
  readonly #stream: WriteStream;
  readonly #tails = new Map<number, string[]>();
  readonly #names = new Map<number, string>();
  #lastStep: number | undefined;

  /** @throws HaloboxError (exit 1) where the folder can't be written. */
  constructor(stateFolder: string, image: string, layer: string, time: Date) {
    const folder = join(stateFolder, 'logs', image);
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw unwritable(error, stateFolder, 'XDG_STATE_HOME');
    }
    this.file = join(folder, `${timeText(time)}-${layer}.log`);
    this.#stream = createWriteStream(this.file);
    // A full disk must not end the build with an unhandled error; the engine will say it in its own words.
    this.#stream.on('error', () => {});
  }

  take(event: BuildEvent): void {
    switch (event.type) {
      case 'step-started':
        this.#lastStep = event.step;
        this.#names.set(event.step, event.name);
        this.#stream.write(`=== step ${event.step}${event.total ? `/${event.total}` : ''}: ${event.name}\n`);
        return;
      case 'step-log': {
        this.#stream.write(event.text.endsWith('\n') ? event.text : `${event.text}\n`);
        const lines = stripVTControlCharacters(event.text)
          .split(/\r?\n/)
          .filter((line) => line.trim() !== '');
        this.#tails.set(event.step, [...(this.#tails.get(event.step) ?? []), ...lines].slice(-shown));
        return;
      }
      case 'step-done':
        this.#stream.write(
          `=== step ${event.step} done in ${event.seconds} s${event.cached ? ' (cached)' : ''}\n`,
        );
        return;
      case 'note':
        this.#stream.write(`=== ${event.text}\n`);
    }
  }

  /** The last lines of a step, or of the one that started last. */
  tail(step: number | undefined): readonly string[] {
    const chosen = step ?? this.#lastStep;
    return chosen === undefined ? [] : (this.#tails.get(chosen) ?? []);
  }

  stepName(step: number | undefined): string | undefined {
    return step === undefined ? undefined : this.#names.get(step);
  }

  async close(lastWord?: string): Promise<void> {
    if (lastWord !== undefined) this.#stream.write(`=== ${lastWord}\n`);
    this.#stream.end();
    await finished(this.#stream).catch(() => {});
  }
}
