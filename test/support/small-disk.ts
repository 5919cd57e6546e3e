import { mkdir } from 'node:fs/promises';
import { execa } from 'execa';

/** A folder with only so much room, as root can make one. */
export async function smallDisk(
  folder: string,
  megabytes: number,
): Promise<{ folder: string; remove(): Promise<void> }> {
  await mkdir(folder);
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  return {
    folder,
    async remove() {
      // Lazy: the kernel may still be taking down what an engine that has just ended had mounted there.
      await execa('umount', ['--lazy', folder]);
    },
  };
}
