import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import semver from 'semver';
import { InvalidInput } from '../model/error.ts';
import { knownProjects, type Project } from '../model/project.ts';
import { type Series, type SeriesPatch, seriesSchema } from '../model/series.ts';
import { inside } from './inside.ts';
import { largestPatch, parsePatch } from './parse-patch.ts';
import { readYamlFile, type YamlFile } from './yaml-file.ts';

/** A patch as it stands in the catalog. */
export interface CatalogPatch extends SeriesPatch {
  /** Path of the patch file on the host. */
  path: string;
  /** The patch as it is written, for the series' own target. */
  text: string;
  /** sha256 over its bytes and all that decides what becomes of them. */
  digest: string;
}

/** A series as it stands in the catalog, with its patch files read and found harmless. */
export interface CatalogSeries {
  definition: Series;
  project: Project;
  patches: readonly CatalogPatch[];
  /** sha256 over all of the series that decides what becomes of a tree: the patches' bytes in order, ranges, targets, conditions. */
  digest: string;
}

/**
 * All series below `patches/`, by name.
 * @param root the folder that holds `patches/`.
 * @throws InvalidInput with file:line:column for the first that is not right.
 */
export function readAllSeries(root: string): Map<string, CatalogSeries> {
  return new Map(seriesNames(root).map((name) => [name, readSeries(root, name)]));
}

/** Names of all series below `patches/`, sorted, none of them read. */
export function seriesNames(root: string): string[] {
  const patches = join(root, 'patches');
  const names = existsSync(patches) ? readdirSync(patches, { withFileTypes: true }) : [];
  const folders = names.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  return folders.map(({ name }) => name).sort();
}

/**
 * @param name one of `seriesNames`.
 * @throws InvalidInput with file:line:column.
 */
export function readSeries(root: string, name: string): CatalogSeries {
  const folder = join(root, 'patches', name);
  const yaml = readYamlFile(join(folder, 'series.yaml'), seriesSchema);
  const definition = yaml.value;
  const fail = (path: readonly PropertyKey[], what: string, next: string): never => {
    throw new InvalidInput({ what, where: yaml.place(path), next });
  };
  if (definition.series !== basename(folder)) {
    fail(
      ['series'],
      `the series is called ${definition.series} but stands in ${basename(dirname(folder))}/${basename(folder)}`,
      'Give both the same name.',
    );
  }
  if (!definition.targets.includes(definition.written)) {
    fail(['targets'], `${definition.written}, which the patches name, is not among the targets`, 'Add it.');
  }
  checkRange(yaml, ['versions'], definition.versions);
  const project =
    typeof definition.project === 'string' ? knownProjects[definition.project]! : definition.project;
  const patches = definition.patches.map((patch, index): CatalogPatch => {
    const at = ['patches', index];
    if (definition.patches.findIndex(({ id }) => id === patch.id) !== index) {
      fail([...at, 'id'], `there are two patches ${patch.id}`, 'Give each its own id.');
    }
    if (patch.versions !== undefined) checkRange(yaml, [...at, 'versions'], patch.versions);
    const path = inside(folder, patch.file, yaml.place([...at, 'file']));
    const { size } = statSync(path);
    if (size > largestPatch) {
      throw new InvalidInput({
        what: `the patch has ${size.toLocaleString('en')} bytes; ${largestPatch.toLocaleString('en')} are allowed`,
        where: { file: path },
        next: 'A series holds small changes; build from a fork where the change is that large.',
      });
    }
    const text = readFileSync(path, 'utf8');
    parsePatch(text, path);
    return { ...patch, path, text, digest: sha256Of(decisiveOf({ ...patch, text })) };
  });
  const { versions, written, targets } = definition;
  const decisive = [project, versions, written, [...targets].sort(), patches.map(decisiveOf)];
  return { definition, project, patches, digest: sha256Of(decisive) };
}

function decisiveOf(patch: SeriesPatch & { text: string }): unknown[] {
  const { id, text, targets, versions, requires, probe, promise } = patch;
  return [id, text, targets, versions, requires, probe, promise];
}

function sha256Of(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

function checkRange(yaml: YamlFile<Series>, path: readonly PropertyKey[], range: string): void {
  if (semver.validRange(range) !== null) return;
  throw new InvalidInput({
    what: `${JSON.stringify(range)} is not a range of versions`,
    where: yaml.place(path),
    next: 'Write a range such as ">=2.13.4 <2.14.0".',
  });
}
