import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** A clone of somebody's TheRock whose work tree goes from commit to commit; the given git directory is only read. */
export class Walk {
  readonly folder = mkdtempSync(join(tmpdir(), 'halobox-replay-'));

  static async open(gitDir: string): Promise<Walk> {
    const walk = new Walk();
    await walk.git('clone', '--quiet', '--shared', '--no-checkout', gitDir, walk.folder);
    return walk;
  }

  async git(...args: readonly string[]): Promise<string> {
    const own = args[0] === 'clone' ? [] : ['-C', this.folder];
    return (await execa('git', [...own, ...args], { env: { LC_ALL: 'C.UTF-8' } })).stdout;
  }

  /**
   * Full names of commits, oldest first.
   * @param wanted a range (`a..b`), or single commits and tags; none: everything up to HEAD.
   * @param count at most so many, spread evenly.
   */
  async commits(
    wanted: readonly string[],
    {
      since,
      until,
      count,
    }: { since: string | undefined; until: string | undefined; count: number | undefined },
  ): Promise<string[]> {
    const single = wanted.length > 0 && wanted.every((one) => !one.includes('..'));
    if (single) {
      const names = wanted.map((one) => this.git('rev-parse', '--verify', `${one}^{commit}`));
      return await Promise.all(names);
    }
    const bounds = [...(since ? [`--since=${since}`] : []), ...(until ? [`--until=${until}`] : [])];
    const range = wanted.length > 0 ? wanted : ['HEAD'];
    const log = await this.git(
      'log',
      '--first-parent',
      '--reverse',
      '--format=%H',
      ...bounds,
      ...range,
      '--',
    );
    const all = log.split('\n').filter(Boolean);
    if (count === undefined || all.length <= count) return all;
    return Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)]!);
  }

  async visit(commit: string): Promise<void> {
    await this.git('-c', 'advice.detachedHead=false', 'checkout', '--quiet', '--force', '--detach', commit);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
