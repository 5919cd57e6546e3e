import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Patch, parsePatch } from '../catalog/parse-patch.ts';
import type { CatalogSeries } from '../catalog/read-series.ts';
import { ExitCode, HaloboxError, InvalidInput } from '../model/error.ts';
import { rccl } from '../model/project.ts';
import { writeWhole } from '../store/write-file.ts';
import { refuseConflict } from './apply.ts';
import type { Tree } from './find-tree.ts';
import { git } from './git.ts';
import { findInside, readInside } from './inside-tree.ts';
import { retarget } from './retarget.ts';
import type { Submodule } from './submodules.ts';
import { type Surveyed, surveyOne } from './survey.ts';

export interface Exported {
  /** `patches/<tag>/<submodule>`, from the tree's root. */
  folder: string;
  /** Names of our patches in it. */
  files: readonly string[];
  /** Patches that the tree does not need, and why. */
  left: readonly { id: string; reason: string }[];
  /** What fetch_sources.py will write beside the submodule. */
  smrev: { file: string; text: string };
}

/**
 * Our patches come after those of TheRock's own tag: sorted by name, as fetch_sources.py does, and never mistaken for
 * one of them.
 */
const prefix = '9';

/** The tag that TheRock applies when none is named. */
const defaultTag = 'amd-mainline';

/**
 * Writes a series where TheRock's own `build_tools/fetch_sources.py --patch-tag TAG` finds it: in a folder that is named
 * as the submodule is (`rccl` up to 7.11, `rocm-systems` since), with paths from that submodule's root, as mails for
 * `git am`. A tag replaces TheRock's own instead of adding to it, so that patches of `amd-mainline` are copied along.
 * https://github.com/ROCm/TheRock/blob/main/build_tools/fetch_sources.py
 * @throws InvalidInput when the tree is no TheRock, or the series not one for a submodule; HaloboxError when that is not
 * checked out: a patch that upstream has already would stop `git am`; PatchConflict.
 */
export async function exportSeries(
  series: CatalogSeries,
  tree: Tree,
  { target, tag }: { target: string; tag: string },
  signal: AbortSignal,
): Promise<Exported> {
  const module = submoduleOf(series, tree, tag);
  const surveyed = await surveyOne(series, tree, target, signal);
  refuseConflict(surveyed);
  if (surveyed.place.state === 'absent') {
    const { why, bring } = surveyed.place;
    throw new HaloboxError(ExitCode.failed, {
      what: `which patches this tree needs can't be told: ${why}`,
      where: { file: tree.root },
      next: `${bring}; then export again.`,
    });
  }
  await refuseUncommitted(surveyed, tree.root, signal);
  const left = surveyed.patches.flatMap(({ id, verdict, reason = '' }) =>
    verdict === 'upstream' || verdict === 'not-applicable' ? [{ id, reason }] : [],
  );
  const chosen = series.patches.filter(({ id }) => !left.some((one) => one.id === id));
  const folder = join('patches', tag, module.name);
  const into = join(tree.root, folder);
  if (tag !== defaultTag) copyOwnTag(tree.root, tag);
  const mine = `${prefix}[0-9]{3}-${series.definition.series}-.*\\.patch`;
  for (const name of existsSync(into) ? readdirSync(into) : []) {
    if (new RegExp(`^${mine}$`).test(name)) rmSync(join(into, name));
  }
  const below = relative(module.path, module.projectPath);
  const files = chosen.map(({ id, text, path }, index) => {
    const name = `${prefix}${String(index + 1).padStart(3, '0')}-${series.definition.series}-${id}.patch`;
    const patch = parsePatch(retarget(text, series.definition.written, target), path);
    write(tree.root, join(folder, name), mailOf(patch, below));
    return name;
  });
  const all = (existsSync(into) ? patchesIn(into) : []).map((name) => readFileSync(join(into, name)));
  const sum = createHash('sha1').update(Buffer.concat(all)).digest('hex');
  const parts = module.path.split('/');
  const file = [...parts.slice(0, -1), `.${parts.at(-1)}.smrev`].join('/');
  const pin = module.commit ?? '<pin>';
  return {
    folder,
    files,
    left,
    smrev: { file, text: `${module.url ?? ''}\n${pin}+PATCHED:${sum}\n` },
  };
}

/** `git am` stops at files that differ from the commit, and a series that was applied here makes them differ. */
async function refuseUncommitted({ applied, project, series }: Surveyed, root: string, signal: AbortSignal) {
  if (!applied || project?.tree.git?.commit === undefined) return;
  const paths = applied.changes.map(({ path }) => path);
  const words = ['diff', '--quiet', '--no-ext-diff', 'HEAD', '--', ...paths];
  const { exitCode } = await git(project.tree.root, words, signal);
  if (exitCode === 0) return;
  const name = series.definition.series;
  throw new HaloboxError(ExitCode.failed, {
    what: `series ${name} is applied to this checkout and not committed: fetch_sources.py would stop at the changed files`,
    where: { file: project.tree.root },
    next: `Take it back (halobox patch revert --tree ${root} --series ${name}), or commit it; then export again.`,
  });
}

function submoduleOf(series: CatalogSeries, tree: Tree, tag: string): Submodule {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(tag)) {
    throw new InvalidInput({
      what: `${JSON.stringify(tag)} can't be a patch tag`,
      where: '--patch-tag',
      next: 'Letters, digits, ".", "_" and "-".',
    });
  }
  const module = tree.pins[0];
  if (tree.kind !== 'therock' || !module) {
    throw new InvalidInput({
      what: 'patches are exported into a checkout of TheRock, and this is none',
      where: { file: tree.root },
      next: 'Name one with --tree; to patch this tree itself there is `halobox patch apply`.',
    });
  }
  if (series.project.name !== rccl.name) {
    throw new InvalidInput({
      what: `series ${series.definition.series} is for ${series.project.name}, whose files fetch_sources.py does not patch`,
      where: '--series',
      next: 'Apply it with `halobox patch apply`.',
    });
  }
  return module;
}

/** The patch as a mail, with paths from the submodule's root. */
function mailOf({ message, diff, files }: Patch, below: string): string {
  if (below === '') return message + diff;
  const heads = new Set(files.flatMap((file) => file.heads));
  const moved = diff
    .split('\n')
    .map((line, index) => (heads.has(index) ? line.replaceAll(/ ([ab])\//g, ` $1/${below}/`) : line));
  return message + moved.join('\n');
}

/**
 * Copies what TheRock applies by default, and takes back what an earlier export copied: a tag stays when the checkout
 * moves on to a release that has dropped some of its patches, and `git am` would stop at those.
 */
function copyOwnTag(root: string, tag: string): void {
  const list = `patches/${tag}/.copied`;
  for (const path of readInside(root, list)?.split('\n') ?? []) {
    const found = findInside(root, `patches/${tag}/${path}`);
    if (/^(?!\.\.?\/)[^/]+\/[^/]+\.patch$/.test(path) && found.kind === 'file') rmSync(found.path);
  }
  const own = join(root, 'patches', defaultTag);
  const copied: string[] = [];
  for (const project of existsSync(own) ? readdirSync(own, { withFileTypes: true }) : []) {
    if (!project.isDirectory()) continue;
    for (const name of patchesIn(join(own, project.name))) {
      const path = `${project.name}/${name}`;
      const text = readInside(root, `patches/${defaultTag}/${path}`);
      if (text === undefined) continue;
      write(root, `patches/${tag}/${path}`, text);
      copied.push(path);
    }
  }
  write(root, list, copied.map((path) => `${path}\n`).join(''));
}

/** Writes below the tree, and nowhere that a symbolic link in it leads to. */
function write(root: string, path: string, text: string): void {
  const found = findInside(root, path);
  if (found.kind === 'refused') {
    throw new InvalidInput({ what: found.why, where: { file: root }, next: 'Remove it.' });
  }
  writeWhole(join(root, path), text);
}

function patchesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.patch'))
    .sort();
}
