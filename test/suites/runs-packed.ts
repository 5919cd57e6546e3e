import { mkdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { writeDiamondCatalog } from '../support/diamond-catalog.ts';
import { eventOf, type HaloboxOptions, halobox, repository } from '../support/halobox.ts';

/**
 * What people install is bundled, and leaves out of its libraries what no command calls (rolldown.config.ts). On one
 * engine alone: packing makes dist/ anew.
 */
export function runsPacked(options: () => HaloboxOptions, folder: () => string): void {
  test('the package builds what the sources then find', async () => {
    const packed = join(folder(), 'packed');
    await mkdir(packed);
    const pack = ['pack', '--json', '--loglevel=error', `--pack-destination=${packed}`];
    const { stdout } = await execa('npm', pack, { cwd: repository });
    const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [{ filename: string }];
    await execa('tar', ['-xf', filename], { cwd: packed });
    await symlink(join(repository, 'node_modules'), join(packed, 'node_modules'));

    const directory = join(folder(), 'by-package');
    const image = basename(directory);
    await writeDiamondCatalog(directory, { left: 'echo packed left', right: 'echo packed right' });
    const program = join(packed, 'package/dist/halobox.cjs');
    const { env } = options();
    const built = await execa(process.execPath, [program, '-C', directory, 'build', image, '--json'], {
      env,
    });
    expect(eventOf(built.stdout, 'contract-done')).toMatchObject({ passed: true });
    const again = await halobox(['build', image, '--json'], { ...options(), directory });
    expect(eventOf(again.stdout, 'done')).toMatchObject({ built: 0 });
  });
}
