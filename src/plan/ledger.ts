import type { Image } from '../model/image.ts';
import type { Ledger } from '../model/ledger.ts';
import type { Inputs } from './recipe.ts';
import type { Settings } from './settings.ts';

/** The ledger as it stands in the image: JSON whose bytes depend on what was built alone. */
export function ledgerText(image: Image, inputs: Inputs, settings: Settings): string {
  const { rccl } = inputs;
  const sources = [...inputs.sources.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const ledger: Ledger = {
    image: image.image,
    version: settings.version,
    target: image.target,
    ...(rccl && { rccl: { decided: rccl.decided, why: rccl.why } }),
    sources: Object.fromEntries(
      sources.map(({ name, version, identity, series }) => [
        name,
        {
          version,
          ...identity,
          series: series.map(({ name, digest, verdicts }) => ({ name, digest, verdicts: [...verdicts] })),
        },
      ]),
    ),
    withoutSeries: [...settings.withoutSeries].sort(),
  };
  return `${JSON.stringify(ledger, undefined, 2)}\n`;
}
