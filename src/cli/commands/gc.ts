import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { readBuildRecords } from '../../build/build-record.ts';
import { recordedKeys } from '../../build/layer-records.ts';
import { readCatalog } from '../../catalog/catalog.ts';
import type { Engine } from '../../engine/engine.ts';
import { findEngine } from '../../engine/find-engine.ts';
import { cachedThings, touchedOf } from '../../gc/cached-things.ts';
import { garbageOf, type HeldLayer, type Removal } from '../../gc/garbage.ts';
import { readInUse, useOf, useOfFile } from '../../gc/in-use.ts';
import { readLock } from '../../lock/lock-file.ts';
import { bytesText } from '../../model/bytes.ts';
import { EngineError, InvalidInput } from '../../model/error.ts';
import { label } from '../../plan/labels.ts';
import { sweepNext } from '../../store/sweep-partials.ts';
import { table, writeDocument } from '../output.ts';
import type { Surroundings } from '../surroundings.ts';

export interface GcOptions {
  engine?: string;
  days: string;
  apply?: boolean;
  json?: boolean;
}

const day = 24 * 60 * 60 * 1000;

/** Shows what could go, and removes it with --apply; carried out twice, the second time there is nothing. */
export async function gc(options: GcOptions, surroundings: Surroundings): Promise<void> {
  if (!/^[0-9]{1,4}$/.test(options.days)) {
    throw new InvalidInput({
      what: `${JSON.stringify(options.days)} is no number of days`,
      where: '--days',
      next: 'Give a number from 0 to 9999.',
    });
  }
  const { folders, root, now } = surroundings;
  const engine = await findEngine(options.engine, surroundings);
  try {
    const builds = readBuildRecords(folders.state);
    const removals = garbageOf(await heldLayers(engine), cachedThings(folders.cache), {
      keys: new Set([...recordedKeys(folders.state), ...builds.flatMap(({ layers }) => layers)]),
      digests: new Set([
        ...lockedDigests(root),
        ...builds.flatMap(({ rootFileSystem }) => rootFileSystem ?? []),
      ]),
      inUse: inUseOn(engine),
      fileInUse: filesInUse(),
      since: now().getTime() - Number(options.days) * day,
    });
    if (options.apply) sweepNext(folders.cache);
    const left = options.apply ? await removeAll(removals, engine) : [];
    if (options.json) writeDocument(surroundings, { applied: options.apply ?? false, removals, left });
    else surroundings.stdout.write(gcText(removals, left, options.apply ?? false));
  } finally {
    await engine.close();
  }
}

/** By keys of layers, as of now. */
function inUseOn(engine: Engine): (key: string) => boolean {
  const inUse = readInUse();
  return (key) => inUse(useOf(engine, key));
}

function filesInUse(): (path: string) => boolean {
  const inUse = readInUse();
  return (path) => inUse(useOfFile(path));
}

/** Layers by the names that halobox gives them. */
async function heldLayers(engine: Engine): Promise<HeldLayer[]> {
  const images = await engine.listImages(label.key);
  return images.flatMap(({ id, tags, labels, created, size }): HeldLayer[] => {
    const key = labels[label.key]!;
    const ours = tags.filter((tag) => /^localhost\/halobox\/[a-z0-9-]+:[0-9a-f]{64}$/.test(tag));
    const named = tags.length > ours.length;
    const facts = { key, final: labels[label.final], named, created: Date.parse(created), size };
    // A load that was cut off may leave one without a name.
    const nameless = tags.length === 0 && facts.final !== undefined;
    return (nameless ? [id] : ours).map((reference) => ({ reference, ...facts }));
  });
}

function lockedDigests(root: string): string[] {
  const pins = readCatalog(root).images.flatMap((image) =>
    Object.values(readLock(image)?.sources ?? {}).map(({ pin }) => pin),
  );
  return pins.flatMap((pin) => ('file' in pin ? pin.file.sha256 : []));
}

/** @returns what could not go, and why; a layer that a container or a build begun meanwhile uses stays. */
async function removeAll(
  removals: readonly Removal[],
  engine: Engine,
): Promise<{ what: string; why: string }[]> {
  const left: { what: string; why: string }[] = [];
  for (const { kind, what, key, touched } of removals) {
    const taken = key === undefined ? usedSince(what, touched) || filesInUse()(what) : inUseOn(engine)(key);
    if (taken) {
      left.push({ what, why: 'a build uses it now' });
      continue;
    }
    try {
      if (kind === 'layer') await engine.removeImage(what);
      else await removeWhole(what);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      left.push({ what, why: error.message });
    }
  }
  return left;
}

/** @param touched when it was last used, as it was looked at. */
function usedSince(path: string, touched: number | undefined): boolean {
  const now = touchedOf(path);
  return now !== undefined && now !== touched;
}

/** Killed in the middle, it leaves no half of a thing under its name; the next build sweeps what is left. */
async function removeWhole(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}.partial`;
  await rename(path, aside).catch((error: NodeJS.ErrnoException) => {
    // Somebody else was quicker.
    if (error.code !== 'ENOENT') throw error;
  });
  await rm(aside, { recursive: true, force: true });
}

function gcText(
  removals: readonly Removal[],
  left: readonly { what: string; why: string }[],
  applied: boolean,
): string {
  if (removals.length === 0) return 'nothing to remove\n';
  const all = removals.reduce((sum, { size }) => sum + size, 0);
  const stays = left.map(({ what, why }) => `stays: ${what}: ${why}\n`).join('');
  const end = applied
    ? `removed ${removals.length - left.length} of ${removals.length}\n`
    : `${removals.length} could go, ${bytesText(all)} at most; remove them with --apply\n`;
  return table(removals.map(({ size, what, why }) => [bytesText(size), what, why])) + stays + end;
}
