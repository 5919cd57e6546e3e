import { join } from 'node:path';

/** What people install. */
export const bundle = join(import.meta.dirname, '../dist/halobox.cjs');

/** The arguments of Node with which the bundle's first line starts it. */
export function installed(...args: readonly string[]): string[] {
  return ['--max-semi-space-size=2', bundle, ...args];
}
