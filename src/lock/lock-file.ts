import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogImage } from '../catalog/catalog.ts';
import { readYamlFile } from '../catalog/yaml-file.ts';
import { InvalidInput } from '../model/error.ts';
import { type Lock, lockSchema } from '../model/lock.ts';
import { writeDurably } from '../store/durable.ts';
import { unwritable } from '../store/unwritable.ts';

export function lockFileOf(image: Pick<CatalogImage, 'folder'>): string {
  return join(image.folder, 'lock.json');
}

/**
 * The image's lock; undefined when it was never resolved.
 * @throws InvalidInput with file:line:column for what is no lock, or the lock of another image.
 */
export function readLock(image: CatalogImage): Lock | undefined {
  const file = lockFileOf(image);
  if (!existsSync(file)) return undefined;
  // JSON is YAML, and its reader knows where each value stands.
  const { value, place } = readYamlFile(file, lockSchema);
  const name = image.definition.image;
  if (value.image === name) return value;
  throw new InvalidInput({
    what: `this is the lock of ${value.image}, not of ${name}`,
    where: place(['image']),
    next: `Resolve anew: halobox resolve ${name}`,
  });
}

/** Equal locks give equal bytes: keys in the order of the schema, sources and packages by name. */
export function lockText(lock: Lock): string {
  const { format, image, definition, asked, stamps, base, sources } = lockSchema.parse(lock);
  const plain = {
    format,
    image,
    definition,
    ...(asked && { asked }),
    stamps,
    ...(base && { base }),
    sources: Object.fromEntries(
      byName(sources).map(([name, { query, pin }]) => {
        // No part of what was asked; see queries.ts.
        const { series: _, ...asks } = query as typeof query & { series?: unknown };
        return [name, { query: asks, pin: pin.kind === 'debian' ? debianByName(pin) : pin }];
      }),
    ),
  };
  return `${JSON.stringify(plain, undefined, 2)}\n`;
}

/**
 * Beside and renamed: killed at any moment, the old one or the new one stands there, whole.
 * @returns false when the same bytes stood there already.
 * @throws HaloboxError (exit 1) when the folder can't be written.
 */
export function writeLock(image: Pick<CatalogImage, 'folder'>, lock: Lock): boolean {
  const file = lockFileOf(image);
  const text = lockText(lock);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return false;
  try {
    writeDurably(file, text);
  } catch (error) {
    throw unwritable(error, image.folder);
  }
  return true;
}

function byName<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

function debianByName(pin: Extract<Lock['sources'][string]['pin'], { kind: 'debian' }>) {
  return { ...pin, packages: Object.fromEntries(byName(pin.packages)) };
}
