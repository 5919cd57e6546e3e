import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InvalidInput } from '../model/error.ts';
import { digestTree } from './digest-tree.ts';
import { type ContextEntry, openContext } from './open-context.ts';
import { pieceSize } from './piece.ts';

const time = 1_700_000_000;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halobox-context-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Writes files of `tree`, in the order given; a name with `/` at the end is an empty folder. */
function make(tree: string, files: Readonly<Record<string, string | Buffer>>): string {
  const root = join(folder, tree);
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(path.endsWith('/') ? file : join(file, '..'), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(file, content);
  }
  return root;
}

const pack = (...entries: ContextEntry[]): Promise<Buffer> => buffer(openContext(entries, { time }));
const packTree = (from: string, path = '.'): Promise<Buffer> => pack({ kind: 'tree', path, from });

function names(tar: Buffer): string[] {
  return execFileSync('tar', ['--quoting-style=literal', '-tf', '-'], { input: tar, encoding: 'utf8' })
    .trimEnd()
    .split('\n');
}

function unpack(tar: Buffer): string {
  const into = mkdtempSync(join(folder, 'unpacked-'));
  execFileSync('tar', ['-xf', '-', '-C', into], { input: tar });
  return into;
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(InvalidInput);
  expect(error.facts.next).toBeTruthy();
  return error.message;
}

it('packs no other bytes than those that were named', async () => {
  const root = make('named', { script: 'as it was', large: Buffer.alloc(2 * pieceSize, 'x') });
  const named = (name: string): ContextEntry => {
    const from = join(root, name);
    const sha256 = createHash('sha256').update(readFileSync(from)).digest('hex');
    return { kind: 'file', path: name, from, sha256 };
  };
  const entries = ['script', 'large'].map(named);
  await buffer(openContext(entries, { time }));
  // As long as before, and in time for the next build to think that nothing happened.
  writeFileSync(join(root, 'large'), Buffer.alloc(2 * pieceSize, 'y'));
  await expect(buffer(openContext(entries, { time }))).rejects.toMatchObject({
    exitCode: 2,
    facts: { where: join(root, 'large'), what: expect.stringMatching(/changed since this build began/) },
  });
});

describe('the same contents give the same bytes', () => {
  it('whatever the order of creation, the umask, the times', async () => {
    const one = make('one', { 'b.txt': 'b', 'a/x': 'x', 'a/run': '#!', 'empty/': '' });
    const two = make('two', { 'empty/': '', 'a/run': '#!', 'a/x': 'x', 'b.txt': 'b' });
    for (const [root, file, executable, directory] of [
      [one, 0o600, 0o700, 0o700],
      [two, 0o664, 0o775, 0o775],
    ] as const) {
      for (const path of ['b.txt', 'a/x']) chmodSync(join(root, path), file);
      chmodSync(join(root, 'a/run'), executable);
      chmodSync(join(root, 'a'), directory);
      utimesSync(join(root, 'a/x'), file, file);
    }
    expect(await packTree(one)).toEqual(await packTree(two));
    expect(await digestTree(one)).toBe(await digestTree(two));
  });

  it.runIf(process.getuid?.() === 0)('whoever owns the files', async () => {
    const root = make('tree', { 'a/x': 'x' });
    const before = await packTree(root);
    execFileSync('chown', ['-R', '12345:2345', root]);
    expect(await packTree(root)).toEqual(before);
  });

  it('whatever the order of the entries', async () => {
    const from = make('tree', { x: 'x' });
    const text = { kind: 'text', path: 'Containerfile', text: 'FROM scratch\n' } as const;
    const tree = { kind: 'tree', path: 'sources/a', from } as const;
    expect(await pack(text, tree)).toEqual(await pack(tree, text));
  });

  it('and others give others', async () => {
    const root = make('tree', { 'a/x': 'x', 'a/y': 'y' });
    const digests = new Set([await digestTree(root)]);
    writeFileSync(join(root, 'a/x'), 'X');
    digests.add(await digestTree(root));
    chmodSync(join(root, 'a/x'), 0o755);
    digests.add(await digestTree(root));
    symlinkSync('x', join(root, 'a/z'));
    digests.add(await digestTree(root));
    mkdirSync(join(root, 'empty'));
    digests.add(await digestTree(root));
    expect(digests.size).toBe(5);
  });
});

describe('what GNU tar sees', () => {
  it('names in byte order, parents once and first', async () => {
    const from = make('tree', {
      'a/b': '',
      'a.txt': '',
      'a-b': '',
      a0: '',
      é: '',
      '\u{1f600}': '',
      '\uffee': '',
      Z: '',
    });
    const tar = await pack(
      { kind: 'tree', path: 'deep/down', from },
      { kind: 'text', path: 'deep/x', text: '' },
      { kind: 'text', path: 'deep!', text: '' },
    );
    const listed = names(tar);
    expect(listed).toEqual([...listed].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    expect(listed).toEqual([
      'deep!',
      'deep/',
      'deep/down/',
      ...['Z', 'a-b', 'a.txt', 'a/', 'a/b', 'a0', 'é', '\uffee', '\u{1f600}'].map(
        (name) => `deep/down/${name}`,
      ),
      'deep/x',
    ]);
  });

  it('owner, time and modes', async () => {
    const from = make('tree', { run: '', 'sub/': '' });
    chmodSync(join(from, 'run'), 0o4711);
    const tar = await pack(
      { kind: 'tree', path: '.', from },
      { kind: 'text', path: 'secret', text: '', mode: 0o440 },
    );
    const listing = execFileSync('tar', ['--utc', '--numeric-owner', '-tvf', '-'], {
      input: tar,
      encoding: 'utf8',
    });
    expect(listing).toBe(
      [
        '-rwxr-xr-x 0/0               0 2023-11-14 22:13 run',
        '-r--r----- 0/0               0 2023-11-14 22:13 secret',
        'drwxr-xr-x 0/0               0 2023-11-14 22:13 sub/',
        '',
      ].join('\n'),
    );
  });

  it('every content, of sizes around blocks and pieces', async () => {
    const sizes = [
      0,
      1,
      511,
      512,
      513,
      pieceSize - 1024,
      pieceSize - 512,
      pieceSize,
      pieceSize + 1,
      3 * pieceSize,
    ];
    const root = make(
      'tree',
      Object.fromEntries(sizes.map((size, i) => [`f${i}`, Buffer.alloc(size, `${i}-content-`)])),
    );
    linkSync(join(root, 'f2'), join(root, 'hard'));
    symlinkSync('f1', join(root, 'soft'));
    symlinkSync('nowhere', join(root, 'dangling'));
    const into = unpack(await packTree(root));
    expect(readdirSync(into).sort()).toEqual(readdirSync(root).sort());
    for (const name of readdirSync(root)) {
      const facts = lstatSync(join(root, name));
      if (facts.isSymbolicLink()) expect(readlinkSync(join(into, name))).toBe(readlinkSync(join(root, name)));
      else expect(readFileSync(join(into, name)).equals(readFileSync(join(root, name))), name).toBe(true);
    }
    expect(lstatSync(join(into, 'hard')).nlink).toBe(1);
  });

  it('long names and targets, through PAX', async () => {
    const long = ['d'.repeat(100), 'e'.repeat(200), 'ü'.repeat(120)];
    const root = make('tree', {
      [long.join('/')]: 'deep',
      ['n'.repeat(101)]: 'flat',
      ['m'.repeat(255)]: 'most',
    });
    symlinkSync(long.join('/'), join(root, 'link'));
    const into = unpack(await packTree(root));
    expect(readFileSync(join(into, 'link'), 'utf8')).toBe('deep');
    expect(readFileSync(join(into, 'n'.repeat(101)), 'utf8')).toBe('flat');
    expect(readFileSync(join(into, 'm'.repeat(255)), 'utf8')).toBe('most');
  });

  it('trees over each other as one, with single files among them', async () => {
    const one = make('one', { 'etc/a': '1' });
    const two = make('two', { 'etc/b': '2' });
    const tar = await pack(
      { kind: 'tree', path: 'root', from: one },
      { kind: 'tree', path: 'root', from: two },
      { kind: 'file', path: 'root/etc/c', from: join(one, 'etc/a') },
    );
    expect(names(tar)).toEqual(['root/', 'root/etc/', 'root/etc/a', 'root/etc/b', 'root/etc/c']);
  });
});

describe('refused', () => {
  it.each(['/etc/passwd', '../x', 'a/../../x', 'a/../b', './a', 'a//b', 'a/', '', 'a\0b', 'a\ud800'])(
    'the path %j',
    async (path) => {
      expect(await refusal(pack({ kind: 'text', path, text: '' }))).toContain(JSON.stringify(path));
    },
  );

  it.each([
    ['a', 'a'],
    ['a', 'a/b'],
    ['a/b', 'a'],
  ])('%s and %s at once', async (first, second) => {
    const message = await refusal(
      pack({ kind: 'text', path: first, text: '' }, { kind: 'text', path: second, text: '' }),
    );
    expect(message).toMatch(/twice: from the text for .* and from the text for /);
  });

  it('a path that two trees have, naming both', async () => {
    const one = make('one', { 'etc/a': '1' });
    const two = make('two', { 'etc/a': '1' });
    const message = await refusal(
      pack({ kind: 'tree', path: '.', from: one }, { kind: 'tree', path: '.', from: two }),
    );
    expect(message).toContain(join(one, 'etc/a'));
    expect(message).toContain(join(two, 'etc/a'));
  });

  it.each(['/etc/passwd', '../../out', 'up/../../out', '../in/../../out', './.././..'])(
    'a symlink to %s',
    async (target) => {
      const root = make('tree', { 'in/': '' });
      symlinkSync('..', join(root, 'in/up'));
      symlinkSync(target, join(root, 'in/link'));
      expect(await refusal(packTree(root))).toContain('leads out of its tree');
    },
  );

  it('a symlink, a missing file, a folder or a pipe as file', async () => {
    const root = make('tree', { x: 'x' });
    symlinkSync('x', join(root, 'link'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const file = (from: string) => refusal(pack({ kind: 'file', path: 'f', from }));
    expect(await file(join(root, 'link'))).toContain('is a symlink');
    expect(await file(join(root, 'none'))).toContain('does not exist');
    expect(await file(root)).toContain('is not a regular file');
    expect(await file(join(folder, 'pipe'))).toContain('is not a regular file');
    expect(await refusal(packTree(join(root, 'x')))).toContain('is not a folder');
  });

  it('a pipe in a tree', async () => {
    const root = make('tree', { x: 'x' });
    execFileSync('mkfifo', [join(root, 'pipe')]);
    expect(await refusal(packTree(root))).toContain('pipe');
  });

  it('a name that is not UTF-8, but not one with the replacement character', async () => {
    const root = make('tree', { 'really \ufffd': 'x' });
    expect(names(await packTree(root))).toEqual(['really \ufffd']);
    writeFileSync(Buffer.concat([Buffer.from(`${root}/bad `), Buffer.from([0xff])]), '');
    expect(await refusal(packTree(root))).toContain('not UTF-8');
  });

  it.each([
    ['shrinks', 1000, 'shrank'],
    ['grows', 8 * pieceSize, 'grew'],
  ])('a file that %s meanwhile', async (_, size, word) => {
    const root = make('tree', { big: Buffer.alloc(4 * pieceSize) });
    const stream = openContext([{ kind: 'tree', path: '.', from: root }], { time });
    const rest = (async () => {
      for await (const _piece of stream) truncateSync(join(root, 'big'), size);
    })();
    expect(await refusal(rest)).toContain(word);
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 40])('the time %d', async (wrong) => {
    await expect(buffer(openContext([], { time: wrong }))).rejects.toThrow(RangeError);
  });
});
