import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import type { Lock } from '../src/model/lock.ts';
import { stackCatalog, versionsOf } from './upstream/stack-catalog.ts';
import { newestSize } from './upstream/upstream.ts';

const stack = stackCatalog();

describe('from all places at once', () => {
  test('locks the newest complete set, and says why of everything newer', async () => {
    const { exitCode, stdout, stderr } = await stack.run('resolve', 'stack');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: 'halobox: fetching sdk to learn its digest, 3 MB',
    });
    const lock = await stack.readLock();
    expect(lock.stamps).toEqual({ rocm: '7.15.0a20260628' });
    expect(versionsOf(lock)).toEqual({
      'amdgpu-top': '0.11.2',
      debian: '13.2',
      rccl: '5.4.3',
      'rocm-sdk': '7.15.0a20260628',
      sdk: '7.15.0a20260703',
      torch: '2.12.0+rocm7.15.0a20260628',
      'torch-device': '2.12.0+rocm7.15.0a20260628',
      torchaudio: '2.11.0+rocm7.15.0a20260628',
      torchvision: '0.27.0+rocm7.15.0a20260628',
      vllm: '0.27.1',
    });
    for (const reason of [
      /rocm 7\.15\.0a20260702: torch 2\.12\.0\+rocm7\.15\.0a20260702: for cp311-cp311, not cp312/,
      /rocm 7\.15\.0a20260701: torch-device has none with rocm 7\.15\.0a20260701/,
      /rocm 7\.15\.0a20260630: torchvision has none with rocm 7\.15\.0a20260630/,
      /torch 2\.13\.0\+rocm7\.15\.0a20260628: yanked: wrong rpath/,
      /vllm 0\.28\.0rc1: a pre-release, and pre-releases are not asked for/,
      /amdgpu-top 0\.12\.0-rc\.1: a pre-release/,
    ])
      expect(stdout).toMatch(reason);
  });

  test('each pin names bytes that can not change', async () => {
    await stack.run('resolve', 'stack', '--base', 'oci');
    const { base, sources } = await stack.readLock();
    expect(base).toEqual({
      kind: 'oci',
      version: 'trixie-slim',
      reference: 'docker.io/library/debian',
      digest: stack.upstream.base.amd64,
    });
    expect(sources.vllm!.pin).toMatchObject({ revision: stack.upstream.revisions[1] });
    const wheel = stack.upstream.wheels.find(({ name }) =>
      name.startsWith('torchvision-0.27.0+rocm7.15.0a20260628'),
    )!;
    expect(sources.torchvision!.pin).toMatchObject({
      file: {
        name: wheel.name,
        sha256: wheel.sha256,
        size: (await readFile(wheel.file)).length,
        url: `https://rocm.nightlies.amd.com/whl-multi-arch/${encodeURIComponent(wheel.name)}`,
      },
    });
    expect(sources.sdk!.pin).toMatchObject({
      date: '2026-07-03T09:15:00Z',
      file: {
        size: newestSize,
        url: expect.stringMatching(/^https:\/\/therock-nightly-tarball\.s3\.amazonaws\.com\//),
      },
    });
    expect(sources.debian!.pin).toMatchObject({
      packages: {
        perftest: { version: '1.0-1', path: 'pool/main/p/perftest/perftest_1.0-1_amd64.deb' },
        'rdma-core': { version: '56.1-1+deb13u1' },
      },
    });
    expect(await readFile(stack.lockFile(), 'utf8')).not.toContain('127.0.0.1');
  });

  test('what is locked is what pip gets', async () => {
    await stack.run('resolve', 'stack');
    const { sources } = await stack.readLock();
    const wheels = Object.values(sources).flatMap(({ query, pin }) =>
      query.kind === 'python-index' && pin.kind === 'python-index' ? [{ query, pin }] : [],
    );
    expect(wheels).toHaveLength(5);
    const into = join(stack.folder, 'pip');
    const requirements = join(stack.folder, 'requirements.txt');
    const line = ({ query, pin }: (typeof wheels)[number]) =>
      `${query.project}==${pin.version} --hash=sha256:${pin.file.sha256}\n`;
    await writeFile(requirements, wheels.map(line).join(''));
    await execa('/usr/bin/python3', [
      ...['-m', 'pip', 'download', '--isolated', '--no-cache-dir', '--disable-pip-version-check'],
      ...[
        '--no-deps',
        '--only-binary',
        ':all:',
        '--require-hashes',
        '--requirement',
        requirements,
        '--dest',
        into,
      ],
      ...[
        '--python-version',
        '3.12',
        '--implementation',
        'cp',
        '--abi',
        'cp312',
        '--platform',
        'linux_x86_64',
      ],
      ...['--index-url', `${stack.upstream.server.base}/nightlies/whl-multi-arch/`],
    ]);
    expect((await readdir(into)).sort()).toEqual(wheels.map(({ pin }) => pin.file.name).sort());
  });

  test('twice gives the same bytes, and the second time moves next to nothing', async () => {
    await stack.run('resolve', 'stack');
    const first = await readFile(stack.lockFile(), 'utf8');
    stack.upstream.server.statuses.length = 0;
    const { stdout } = await stack.run('resolve', 'stack');
    expect(stdout).toContain('lock.json is as it was');
    expect(await readFile(stack.lockFile(), 'utf8')).toBe(first);
    const changed = stack.upstream.server.statuses.filter((status) => status !== 304);
    // git has no conditional requests, and its answer is small; the rest are questions for a length.
    expect(changed.length).toBeLessThanOrEqual(7);
  });
});

describe('what a person asks for', () => {
  test('is held against the sets', async () => {
    const { exitCode, stdout } = await stack.run(
      'resolve',
      'stack',
      '--rocm',
      '~7.14',
      '--torch=2.11',
      '--vllm',
      'v0.26.0',
    );
    expect(exitCode).toBe(0);
    const lock = await stack.readLock();
    expect(versionsOf(lock)).toMatchObject({
      torch: '2.11.0+rocm7.14.0',
      torchvision: '0.26.0+rocm7.14.0',
      vllm: '0.26.0',
    });
    expect(lock.asked).toEqual({ wishes: { rocm: '~7.14', torch: '2.11', vllm: 'v0.26.0' } });
    expect(stdout).toContain('rocm 7.15.0a20260702, 7.15.0a20260701 and 2 more: excluded by --rocm ~7.14');
  });

  test('that does not exist is exit 3 with the nearest miss, and no lock', async () => {
    const { exitCode, stderr } = await stack.run('resolve', 'stack', '--torch', '2.13');
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/image\.yaml:\d+:\d+: upstream offers no coherent set for stack; nearest is /);
    await expect(stack.readLock()).rejects.toThrow('ENOENT');
  });

  test('a day in the past gives the choice of that day', async () => {
    const onThatDay = await stack.run('resolve', 'stack', '--as-of', '2026-06-29', '--dry-run', '--json');
    expect(onThatDay.stderr).not.toContain('next:');
    const { lock } = JSON.parse(onThatDay.stdout) as { lock: Lock };
    expect(versionsOf(lock)).toMatchObject({
      torch: '2.12.0+rocm7.15.0a20260628',
      sdk: '7.15.0a20260629',
      'amdgpu-top': '0.11.2',
    });
    await expect(stack.readLock()).rejects.toThrow('ENOENT');
    const before = await stack.run('resolve', 'stack', '--as-of', '2026-06-27', '--dry-run', '--json');
    expect(versionsOf((JSON.parse(before.stdout) as { lock: Lock }).lock)).toMatchObject({
      torch: '2.11.0+rocm7.14.0a20260615',
      sdk: '7.15.0a20260627',
    });
  });

  test('a known-bad build and a cooldown', async () => {
    await writeFile(
      join(stack.catalog(), 'images/stack/known-bad.yaml'),
      '- { stamp: 7.15.0a20260628, reason: hangs on gfx1151, link: "https://github.com/ROCm/TheRock/issues/1" }\n',
    );
    const { stdout } = await stack.run('resolve', 'stack');
    expect(stdout).toContain(
      'rocm 7.15.0a20260628: known bad: hangs on gfx1151 (https://github.com/ROCm/TheRock/issues/1)',
    );
    expect((await stack.readLock()).stamps).toEqual({ rocm: '7.14.0' });
    expect((await stack.run('resolve', 'stack', '--check')).exitCode).toBe(0);
  });
});

test('a lock that a merge has broken is made anew, and not kept in parts', async () => {
  await stack.run('resolve', 'stack');
  const good = await readFile(stack.lockFile(), 'utf8');
  await writeFile(stack.lockFile(), `<<<<<<< HEAD\n${good}`);
  expect((await stack.run('resolve', 'stack', '--upgrade', 'vllm')).exitCode).toBe(2);
  const { exitCode, stdout } = await stack.run('resolve', 'stack');
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('the lock until now could not be read')]);
  expect(await readFile(stack.lockFile(), 'utf8')).toBe(good);
});

describe('one source anew', () => {
  test('leaves the rest and asks for nothing of it', async () => {
    await stack.run('resolve', 'stack', '--rocm', '~7.14');
    stack.upstream.updateDebian();
    stack.upstream.server.asked.length = 0;
    const { stdout, exitCode } = await stack.run('resolve', 'stack', '--upgrade', 'debian');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('debian perftest 1.0-1 → 1.0-2');
    expect(stack.upstream.server.asked.filter((path) => !path.startsWith('/debian/dists/'))).toEqual([]);
    expect((await stack.readLock()).asked).toEqual({ wishes: { rocm: '~7.14' } });
    stack.upstream.revertDebian();
  });
});

describe('beside the lock', () => {
  test('outdated says what is locked, acceptable and there; watch says whether a rebuild is due', async () => {
    expect(await stack.run('watch', 'stack')).toMatchObject({
      exitCode: 10,
      stdout: expect.stringContaining('stack: due\n  it was never resolved\n'),
    });
    await stack.run('resolve', 'stack');
    expect(await stack.run('watch')).toMatchObject({ exitCode: 0, stdout: 'stack: nothing to do' });
    stack.upstream.updateDebian();
    const watched = await stack.run('watch', '--json');
    expect(watched.exitCode).toBe(10);
    expect(JSON.parse(watched.stdout)).toMatchObject({
      due: true,
      images: [{ image: 'stack', due: true, stale: [] }],
    });
    expect(watched.stdout).toContain('"to": "1.0-2"');
    const { stdout, exitCode } = await stack.run('outdated', 'stack');
    stack.upstream.revertDebian();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^torch +2\.12\.0\+rocm7\.15\.0a20260628 +2\.12\.0\+rocm7\.15\.0a20260628 +2\.13\.0\S* +yanked/m,
    );
    expect(stdout).toContain('  debian perftest 1.0-1 → 1.0-2');
  });

  test('a held-back stamp is not due for ever', async () => {
    await stack.run('resolve', 'stack', '--rocm', '~7.14');
    expect((await stack.run('watch')).exitCode).toBe(0);
  });
});
