import { join } from 'node:path';

/** What people install. */
export const bundle = join(import.meta.dirname, '../dist/halobox.cjs');

/** What the bundle's first line gives Node. */
export const nodeFlags = ['--max-semi-space-size=2', '--no-parallel-scavenge'];

/** The arguments of Node for a halobox that is installed. */
export function installed(...args: readonly string[]): string[] {
  return [...nodeFlags, bundle, ...args];
}
