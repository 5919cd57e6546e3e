import { findEngine } from '../../src/engine/find-engine.ts';
import type { BenchEngine } from './engine.ts';

/** Every file with its mode, owner and content but for those that engines put into each container. */
const list = String.raw`
find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /etc/hosts -o -path /etc/hostname -o -path /etc/resolv.conf \) -prune -o -printf '%y %m %U %G %l %p\n' | sort
find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /etc/hosts -o -path /etc/hostname -o -path /etc/resolv.conf \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
`;

/** @throws where two images do not hold the same files. */
export async function sameFiles(
  { env }: BenchEngine,
  images: readonly [string, string],
  folder: string,
): Promise<void> {
  const engine = await findEngine(undefined, {
    env: { ...process.env, ...env },
    uid: 0,
    folders: { state: folder, cache: folder },
  });
  try {
    const files = async (image: string) => {
      const signal = new AbortController().signal;
      const { id } = (await engine.inspectImage(image))!;
      const { exitCode, stdout, stderr } = await engine.run(
        { image: id, command: ['sh', '-c', list], timeout: 120 },
        signal,
      );
      if (exitCode !== 0) throw new Error(`the files of ${image} can't be listed: ${stderr}`);
      return stdout.split('\n');
    };
    const [one, other] = [await files(images[0]), await files(images[1])];
    const differing = one.find((line, index) => line !== other[index]) ?? other[one.length];
    if (differing !== undefined) throw new Error(`${images.join(' and ')} are not the same: ${differing}`);
    if (one.length < 1000) throw new Error(`${images[0]} holds hardly any files`);
  } finally {
    await engine.close();
  }
}
