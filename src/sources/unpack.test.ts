import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HaloboxError, Interrupted, UpstreamError } from '../model/error.ts';
import { type UnpackOptions, unpackTarball } from './unpack.ts';

type Wanted = Parameters<ReturnType<typeof pack>['entry']>[0] & { content?: string | Buffer };

let folder: string;
let tarball: string;
let into: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halobox-unpack-'));
  tarball = join(folder, 'source.tar.gz');
  into = join(folder, 'trees', 'source');
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

async function tar(...entries: Wanted[]): Promise<Buffer> {
  const archive = pack();
  for (const { content = '', ...header } of entries) archive.entry(header, content);
  archive.finalize();
  return buffer(archive as unknown as NodeJS.ReadableStream);
}

const write = async (...entries: Wanted[]) => writeFileSync(tarball, gzipSync(await tar(...entries)));
const unpack = (options?: Partial<UnpackOptions>) => unpackTarball(tarball, into, { strip: 1, ...options });

/** The failure, after making sure that it left nothing, neither at the place nor beside. */
async function failure(promise: Promise<void>): Promise<HaloboxError> {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(HaloboxError);
  expect(existsSync(join(folder, 'trees')) ? readdirSync(join(folder, 'trees')) : []).toEqual([]);
  expect(readdirSync('/proc/self/fd').filter(isOurs)).toEqual([]);
  return error;
}

function isOurs(fd: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder);
  } catch {
    return false;
  }
}

async function refusal(...entries: Wanted[]): Promise<string> {
  await write(...entries);
  const error = await failure(unpack());
  expect(error).toBeInstanceOf(UpstreamError);
  expect(error.exitCode).toBe(3);
  expect(error.message).toContain(tarball);
  return error.message;
}

describe('unpacks', () => {
  const contents: Wanted[] = [
    { name: 's-1.0/', type: 'directory', mode: 0o700 },
    { name: 's-1.0/run', mode: 0o6711, content: '#!' },
    { name: `s-1.0/${'d'.repeat(150)}/ü`, content: 'deep' },
    { name: 's-1.0/link', type: 'symlink', linkname: 'later/x' },
    { name: 's-1.0/hard', type: 'link', linkname: 's-1.0/run' },
    { name: './s-1.0/later/x', mode: 0o666, content: Buffer.alloc(300_000, 'x') },
    { name: 's-1.0/empty' },
  ];
  const check = () => {
    expect(readdirSync(into).sort()).toEqual(['d'.repeat(150), 'empty', 'hard', 'later', 'link', 'run']);
    expect(readFileSync(join(into, 'd'.repeat(150), 'ü'), 'utf8')).toBe('deep');
    expect(readFileSync(join(into, 'link')).equals(Buffer.alloc(300_000, 'x'))).toBe(true);
    expect(lstatSync(join(into, 'run')).mode & 0o7777).toBe(0o755);
    expect(lstatSync(join(into, 'later/x')).mode & 0o7777).toBe(0o644);
    // Whoever patches one of the two must not change the other.
    expect(lstatSync(join(into, 'hard')).nlink).toBe(1);
    expect(readFileSync(join(into, 'hard'), 'utf8')).toBe('#!');
    expect(readdirSync(join(folder, 'trees'))).toEqual(['source']);
  };

  it('gzip', async () => {
    await write(...contents);
    await unpack();
    check();
  });

  it('plain tar, and into an empty folder', async () => {
    writeFileSync(tarball, await tar(...contents));
    mkdirSync(into, { recursive: true });
    await unpack();
    check();
  });

  it('xz', async () => {
    writeFileSync(tarball, execFileSync('xz', ['-c'], { input: await tar(...contents) }));
    await unpack();
    check();
  });

  it('what GNU tar and git wrote', async () => {
    const source = join(folder, 'made');
    mkdirSync(join(source, 'a'.repeat(120), 'b'.repeat(120)), { recursive: true });
    writeFileSync(join(source, 'a'.repeat(120), 'b'.repeat(120), 'c'), 'c');
    for (const format of ['gnu', 'pax']) {
      execFileSync('tar', [`--format=${format}`, '-czf', tarball, '-C', folder, 'made']);
      await unpack();
      expect(readFileSync(join(into, 'a'.repeat(120), 'b'.repeat(120), 'c'), 'utf8')).toBe('c');
      rmSync(into, { recursive: true });
    }
  });
});

describe('refuses', () => {
  it('absolute paths', async () => {
    expect(await refusal({ name: '/etc/x' })).toContain('entry "/etc/x": the path /etc/x is absolute');
  });

  it('paths that climb, also within', async () => {
    expect(await refusal({ name: 's/../../x' })).toContain('leads out of the archive');
    expect(await refusal({ name: 's/a/../b' })).toContain('leads out of the archive');
  });

  it.each(['/etc', '../x', 'sub/../../x', '..'])('a symlink to %s', async (linkname) => {
    const message = await refusal({ name: 's/link', type: 'symlink', linkname });
    expect(message).toContain('entry "link": it is a symlink that leads out of the archive');
  });

  it('a symlink out by way of another', async () => {
    const message = await refusal(
      { name: 's/x/y', content: '' },
      { name: 's/a/b/up', type: 'symlink', linkname: '../../x' },
      { name: 's/sly', type: 'symlink', linkname: 'a/b/up/../../y' },
    );
    expect(message).toContain('entry "sly"');
  });

  it('writing through an earlier symlink', async () => {
    const message = await refusal(
      { name: 's/dir', type: 'symlink', linkname: '.' },
      { name: 's/dir/x', content: 'x' },
    );
    expect(message).toContain('dir is a symlink already');
  });

  it('a file in the place of a symlink, and the other way round', async () => {
    const link = { name: 's/x', type: 'symlink', linkname: 'y' } as const;
    expect(await refusal(link, { name: 's/x', content: 'x' })).toContain('is a symlink already');
    expect(await refusal({ name: 's/x', content: 'x' }, link)).toContain('is a file already');
    expect(await refusal({ name: 's/x', content: 'x' }, { name: 's/x/y' })).toContain('is a file already');
  });

  it.each(['/etc/passwd', '../../etc/passwd', 's/none', 's/link', 's'])(
    'a hard link to %s',
    async (linkname) => {
      const message = await refusal(
        { name: 's/link', type: 'symlink', linkname: 'x' },
        { name: 's/hard', type: 'link', linkname },
      );
      expect(message).toContain('entry "s/hard"');
    },
  );

  it.each(['character-device', 'block-device', 'fifo'] as const)('a %s', async (type) => {
    expect(await refusal({ name: 's/dev', type })).toContain(`it is a ${type}`);
  });

  it('more than its limits, by entries, contents, copies, and what compression hides', async () => {
    await write({ name: 's/a', content: 'a' }, { name: 's/b', content: 'b' });
    expect((await failure(unpack({ maxEntries: 1 }))).message).toContain('more than 1 entries');
    await write({ name: 's/a', content: Buffer.alloc(1 << 20) });
    expect((await failure(unpack({ maxBytes: 1 << 19 }))).message).toContain('more than 524288 bytes');
    await write({ name: 's/a', content: Buffer.alloc(4000) }, { name: 's/b', type: 'link', linkname: 's/a' });
    expect((await failure(unpack({ maxBytes: 7900 }))).message).toContain('entry "s/b"');
    writeFileSync(tarball, gzipSync(Buffer.concat([await tar({ name: 's/a' }), Buffer.alloc(1 << 20)])));
    expect((await failure(unpack({ maxBytes: 1 << 19 }))).message).toContain('more than 524288 bytes');
  });

  it('what is damaged, cut off, empty, or no archive', async () => {
    const whole = gzipSync(await tar({ name: 's/a', content: Buffer.alloc(100_000, 'a') }));
    const plain = await tar({ name: 's/a', content: Buffer.alloc(100_000, 'a') });
    for (const bytes of [
      whole.subarray(0, whole.length - 60),
      Buffer.concat([whole, Buffer.from('more')]),
      gzipSync(plain.subarray(0, 50_000)),
      gzipSync(Buffer.from('no tar'.repeat(1000))),
      gzipSync(await tar()),
      Buffer.from('<html>'),
      Buffer.alloc(0),
      execFileSync('xz', ['-c'], { input: plain }).subarray(0, 120),
    ]) {
      writeFileSync(tarball, bytes);
      const error = await failure(unpack());
      expect(error.exitCode, error.message).toBe(3);
      expect(error.message).toContain(tarball);
    }
  });

  it('xz where the program is missing, saying what to install', async () => {
    writeFileSync(tarball, execFileSync('xz', ['-c'], { input: await tar({ name: 's/a' }) }));
    vi.stubEnv('PATH', folder);
    expect((await failure(unpack())).facts.next).toContain('xz-utils');
  });
});

it('tells this machine’s own trouble from upstream’s', async () => {
  expect((await failure(unpack())).exitCode).toBe(1);
});

it('does not touch a tree that is there', async () => {
  mkdirSync(into, { recursive: true });
  writeFileSync(join(into, 'mine'), '');
  await write({ name: 's/a' });
  await expect(unpack()).rejects.toThrow('cannot unpack');
  expect(readdirSync(join(folder, 'trees'))).toEqual(['source']);
  expect(readdirSync(into)).toEqual(['mine']);
});

it('stops when it is told to', async () => {
  await write({ name: 's/a', content: Buffer.alloc(1 << 20) });
  const error = await failure(unpack({ signal: AbortSignal.abort() }));
  expect(error).toBeInstanceOf(Interrupted);
});

it('killed half way, it has left nothing at the place, and the next run succeeds', async () => {
  await write(...Array.from({ length: 3000 }, (_, i) => ({ name: `s/${i}`, content: 'x'.repeat(1000) })));
  const script = `import { unpackTarball } from ${JSON.stringify(join(import.meta.dirname, 'unpack.ts'))};
    await unpackTarball(${JSON.stringify(tarball)}, ${JSON.stringify(into)}, { strip: 1 });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
  const exit = once(child, 'exit');
  const trees = join(folder, 'trees');
  const begun = () =>
    existsSync(trees) && readdirSync(trees).some((tree) => readdirSync(join(trees, tree)).length > 0);
  await vi.waitUntil(begun, { interval: 1, timeout: 30_000 });
  child.kill('SIGKILL');
  expect(await exit).toEqual([null, 'SIGKILL']);
  expect(existsSync(into)).toBe(false);
  await unpack();
  expect(readdirSync(into)).toHaveLength(3000);
}, 60_000);
