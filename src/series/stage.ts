import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Patch } from '../catalog/parse-patch.ts';
import { git, isolated } from './git.ts';
import { findInside } from './inside-tree.ts';

/** A file as it is or shall be; undefined stands for none. */
export interface FileState {
  content: Buffer;
  executable: boolean;
}

/**
 * A private copy of the few files that a series touches, in which git tries and applies patches. The tree itself is
 * only read. Files that end all their lines with CRLF are held with LF and given back as they were.
 */
export class Stage {
  readonly #root: string;
  readonly #folder: string;
  readonly #crlf = new Set<string>();
  /** Every path that the series touches, there or not. */
  readonly known: ReadonlySet<string>;
  /** Files that the stage can't hold, such as symbolic links, and why. */
  readonly refused = new Map<string, string>();

  /** @param root the project's root, as a real path. */
  constructor(root: string, paths: Iterable<string>) {
    this.#root = root;
    this.#folder = mkdtempSync(join(tmpdir(), 'halobox-stage-'));
    mkdirSync(this.#tree);
    this.known = new Set(paths);
    for (const path of this.known) this.#bring(path);
  }

  get #tree(): string {
    return join(this.#folder, 'tree');
  }

  #bring(path: string): void {
    const found = findInside(this.#root, path);
    if (found.kind === 'refused') this.refused.set(path, found.why);
    if (found.kind !== 'file') return;
    this.put(path, { content: readFileSync(found.path), executable: found.executable });
  }

  /** Puts a file in, as a tree would hold it. */
  put(path: string, { content, executable }: FileState): void {
    const to = join(this.#tree, path);
    mkdirSync(dirname(to), { recursive: true });
    const crlf = endsWithCrlf(content);
    if (crlf) this.#crlf.add(path);
    else this.#crlf.delete(path);
    writeFileSync(to, crlf ? content.toString('latin1').replaceAll('\r\n', '\n') : content, 'latin1');
    chmodSync(to, executable ? 0o755 : 0o644);
  }

  /** Text with LF; undefined where there is no such file. */
  read(path: string): string | undefined {
    const file = join(this.#tree, path);
    return existsSync(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined;
  }

  /** Every known file as the tree would hold it. */
  states(): ReadonlyMap<string, FileState | undefined> {
    return new Map([...this.known].map((path) => [path, this.#state(path)]));
  }

  #state(path: string): FileState | undefined {
    const file = join(this.#tree, path);
    const facts = statSync(file, { throwIfNoEntry: false });
    if (!facts?.isFile()) return undefined;
    const content = readFileSync(file);
    return {
      content: this.#crlf.has(path)
        ? Buffer.from(content.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')
        : content,
      executable: (facts.mode & 0o100) !== 0,
    };
  }

  /**
   * Lets git apply a patch here: exactly, since it knows no fuzz, all of it or nothing.
   * @param options `-R` to take it back, `-C1` to ask what less context would do, `--check` to try.
   * @returns git's own words when it does not fit; undefined when it does.
   */
  async apply(patch: Patch, options: readonly string[], signal: AbortSignal): Promise<string | undefined> {
    const blocked = patch.files.find(({ path }) => this.refused.has(path));
    if (blocked) return this.refused.get(blocked.path);
    const file = join(this.#folder, `${createHash('sha256').update(patch.diff).digest('hex')}.patch`);
    writeFileSync(file, patch.diff);
    const result = await git(this.#tree, ['apply', '--whitespace=nowarn', ...options, file], signal, {
      // The temporary folder may stand below somebody's repository; paths must not be relative to that.
      env: { ...isolated, GIT_CEILING_DIRECTORIES: this.#folder },
    });
    return result.exitCode === 0 ? undefined : result.stderr.trim();
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Whether every line ends with CRLF. */
function endsWithCrlf(content: Buffer): boolean {
  let lines = 0;
  for (let at = content.indexOf(10); at >= 0; at = content.indexOf(10, at + 1)) {
    if (at === 0 || content[at - 1] !== 13) return false;
    lines++;
  }
  return lines > 0;
}
