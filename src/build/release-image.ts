import type { ReadLayer } from '../assemble/read-layer.ts';
import type { Engine, ImageFacts } from '../engine/engine.ts';
import { Interrupted } from '../model/error.ts';
import type { Assembly } from '../plan/assembly.ts';
import type { Reporter } from '../report/event.ts';
import { assembleRelease } from './assemble-release.ts';
import { writeBuildRecord } from './build-record.ts';
import { checkBudget } from './check-budget.ts';
import { ensureContract } from './check-contract.ts';
import type { BuildOptions, ImageBuild } from './image-build.ts';
import { inspected } from './inspected.ts';
import { missingTags, releaseReferences } from './release-tags.ts';

export interface BuiltRelease {
  id: string;
  /** `<image>:<tag>`, sorted. */
  tags: readonly string[];
}

/**
 * Makes a release of an image whose layers are all there: puts it together from their files, holds it against its budget
 * and its contract, and only then gives it its tags.
 * @param options.read layers whose contents are on the disk already, by digest.
 * @throws EngineError (exit 6), ContractFailed (exit 5), Interrupted; in each case no tag has moved.
 */
export async function releaseImage(
  engine: Engine,
  build: ImageBuild,
  assembly: Assembly,
  { stateFolder, cacheFolder, time, read }: BuildOptions & { read: ReadonlyMap<string, ReadLayer> },
  reporter: Reporter,
  signal: AbortSignal,
): Promise<BuiltRelease> {
  const { definition, place } = build.image;
  const { image: name, contract, budget } = definition;
  const assemble = async () => {
    // Loaded where there is something to put together only.
    const { assembleImage } = await import('../assemble/assemble-image.ts');
    return await assembleImage(engine, assembly, { cache: cacheFolder, read, signal });
  };
  const facts = await assembleRelease(engine, assembly, assemble, reporter, signal);
  checkBudget(name, facts.size, budget, place(['budget']));
  const checked = await ensureContract(
    engine,
    { id: facts.id, name, contract },
    { stateFolder, again: false },
    reporter,
    signal,
  );
  if (signal.aborted) throw new Interrupted();
  const { base } = build.inputs;
  writeBuildRecord(stateFolder, name, {
    layers: [...build.recipes.map(({ key }) => key), assembly.key],
    ...(base.kind === 'debootstrap' && { rootFileSystem: base.digest }),
  });
  const tags = await tagRelease(engine, build, time, facts, checked);
  reporter.report({ event: 'tagged', image: name, id: facts.id, tags });
  return { id: facts.id, tags };
}

/** @param later that was some time ago, in which its tags may have changed. */
async function tagRelease(
  engine: Engine,
  { image: { definition }, settings }: ImageBuild,
  time: Date,
  facts: ImageFacts,
  later: boolean,
): Promise<string[]> {
  const missing = missingTags(definition, settings.version, time, facts.tags);
  for (const reference of missing) await engine.tag(facts.id, reference);
  const { tags } = later || missing.length > 0 ? await inspected(engine, facts.id) : facts;
  return releaseReferences(definition.image, tags);
}
