import { expect, test } from 'vitest';
import { InvalidInput } from '../../model/error.ts';
import { type GitSource, gitSchema } from '../../model/source.ts';
import { makeRepository, serveGit } from './fixtures.ts';
import { pinGit } from './pin.ts';

const access = { signal: new AbortController().signal, env: process.env };

test("a branch's head is pinned, and not that of a branch whose name ends alike", async () => {
  const repository = makeRepository();
  const first = repository.commit();
  repository.git('update-ref', 'refs/heads/a/refs/heads/main', first);
  repository.git('update-ref', 'refs/tags/main', first);
  const head = repository.commit();
  const { url } = await serveGit(repository.root);
  const source = (branch: string) => gitSchema.parse({ kind: 'git', url, branch });
  expect(await pinGit(source('main'), access)).toEqual({ kind: 'git', version: 'main', url, revision: head });
  await expect(pinGit(source('heads/main'), access)).rejects.toMatchObject({
    exitCode: 3,
    message: 'the repository has no branch heads/main',
    facts: { where: url, next: `See its branches with: git ls-remote --heads ${url}` },
  });
});

test('a commit is taken as it is, without asking, and only whole', async () => {
  const url = 'http://127.0.0.1:1/repo.git';
  const commit = '89553ce37'.padEnd(40, '0');
  const source = gitSchema.parse({ kind: 'git', url, commit });
  expect(await pinGit(source, access)).toEqual({ kind: 'git', version: commit, url, revision: commit });
  const short: GitSource = { ...source, commit: '89553ce37' };
  await expect(pinGit(short, access)).rejects.toBeInstanceOf(InvalidInput);
});
