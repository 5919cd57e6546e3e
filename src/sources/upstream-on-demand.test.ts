import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Upstream } from './upstream.ts';
import { upstreamOnDemand } from './upstream-on-demand.ts';

const pin = { url: 'https://example.com/a', revision: '0'.repeat(40) };
const wanted = { urls: [], sha256: '0'.repeat(64), size: 1 };
const none = { XDG_CONFIG_HOME: '/nowhere' };

test('is opened by the first that wants something, and once', async () => {
  const upstream: Upstream = {
    bring: async () => ({ file: 'a' }),
    bringFromPool: async () => ({ file: 'b' }),
    bringCommit: async () => {},
  };
  const open = vi.fn(async () => upstream);
  const onDemand = upstreamOnDemand(none, open);
  expect(open).not.toHaveBeenCalled();
  const pool = { path: 'pool/main/b/b.tar', size: 1, sha256: wanted.sha256 };
  const all = [onDemand.bring(wanted), onDemand.bringFromPool(pool), onDemand.bringCommit(pin, '/x')];
  expect(await Promise.all(all)).toEqual([{ file: 'a' }, { file: 'b' }, undefined]);
  expect(open).toHaveBeenCalledTimes(1);
});

test('who wants something hears why it could not be opened', async () => {
  const onDemand = upstreamOnDemand(none, async () => {
    throw new Error('no');
  });
  await expect(onDemand.bring(wanted)).rejects.toThrow('no');
  await expect(onDemand.bringCommit(pin, '/x')).rejects.toThrow('no');
});

test('wrong mirrors and proxies are told though nothing is wanted', () => {
  const open = vi.fn();
  const folder = mkdtempSync(join(tmpdir(), 'halobox-mirrors-'));
  try {
    const file = join(folder, 'mirrors.yaml');
    writeFileSync(file, "'https://a.example/': ftp://b.example/\n");
    expect(() => upstreamOnDemand({ ...none, HALOBOX_MIRRORS: file }, open)).toThrow(/mirror is no http/);
    expect(() => upstreamOnDemand({ ...none, HTTPS_PROXY: 'socks5://a' }, open)).toThrow(/proxy/);
    expect(open).not.toHaveBeenCalled();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
