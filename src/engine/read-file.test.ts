import type Dockerode from 'dockerode';
import { type Header, pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { EngineError } from '../model/error.ts';
import { readImageFile } from './read-file.ts';

/** An engine whose containers hold these entries, each an archive of its own as engines send it. */
async function read(entries: Record<string, Partial<Header> & { text?: string }>, path: string, most = 100) {
  let removed = 0;
  const container = {
    getArchive: async ({ path }: { path: string }) => {
      const entry = entries[path];
      if (!entry) throw Object.assign(new Error('no such file'), { statusCode: 404 });
      const { text, ...header } = entry;
      const archive = pack();
      archive.entry({ name: 'entry', ...header }, text ?? '');
      archive.finalize();
      return archive;
    },
    remove: async () => void removed++,
  };
  const docker = { createContainer: async () => container } as unknown as Dockerode;
  const file = {
    docker,
    endpoint: 'unix:///test',
    image: 'demo',
    path,
    most,
    mark: { name: 'halobox-1', Labels: {} },
  };
  try {
    return (await readImageFile(file, new AbortController().signal))?.toString();
  } finally {
    expect(removed).toBe(1);
  }
}

const link = (linkname: string) => ({ type: 'symlink' as const, linkname });

test('reads a file whole, through symbolic links', async () => {
  const large = 'x'.repeat(300_000);
  const entries = { '/lib/a.so': link('a.so.1'), '/lib/a.so.1': link('/opt/a'), '/opt/a': { text: large } };
  expect(await read(entries, '/lib/a.so', large.length)).toBe(large);
  expect(await read({ '/empty': { text: '' } }, '/empty')).toBe('');
});

test('says of what is no file that there is none', async () => {
  const entries = { '/lib': { type: 'directory' as const }, '/dangling': link('gone') };
  for (const path of ['/lib', '/gone', '/dangling']) expect(await read(entries, path)).toBeUndefined();
});

test('refuses a file that is larger than asked for, with both sizes', async () => {
  const failure = await read(
    { '/big': { text: 'x'.repeat(1001) }, '/link': link('big') },
    '/link',
    1000,
  ).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(EngineError);
  expect((failure as Error).message).toBe('/big in demo has 1,001 bytes; 1,000 are read at most');
});

test('refuses a loop of symbolic links', async () => {
  await expect(read({ '/a': link('b'), '/b': link('a') }, '/a')).rejects.toThrow('loop of symbolic links');
});
