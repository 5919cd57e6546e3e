import { expect, test } from 'vitest';
import { type GitSource, gitSchema } from '../../model/source.ts';
import { whys } from '../listing/fixtures.ts';
import { makeRepository, serveGit } from './fixtures.ts';
import { listGit } from './list.ts';
import { gitPinOf } from './pin.ts';

const access = { signal: new AbortController().signal, env: process.env };
const query = (url: string, more: Partial<Record<keyof GitSource, unknown>> = {}) =>
  gitSchema.parse({ kind: 'git', url, tag: 'v{version}', ...more }) as GitSource & { tag: string };

test('annotated and light tags mean commits; the newest by version comes first, pre-releases only when asked for', async () => {
  const repository = makeRepository();
  const first = repository.commit();
  repository.git('tag', 'v0.9.2', first);
  const second = repository.commit();
  repository.git('tag', '--annotate', '--message=ten', 'v0.10.0', second);
  const third = repository.commit();
  repository.git('tag', '--annotate', '--message=candidate', 'v0.11.0rc1', third);
  repository.git('tag', 'release-1', third);
  const { url } = await serveGit(repository.root);

  const { candidates, passedOver } = await listGit(query(url), access);
  expect(candidates).toEqual([
    { version: '0.10.0', name: 'v0.10.0', url, revision: second },
    { version: '0.9.2', name: 'v0.9.2', url, revision: first },
  ]);
  expect(whys(passedOver)).toEqual({ 'v0.11.0rc1': 'a pre-release, and pre-releases are not asked for' });

  const all = await listGit(query(url, { prereleases: true, stamp: 'version' }), access);
  expect(all.candidates[0]).toEqual({
    version: '0.11.0rc1',
    name: 'v0.11.0rc1',
    url,
    revision: third,
    stamp: '0.11.0rc1',
  });
  expect(gitPinOf(all.candidates[0]!)).toEqual({
    kind: 'git',
    version: '0.11.0rc1',
    stamp: '0.11.0rc1',
    url,
    revision: third,
  });
  expect((await listGit(query(url, { versions: '<0.10' }), access)).candidates).toHaveLength(1);
});

test('tags that could hurt are no candidates', async () => {
  const repository = makeRepository();
  const commit = repository.commit();
  const versions = ['$(id)', '`id`', ';id', "'", '"', '1.0|id', '../1.0', '1.0/2', '\u202e1.0', 'ü', '-1'];
  // git refuses some as names; a packed list is taken as it is, as a server's own code would.
  const names = [...versions, '1'.repeat(10_000), '0.1'].map((version) => `refs/tags/v${version}`).sort();
  repository.git('pack-refs', '--all');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(
    `${repository.root}/repo.git/packed-refs`,
    ['refs/heads/main', ...names].map((name) => `${commit} ${name}\n`).join(''),
  );
  const { url } = await serveGit(repository.root);
  const { candidates, passedOver } = await listGit(query(url), access);
  expect(candidates.map(({ name }) => name)).toEqual(['v0.1']);
  expect(passedOver.length).toBeGreaterThan(8);
  expect(passedOver.every(({ why }) => why.includes(' is no pep440 version'))).toBe(true);
  expect(passedOver.every(({ name, why }) => name.length < 200 && /^\P{C}*$/u.test(name + why))).toBe(true);
});

test('an empty repository has no tags', async () => {
  const { url } = await serveGit(makeRepository().root);
  expect(await listGit(query(url), access)).toEqual({ candidates: [], passedOver: [] });
});

test('a mirror is asked, and candidates keep the original place', async () => {
  const repository = makeRepository();
  repository.git('tag', 'v1', repository.commit());
  const { url } = await serveGit(repository.root);
  const original = 'https://github.com/vllm-project/vllm';
  const { candidates } = await listGit(query(original), { ...access, mirrors: () => url });
  expect(candidates).toMatchObject([{ version: '1', url: original }]);
});
