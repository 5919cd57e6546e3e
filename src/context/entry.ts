import { InvalidInput } from '../model/error.ts';

/** Something that goes into a build context. Paths are the context's: relative, with `/`. */
export type ContextEntry =
  /** Text that exists nowhere on the host, such as a rendered Containerfile. */
  | { kind: 'text'; path: string; text: string; mode?: number }
  /**
   * One regular file of the host. A symlink is refused, never followed; with `sha256` also whatever is not these bytes any
   * more.
   */
  | { kind: 'file'; path: string; from: string; mode?: number; sha256?: string }
  /** A folder of the host with all that is in it. `.` puts it at the context's root, over which others may lie. */
  | { kind: 'tree'; path: string; from: string };

/** Where an entry comes from, for messages. */
export function originOf(entry: ContextEntry): string {
  return entry.kind === 'text' ? `the text for ${entry.path}` : entry.from;
}

/**
 * The names along an entry's path; none for the context's root.
 * @throws InvalidInput for a path that could mean a place outside of the context, or two spellings of one place.
 */
export function namesOf(entry: ContextEntry): string[] {
  const { kind, path } = entry;
  if (kind === 'tree' && (path === '.' || path === '')) return [];
  const names = path.split('/');
  const reason = path.startsWith('/')
    ? 'is absolute'
    : names.includes('..')
      ? 'leads out of the context'
      : names.includes('') || names.includes('.')
        ? 'has an empty or `.` part'
        : path.includes('\0') || !path.isWellFormed()
          ? 'is not valid UTF-8 without zero bytes'
          : undefined;
  if (reason === undefined) return names;
  throw new InvalidInput({
    what: `the path ${JSON.stringify(path)} in the build context ${reason}`,
    where: originOf(entry),
    next: 'Use a relative path with plain names between single slashes.',
  });
}
