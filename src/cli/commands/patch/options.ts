import { type CatalogSeries, readAllSeries } from '../../../catalog/read-series.ts';
import { InvalidInput } from '../../../model/error.ts';
import { hardwareTarget } from '../../../model/name.ts';
import type { Surroundings } from '../../surroundings.ts';

/** What every `halobox patch` command takes. */
export interface PatchOptions {
  /** The source tree. */
  tree: string;
  series: string[];
  target: string;
  json?: boolean;
}

/** The series of the catalog, and the options as far as they need no tree, checked. */
export function patchCatalog(
  { target }: PatchOptions,
  { root }: Surroundings,
): ReadonlyMap<string, CatalogSeries> {
  const checked = hardwareTarget.safeParse(target);
  if (checked.success) return readAllSeries(root);
  throw new InvalidInput({
    what: `${JSON.stringify(target)} ${checked.error.issues[0]!.message}`,
    where: '--target',
    next: 'Name one such as gfx1151.',
  });
}

/** The one series that a command works on. */
export function oneSeries(options: PatchOptions, catalog: ReadonlyMap<string, CatalogSeries>): CatalogSeries {
  const [name, ...more] = options.series;
  const found = name !== undefined && more.length === 0 ? catalog.get(name) : undefined;
  if (found) return found;
  throw new InvalidInput({
    what:
      name === undefined || more.length > 0
        ? 'one series has to be named'
        : `there is no series ${JSON.stringify(name)}`,
    where: '--series',
    next: `Known: ${[...catalog.keys()].join(', ') || 'none'}.`,
  });
}
