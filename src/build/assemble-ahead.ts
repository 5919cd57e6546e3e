import { assembleIn } from '../assemble/assemble-image.ts';
import type { ReadLayer } from '../assemble/read-layer.ts';
import { inWorkFolder } from '../assemble/work-folder.ts';
import type { Engine } from '../engine/engine.ts';
import { type Assembly, belowFinal } from '../plan/assembly.ts';
import type { PlannedNode } from '../plan/plan.ts';
import type { Reporter } from '../report/event.ts';
import { secondsText, stopwatch } from '../report/seconds.ts';
import { assembleRelease } from './assemble-release.ts';

/**
 * Of released images what the final layer stands on, put together while other layers that it needs are still built. The
 * release finds those parts on the engine and is sent the others alone: of gigabytes beside a compile of an hour only what
 * was compiled. All of it is best effort: what goes wrong is met again, and told, by the release.
 */
export interface Ahead {
  /** Layers that were read for it and whose contents stay on the disk until it is closed, by digest. */
  readonly read: ReadonlyMap<string, ReadLayer>;
  /** @param open layers that are still to be built. */
  built(layer: Layer, open: readonly Layer[]): void;
  /** Back when nothing is put together any more. @param wanted false: what runs is stopped. */
  end(wanted: boolean): Promise<void>;
  /** Takes away what served images that are released now, and all contents. */
  close(released: Iterable<string>): Promise<void>;
}

type Layer = Pick<PlannedNode, 'key' | 'images'>;

export function assembleAhead(
  engine: Engine,
  assemblies: ReadonlyMap<string, Assembly>,
  cache: string,
  reporter: Reporter,
  signal: AbortSignal,
): Ahead {
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  const read = new Map<string, ReadLayer>();
  const made: Assembly[] = [];
  const closed = Promise.withResolvers<void>();
  const folders: Promise<void>[] = [];
  let work = Promise.resolve();

  const make = async (assembly: Assembly, folder: string): Promise<void> => {
    const seconds = stopwatch();
    const own = new Map(read);
    const assemble = () => assembleIn(folder, engine, assembly, { cache, read: own, signal: stopped });
    await assembleRelease(engine, assembly, assemble, silent, stopped);
    made.push(assembly);
    for (const [diffId, layer] of own) read.set(diffId, layer);
    const text = `${assembly.image}: put together as far as ${assembly.chain.at(-1)!.layer} in ${secondsText(seconds())}`;
    reporter.report({ event: 'note', text });
  };
  /** Back when it is made or given up; its folder stays. */
  const begin = (assembly: Assembly): Promise<void> => {
    const ended = Promise.withResolvers<void>();
    const held = inWorkFolder(cache, async (folder) => {
      await make(assembly, folder).finally(ended.resolve);
      await closed.promise;
    });
    folders.push(held.catch(() => {}).finally(ended.resolve));
    return ended.promise;
  };

  const end = async (wanted: boolean): Promise<void> => {
    if (!wanted) stop.abort();
    await work;
  };

  return {
    read,
    end,
    built({ key, images }, open) {
      // An engine that wants all parts of a release at once has no use for some of them.
      if (engine.leavesOut === 'none') return;
      for (const image of images) {
        const assembly = assemblies.get(image)!;
        const below = belowFinal(assembly);
        const others = open.some((layer) => layer.images.includes(image) && layer.key !== assembly.final.key);
        if (key === below?.final.key && others)
          work = work.then(() => (stopped.aborted ? undefined : begin(below)));
      }
    },
    async close(released) {
      await end(false);
      closed.resolve();
      const images = new Set(released);
      for (const { image, reference } of made)
        if (images.has(image)) await engine.removeImage(reference).catch(() => {});
      await Promise.all(folders);
    },
  };
}

const silent: Reporter = { report() {}, close() {} };
