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
      await execa('umount', ['--recursive', folder]);
    },
  };
}
