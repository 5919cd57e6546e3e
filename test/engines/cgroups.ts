import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/** Takes the control groups of that name away, in every hierarchy. No process may be left in them. */
export function removeCgroups(name: string): void {
  for (const hierarchy of ['.', ...folders(hierarchies)]) remove(join(hierarchies, hierarchy, name));
}

const hierarchies = '/sys/fs/cgroup';

/** The kernel's files in a group need no removal, and cannot be removed. */
function remove(group: string): void {
  if (!existsSync(group)) return;
  for (const child of folders(group)) remove(join(group, child));
  rmdirSync(group);
}

function folders(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
}
