import { isUtf8 } from 'node:buffer';
import { type Dirent, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput } from '../model/error.ts';
import { byKey, byteOrderKey } from './byte-order.ts';
import { type Folder, type HostFolder, type Leaf, twice } from './layout.ts';
import { leavesTree } from './leaves-tree.ts';

/** One entry of the finished context. */
export type Member =
  | { type: 'directory'; path: string }
  | { type: 'symlink'; path: string; target: string }
  | { type: 'text'; path: string; text: string; mode: number | undefined }
  | { type: 'file'; path: string; from: string; mode: number | undefined; sha256?: string | undefined };

/** One name in a folder, with everything that wants to stand there. */
interface Child {
  name: string;
  key: string;
  found: (Folder | Leaf | OnHost)[];
}

interface OnHost {
  origin: string;
  folder: HostFolder;
  entry: Dirent;
}

/**
 * Everything in the context, sorted by the bytes of its path, folders once and before what is in them. Lazy: a folder
 * of the host is read when the walk comes to it.
 * @throws InvalidInput for what cannot go into a context; the file system's errors as they are.
 */
export function* walk(folder: Folder, path = ''): Generator<Member> {
  for (const { name, found } of childrenOf(folder, path)) {
    const at = path + name;
    const [only] = found;
    if (found.every(isFolder)) {
      yield { type: 'directory', path: `${at}/` };
      yield* walk(merged(found), `${at}/`);
    } else if (found.length > 1) {
      throw twice(at, found[0]!.origin, found[1]!.origin);
    } else {
      yield 'folder' in only! ? hostMember(only, at) : leafMember(only as Leaf, at);
    }
  }
}

function childrenOf(folder: Folder, path: string): Child[] {
  const byName = new Map<string, Child['found']>();
  const add = (name: string, one: Child['found'][number]): void => {
    const found = byName.get(name);
    if (found) found.push(one);
    else byName.set(name, [one]);
  };
  for (const [name, child] of folder.children) add(name, child);
  for (const host of folder.hosts) {
    const directory = join(host.root, host.inside);
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.name.includes('\ufffd')) refuseBrokenNames(directory, path);
      add(entry.name, { origin: `${directory}/${entry.name}`, folder: host, entry });
    }
  }
  return [...byName]
    .map(([name, found]) => ({ name, found, key: byteOrderKey(name, isFolder(found[0]!)) }))
    .sort(byKey);
}

function isFolder(found: Child['found'][number]): boolean {
  return 'entry' in found ? 'folder' in found && found.entry.isDirectory() : true;
}

/** Several folders at one path, as one. */
function merged(found: readonly Child['found'][number][]): Folder {
  const children: Folder['children'] = new Map();
  const hosts: HostFolder[] = [];
  for (const one of found) {
    if ('folder' in one)
      hosts.push({ root: one.folder.root, inside: join(one.folder.inside, one.entry.name) });
    else if ('hosts' in one) {
      for (const [name, child] of one.children) children.set(name, child);
      hosts.push(...one.hosts);
    }
  }
  return { origin: found[0]!.origin, children, hosts };
}

function leafMember({ entry }: Leaf, path: string): Member {
  return entry.kind === 'text'
    ? { type: 'text', path, text: entry.text, mode: entry.mode }
    : { type: 'file', path, from: entry.from, mode: entry.mode, sha256: entry.sha256 };
}

function hostMember({ origin, folder, entry }: OnHost, path: string): Member {
  if (entry.isFile()) return { type: 'file', path, from: origin, mode: undefined };
  if (entry.isSymbolicLink()) {
    const target = readlinkSync(origin);
    const inside = join(folder.inside, entry.name);
    if (!leavesTree(inside, target, (at) => linkAt(join(folder.root, at))))
      return { type: 'symlink', path, target };
    throw new InvalidInput({
      what: `the symlink ${origin} leads out of its tree ${folder.root}: ${target}`,
      where: origin,
      next: 'Point it to something inside the tree by a relative path, or make the link in the Containerfile.',
    });
  }
  throw new InvalidInput({
    what: `${origin} is a socket, pipe or device; a build context holds files, folders and symlinks`,
    where: origin,
    next: 'Remove it, or make it in the Containerfile.',
  });
}

function linkAt(path: string): string | undefined {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  return facts?.isSymbolicLink() ? readlinkSync(path) : undefined;
}

/** Node puts U+FFFD for bytes that are not UTF-8; only a name that really holds this character may pass. */
function refuseBrokenNames(directory: string, path: string): void {
  const broken = readdirSync(directory, { encoding: 'buffer' }).find((name) => !isUtf8(name));
  if (!broken) return;
  throw new InvalidInput({
    what: `a name in ${directory} is not UTF-8: ${JSON.stringify(broken.toString('latin1'))} (read as Latin-1)`,
    where: path === '' ? directory : `${directory}, in the context ${path}`,
    next: 'Rename it.',
  });
}
