import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LayerRecord, layerRecordSchema } from '../plan/layer-record.ts';
import type { PlannedNode } from '../plan/plan.ts';
import type { Recipe } from '../plan/recipe.ts';
import { writeWhole } from '../store/write-file.ts';

function fileOf(stateFolder: string, image: string, layer: string): string {
  return join(stateFolder, 'layers', image, `${layer}.json`);
}

/**
 * What a layer of an image was last built from on this machine. A record that is missing, damaged or of another
 * format is none: it only explains and estimates.
 */
export function readLayerRecord(stateFolder: string, image: string, layer: string): LayerRecord | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(fileOf(stateFolder, image, layer), 'utf8'));
    return layerRecordSchema.safeParse(record, { jitless: true }).data;
  } catch {
    return undefined;
  }
}

/** To be called after a layer was built. @throws what the file system refuses. */
export function writeLayerRecord(
  stateFolder: string,
  image: string,
  { layer, key, inputs }: Pick<Recipe, 'layer' | 'key' | 'inputs'>,
  facts: { seconds: number; time: Date },
): void {
  const record: LayerRecord = {
    format: 1,
    key,
    inputs,
    seconds: facts.seconds,
    built: facts.time.toISOString(),
  };
  write(stateFolder, image, layer, record);
}

/**
 * A layer that is not built because another image's build made it has that build as its last one too. Without this its
 * image would know nothing of it when it changes.
 */
export function adoptLayerRecords(
  stateFolder: string,
  nodes: Iterable<Pick<PlannedNode, 'layer' | 'key' | 'images' | 'action'>>,
): void {
  for (const { layer, key, images, action } of nodes) {
    if (action === 'build') continue;
    const without = images.filter((image) => readLayerRecord(stateFolder, image, layer)?.key !== key);
    if (without.length === 0) continue;
    try {
      const record = readdirSync(join(stateFolder, 'layers'))
        .map((other) => readLayerRecord(stateFolder, other, layer))
        .find((other) => other?.key === key);
      if (record) for (const image of without) write(stateFolder, image, layer, record);
    } catch {
      // Nobody built anything here yet, or nothing can be written: the next plan knows less, that is all.
    }
  }
}

/** Keys of the layers that were last built on this machine, over all images. */
export function recordedKeys(stateFolder: string): Set<string> {
  const folder = join(stateFolder, 'layers');
  const names = (path: string) => readdirSync(path).filter((name) => !name.startsWith('.'));
  try {
    const records = names(folder).flatMap((image) =>
      names(join(folder, image)).map((file) =>
        readLayerRecord(stateFolder, image, file.replace(/\.json$/, '')),
      ),
    );
    return new Set(records.flatMap((record) => record?.key ?? []));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Set();
    throw error;
  }
}

function write(stateFolder: string, image: string, layer: string, record: LayerRecord): void {
  writeWhole(fileOf(stateFolder, image, layer), `${JSON.stringify(record, undefined, 2)}\n`);
}
