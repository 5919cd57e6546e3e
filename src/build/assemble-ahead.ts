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
  /** Nothing new begins; back when nothing runs any more. @param wanted false: what runs is stopped. */
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
  /** Images of which a layer was built. */
  const touched = new Set<string>();
  let ending = false;
  const closed = Promise.withResolvers<void>();
  const folders: Promise<void>[] = [];
  let work = Promise.resolve();

  const make = async (assembly: Assembly, folder: string): Promise<void> => {
    const seconds = stopwatch();
    const own = new Map(read);
    const assemble = async () => {
      const { assembleIn } = await import('../assemble/assemble-image.ts');
      return await assembleIn(folder, engine, assembly, { cache, read: own, signal: stopped });
    };
    await assembleRelease(engine, assembly, assemble, silent, stopped);
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
    ending = true;
    if (!wanted) stop.abort();
    await work;
  };

  return {
    read,
    end,
    built({ key, images }, open) {
      for (const image of images) {
        const assembly = assemblies.get(image)!;
        touched.add(image);
        const below = belowFinal(assembly);
        if (key !== below?.final.key || !isWorthwhile(engine, assembly, below)) continue;
        const rest = open.filter((layer) => layer.images.includes(image));
        const isFinal = (layer: Layer) => layer.key === assembly.final.key;
        if (rest.some(isFinal) && !rest.every(isFinal))
          work = work.then(() => (ending ? undefined : begin(below)));
      }
    },
    async close(released) {
      await end(false);
      closed.resolve();
      for (const image of released) {
        const below = touched.has(image) ? belowFinal(assemblies.get(image)!) : undefined;
        // Also an earlier build's that came no further.
        if (below) await engine.removeImage(below.reference).catch(() => {});
      }
      await Promise.all(folders);
    },
  };
}

/** Whether the engine need not be sent parts of the release that it has from there. */
function isWorthwhile({ leavesOut }: Engine, { layers: [lowest] }: Assembly, below: Assembly): boolean {
  return leavesOut === 'any' || (leavesOut === 'lowest' && lowest?.layer === below.layers[0]?.layer);
}

const silent: Reporter = { report() {}, close() {} };
