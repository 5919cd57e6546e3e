import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Engine } from '../engine/engine.ts';
import { label } from '../plan/labels.ts';

const toldSchema = z.array(z.string());

/**
 * What each number of layers is called, from the lowest one alone to all of them.
 * https://github.com/opencontainers/image-spec/blob/main/config.md#layer-chainid
 * @param diffIds `sha256:…`, from the lowest on.
 */
export function chainIds(diffIds: readonly string[]): string[] {
  const ids: string[] = [];
  for (const diffId of diffIds) {
    const below = ids.at(-1);
    ids.push(below === undefined ? diffId : sha256(`${below} ${diffId}`));
  }
  return ids;
}

/**
 * Tells of a layer what it stands on, each halobox layer by its ChainID, from the lowest on: where the layer comes from a
 * cache, those below it are not on the engine.
 * @param parent reference of the layer right below, which the engine holds; undefined: there is none.
 */
export async function chainLabel(
  engine: Pick<Engine, 'inspectImage'>,
  parent: string | undefined,
): Promise<Record<string, string>> {
  const facts = parent === undefined ? undefined : await engine.inspectImage(parent);
  const chain = facts ? [...(toldChain(facts.labels) ?? []), chainIds(facts.layers).at(-1) ?? ''] : [];
  return { [label.chain]: JSON.stringify(chain) };
}

/** What an image says in that label; undefined: nothing, or nothing that can be read. */
export function toldChain(labels: Readonly<Record<string, string>>): readonly string[] | undefined {
  try {
    return toldSchema.parse(JSON.parse(labels[label.chain] ?? ''));
  } catch {
    return undefined;
  }
}

function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
