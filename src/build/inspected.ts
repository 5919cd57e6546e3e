import type { Engine, ImageFacts } from '../engine/engine.ts';
import { EngineError } from '../model/error.ts';

/** @throws EngineError (exit 6) when an image that was there is gone. */
export async function inspected(engine: Engine, reference: string): Promise<ImageFacts> {
  const facts = await engine.inspectImage(reference);
  if (facts) return facts;
  throw new EngineError({
    what: `the image ${reference} was there and is gone`,
    where: engine.endpoint,
    next: 'Something else removes images on this engine; run the build again.',
  });
}
