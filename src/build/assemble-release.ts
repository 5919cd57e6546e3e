import type { Assembled } from '../assemble/assemble-image.ts';
import type { Engine, ImageFacts } from '../engine/engine.ts';
import { useOf } from '../gc/in-use.ts';
import type { Assembly } from '../plan/assembly.ts';
import { label } from '../plan/labels.ts';
import type { Reporter } from '../report/event.ts';
import { stopwatch } from '../report/seconds.ts';
import { takeLease } from '../store/lease.ts';
import { inspected } from './inspected.ts';

/**
 * Puts a released image together, unless the engine has it already.
 * @param assemble does it.
 * @throws EngineError, HaloboxError (exit 1) where the cache can't be written, Interrupted.
 */
export async function assembleRelease(
  engine: Engine,
  assembly: Assembly,
  assemble: () => Promise<Assembled>,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<ImageFacts> {
  const { image, reference, key } = assembly;
  const held = async (): Promise<ImageFacts | undefined> => {
    const found = await engine.inspectImage(reference);
    return found?.labels[label.key] === key ? found : undefined;
  };
  const before = await held();
  if (before) return before;
  const waiting = () =>
    reporter.report({ event: 'note', text: `${image}: another halobox assembles it; waiting for that` });
  const lease = await takeLease(useOf(engine, key), signal, waiting);
  try {
    const meanwhile = await held();
    if (meanwhile) return meanwhile;
    const seconds = stopwatch();
    reporter.report({ event: 'assembling', image });
    const { id, layers } = await assemble();
    reporter.report({ event: 'assembled', image, id, layers, seconds: seconds() });
    return await inspected(engine, id);
  } finally {
    lease.release();
  }
}
