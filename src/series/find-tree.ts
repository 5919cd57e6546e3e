import { existsSync, realpathSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { InvalidInput } from '../model/error.ts';
import { knownProjects, type Project, rccl, therock } from '../model/project.ts';
import { git } from './git.ts';
import { findInside } from './inside-tree.ts';
import { readModules, type Submodule } from './submodules.ts';
import { treeVersion } from './tree-version.ts';

/** Where a project stands in a tree. */
export type ProjectPlace =
  | { state: 'present'; root: string; path: string; version: string | undefined }
  | { state: 'absent'; path: string; why: string; bring: string }
  | { state: 'none'; why: string };

/** What git says of a tree; undefined fields of trees that no commit was made in. */
export interface GitFacts {
  /** The repository's own folder, e.g. `.git` or `.git/modules/rccl`. */
  folder: string;
  /** Path of the tree inside of the work tree; empty at its top. */
  prefix: string;
  commit: string | undefined;
  shallow: boolean;
}

export interface Tree {
  root: string;
  kind: 'therock' | 'rocm-systems' | 'rccl' | 'other';
  version: string | undefined;
  git: GitFacts | undefined;
  /** Submodules that RCCL is built from, with the commit that this tree pins. */
  pins: readonly Submodule[];
}

/**
 * What stands in a folder: a checkout of TheRock, rocm-systems or RCCL, an unpacked tarball of one, or something that
 * one of `projects` describes.
 * @throws InvalidInput when the folder is not there or holds nothing that is known.
 */
export async function findTree(
  folder: string,
  projects: readonly Project[],
  signal: AbortSignal,
): Promise<Tree> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InvalidInput({
      what: 'there is no such folder',
      where: { file: folder },
      next: 'Name a source tree with --tree.',
    });
  }
  const root = realpathSync(folder);
  const kind = kindOf(root);
  if (kind === 'other' && !projects.some((project) => placesOf(root, project).length > 0)) {
    throw new InvalidInput({
      what: 'this is no source tree that a series is for',
      where: { file: folder },
      next: `Name a checkout or unpacked tarball of ${Object.keys(knownProjects).join(', ')}, rocm-systems, or of what a series under patches/ describes, with --tree.`,
    });
  }
  const facts = await gitFacts(root, signal);
  const own = kind === 'therock' ? therock : kind === 'rccl' ? rccl : undefined;
  return {
    root,
    kind,
    version: own && treeVersion(root, own),
    git: facts,
    pins: kind === 'therock' ? await readModules(root, facts !== undefined, signal) : [],
  };
}

function kindOf(root: string): Tree['kind'] {
  if (hasMarks(root, therock)) return 'therock';
  if (hasMarks(root, rccl)) return 'rccl';
  // In a sparse checkout RCCL itself may be missing.
  return existsSync(join(root, 'projects')) && existsSync(join(root, '.github/repos-config.json'))
    ? 'rocm-systems'
    : 'other';
}

/** Where `project` stands in a tree, or what brings it there. */
export function placeOf(tree: Tree, project: Project): ProjectPlace {
  const found = placesOf(tree.root, project);
  const pinned = project.name === rccl.name ? tree.pins[0] : undefined;
  // TheRock 7.11 has both: the submodule that it builds from decides, not what happens to lie there.
  const path = pinned ? pinned.projectPath : found[0];
  if (path !== undefined && found.includes(path)) {
    const root = join(tree.root, path);
    return { state: 'present', root, path, version: treeVersion(root, project) };
  }
  if (pinned) return missingSubmodule(tree, pinned);
  if (tree.kind === 'rocm-systems' && project.name === rccl.name) {
    return missingFolder(tree.root, tree.root, 'projects/rccl');
  }
  return { state: 'none', why: `the tree holds no ${project.name}` };
}

function missingSubmodule(tree: Tree, module: Submodule): ProjectPlace {
  const top = join(tree.root, module.path);
  const checkedOut = existsSync(join(top, '.git')) || existsSync(join(top, 'projects'));
  if (checkedOut && module.projectPath !== module.path) {
    return missingFolder(tree.root, top, relative(module.path, module.projectPath), module.path);
  }
  const bring = tree.git
    ? `git -C ${shown(tree.root)} submodule update --init --depth 1 ${module.path}`
    : `git clone ${module.url ?? 'URL'} ${shown(top)}`;
  return {
    state: 'absent',
    path: module.projectPath,
    why: `the submodule ${module.path} is not checked out`,
    bring,
  };
}

function missingFolder(root: string, repository: string, path: string, below = ''): ProjectPlace {
  return {
    state: 'absent',
    path: relative(root, join(repository, path)),
    why: `${path} is not in this checkout${below && ` of ${below}`}`,
    bring: `git -C ${shown(repository)} sparse-checkout add ${path}`,
  };
}

function placesOf(root: string, project: Project): string[] {
  return project.places.filter((place) => hasMarks(join(root, place), project));
}

function hasMarks(root: string, { marks }: Project): boolean {
  return marks.every((mark) => findInside(root, mark).kind === 'file');
}

export async function gitFacts(root: string, signal: AbortSignal): Promise<GitFacts | undefined> {
  const asked = await git(
    root,
    ['rev-parse', '--absolute-git-dir', '--is-inside-work-tree', '--is-shallow-repository', '--show-prefix'],
    signal,
  );
  const [folder, inside, shallow, prefix = ''] = asked.stdout.split('\n');
  if (asked.exitCode !== 0 || !folder || inside !== 'true') return undefined;
  // A tarball that was unpacked inside of somebody's repository does not belong to it.
  const tracked = await git(root, ['ls-files', '--error-unmatch', '--', '.'], signal);
  if (tracked.exitCode !== 0) return undefined;
  const head = await git(root, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], signal);
  return {
    folder,
    prefix: prefix.replace(/\/$/, ''),
    commit: head.exitCode === 0 ? head.stdout.trim() : undefined,
    shallow: shallow === 'true',
  };
}

/** A path as a person can paste it into a shell. */
function shown(path: string): string {
  return /^[A-Za-z0-9_./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
