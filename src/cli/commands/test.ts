import { ensureContract } from '../../build/check-contract.ts';
import { findEngine } from '../../engine/find-engine.ts';
import { InvalidInput } from '../../model/error.ts';
import { label } from '../../plan/labels.ts';
import { findBuilt } from '../find-built.ts';
import { reporterFor } from '../output.ts';
import type { Surroundings } from '../surroundings.ts';

export async function test(
  name: string,
  options: { engine?: string; json?: boolean },
  surroundings: Surroundings,
): Promise<void> {
  const engine = await findEngine(options.engine, surroundings);
  const reporter = await reporterFor(surroundings, options.json ?? false);
  try {
    const { facts, image } = await findBuilt(name, engine, surroundings);
    if (!image) {
      throw new InvalidInput({
        what: `${name} was not built from an image of this catalog, so there is no contract to check`,
        where: engine.endpoint,
        next: `Its label ${label.image} is ${facts.labels[label.image] ?? 'missing'}; name an image that \`halobox images\` lists.`,
      });
    }
    const { contract } = image.definition;
    await ensureContract(
      engine,
      { id: facts.id, name, contract },
      { stateFolder: surroundings.folders.state, again: true },
      reporter,
      surroundings.signal,
    );
  } finally {
    reporter.close();
    await engine.close();
  }
}
