import { lstatSync, readFileSync } from 'node:fs';
import { findInside } from './inside-tree.ts';
import type { FileState } from './stage.ts';
import type { Change, FileContent } from './transaction.ts';

/** What has to change in a tree for its files to be as `wanted`; files that are so already are left out. */
export function changesTo(root: string, wanted: ReadonlyMap<string, FileState | undefined>): Change[] {
  const changes: Change[] = [];
  for (const [path, state] of wanted) {
    const before = contentOf(root, path);
    if (!state) {
      if (before) changes.push({ path, before, after: undefined });
    } else if (!before?.content.equals(state.content)) {
      const mode = before?.mode ?? (state.executable ? 0o755 : 0o644);
      changes.push({ path, before, after: { content: state.content, mode } });
    }
  }
  return changes;
}

function contentOf(root: string, path: string): FileContent | undefined {
  const found = findInside(root, path);
  if (found.kind !== 'file') return undefined;
  return { content: readFileSync(found.path), mode: lstatSync(found.path).mode & 0o777 };
}
