import { Bytes } from '../contract/bytes.ts';
import { type DynamicSymbol, dynamicSymbols } from '../contract/dynamic-symbols.ts';
import { Malformed } from '../contract/malformed.ts';
import type { Engine } from '../engine/engine.ts';
import { ContractFailed } from '../model/error.ts';
import type { Rccl } from '../model/image.ts';
import type { Recipe } from '../plan/recipe.ts';

/**
 * What RCCL's public header declares: `ncclSend` and, for profilers, `pncclSend`; since December 2022 also
 * `mscclLoadAlgo` and its kin, with `pmscclLoadAlgo` (https://github.com/ROCm/rccl/commit/c7edece8). The few `rccl…`
 * functions that it exports never were in that header, and `mscclpp…` is another library's, whose names RCCL changes
 * when it links it. https://github.com/ROCm/rccl/blob/develop/src/nccl.h.in
 */
const publicName = /^p?(?:nccl|msccl)[A-Z]/;

/**
 * Bytes of one file that is read whole: the largest libraries of PyTorch for ROCm have about a gigabyte. Only one of
 * them is in memory at a time.
 */
const largest = 2 ** 31;

interface Missing {
  name: string;
  by: string;
}

/**
 * Whether a freshly built librccl has what others of the image will look for in it: every symbol of RCCL's that a file
 * of `neededBy` leaves undefined, and those of `symbols`. A library of an old tree under a newer torch lacks some, and
 * without this one would hear of it when Python imports torch.
 * @param recipes those of the layers that have the files, which are built.
 * @returns the number of symbols that were looked for and found.
 * @throws ContractFailed (exit 5) that names each missing symbol and who needs it, or the file that can't be read;
 *   EngineError, also for a file that is too large.
 */
export async function checkSymbols(
  engine: Engine,
  rccl: Rccl,
  recipes: readonly Recipe[],
  signal: AbortSignal,
): Promise<number> {
  const unreadable: string[] = [];
  const read = async (layer: string, path: string, wanted: (symbol: DynamicSymbol) => boolean) => {
    const { reference } = recipes.find((recipe) => recipe.layer === layer)!;
    const file = await engine.readFile(reference, path, signal, { most: largest });
    const names = new Set<string>();
    if (!file) {
      unreadable.push(`${path} of layer ${layer} is not there`);
      return names;
    }
    try {
      for (const symbol of dynamicSymbols(new Bytes(file, `${path} of layer ${layer}`))) {
        if (wanted(symbol)) names.add(symbol.name);
      }
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      unreadable.push(error.message);
    }
    return names;
  };

  const listed = new Set(rccl.symbols);
  const offered = await read(
    rccl.layer,
    rccl.library,
    ({ name, exported }) => exported && (publicName.test(name) || listed.has(name)),
  );
  const wanted = new Map<string, string[]>();
  const want = (name: string, by: string) => wanted.set(name, [...(wanted.get(name) ?? []), by]);
  for (const { layer, file } of rccl.neededBy) {
    const needed = await read(layer, file, ({ name, needed }) => needed && publicName.test(name));
    for (const name of needed) want(name, `${file} of layer ${layer}`);
  }
  for (const name of listed) want(name, 'rccl.symbols');

  if (unreadable.length > 0) throw notRead(rccl, unreadable);
  const missing = [...wanted]
    .filter(([name]) => !offered.has(name))
    .map(([name, by]): Missing => ({ name, by: by.join(', ') }));
  if (missing.length > 0) throw lacking(rccl, missing);
  return wanted.size;
}

/** Symbols that the one line names; all of them are in the detail. */
const named = 3;

function lacking({ layer }: Rccl, missing: readonly Missing[]): ContractFailed {
  const lines = missing.map(({ name, by }) => `${name} (needed by ${by})`);
  const more = lines.length > named ? [`and ${lines.length - named} more`] : [];
  const count = `${missing.length} ${missing.length === 1 ? 'symbol' : 'symbols'}`;
  return new ContractFailed({
    what: `librccl of layer ${layer} lacks ${count}: ${[...lines.slice(0, named), ...more].join(', ')}`,
    ...(more.length > 0 && { detail: lines }),
    next: 'Build RCCL from a tree as new as that torch, or set rccl.choice to stock.',
  });
}

function notRead({ layer }: Rccl, unreadable: readonly string[]): ContractFailed {
  return new ContractFailed({
    what: `the symbols of librccl of layer ${layer} can't be checked: ${unreadable.join('; ')}`,
    next: 'Correct `library` and `neededBy` of rccl in image.yaml, or the layer that makes the file.',
  });
}
