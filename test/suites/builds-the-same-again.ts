import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Started } from '../engines/started.ts';
import { firstDifference } from '../support/first-difference.ts';
import { type HaloboxOptions, halobox } from '../support/halobox.ts';

const image = 'rdma-check:0.1.0-all-reduce';

/** The image that `buildsRdmaCheck` built, once more from nothing. @param startAgain an engine of the same kind and version. */
export function buildsTheSameAgain(
  options: () => HaloboxOptions,
  folder: () => string,
  startAgain: (parent: string) => Promise<Started>,
): void {
  test('from nothing, in another place and time zone, gives the same digests again', async () => {
    const parent = join(folder(), 'again');
    await mkdir(parent);
    const first = options().env;
    const engine = await startAgain(parent);
    try {
      const env = {
        ...first,
        ...engine.env,
        XDG_CACHE_HOME: join(parent, 'cache'),
        XDG_STATE_HOME: join(parent, 'state'),
        TZ: 'Pacific/Auckland',
      };
      const args = ['build', 'rdma-check', '--set', 'kernels=all-reduce'];
      const { exitCode, stderr } = await halobox(args, { env });
      expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
      const [one, other] = [await digestsOf(first), await digestsOf(env)];
      expect(one.layers.length).toBeGreaterThan(10);
      if (JSON.stringify(one) === JSON.stringify(other)) return;
      throw new Error(`what differs: ${await firstDifference(image, [first, env], parent)}`);
    } finally {
      await engine.stop();
    }
  });
}

async function digestsOf(env: Record<string, string>): Promise<{ id: string; layers: string[] }> {
  const { stdout } = await halobox(['inspect', image, '--json'], { env });
  const { id, layers } = JSON.parse(stdout);
  return { id, layers };
}
