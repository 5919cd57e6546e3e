import type { Command } from 'commander';
import { engine, examples, json } from './flags.ts';
import type { Surroundings } from './surroundings.ts';

/** The commands that look at images which are built. */
export function addImageCommands(program: Command, surroundings: (command: Command) => Surroundings): void {
  program
    .command('test')
    .argument('<image>', 'an image of the catalog, or a reference on the engine')
    .description('check the contract of a built image')
    .addOption(engine())
    .addOption(json())
    .addHelpText(
      'after',
      examples('halobox test rdma-check', 'halobox test rdma-check:0.1.0 --engine docker --json'),
    )
    .action(async (image: string, options, command: Command) => {
      await (await import('./commands/test.ts')).test(image, options, surroundings(command));
    });

  program
    .command('inspect')
    .argument('<image>', 'an image of the catalog, or a reference on the engine')
    .description('show what a built image is: versions, sources, patches, tags, contract')
    .addOption(engine())
    .addOption(json())
    .addHelpText('after', examples('halobox inspect rdma-check', 'halobox inspect rdma-check:0.1.0 --json'))
    .action(async (image: string, options, command: Command) => {
      await (await import('./commands/inspect.ts')).inspect(image, options, surroundings(command));
    });

  program
    .command('diff')
    .argument('<old>', 'an image of the engine, or docker://registry/name:tag')
    .argument('<new>')
    .description('show what two images differ in, and what an update makes people download')
    .addOption(engine())
    .addOption(json())
    .addHelpText(
      'after',
      examples(
        'halobox diff localhost/rdma-check:0.1.0 localhost/rdma-check:0.2.0',
        'halobox diff docker://ghcr.io/someone/rdma-check:0.1.0 rdma-check --json',
      ),
    )
    .action(async (old: string, now: string, options, command: Command) => {
      await (await import('./commands/compare/diff.ts')).diff(old, now, options, surroundings(command));
    });

  program
    .command('size')
    .argument('<image>', 'an image of the engine, or docker://registry/name:tag')
    .description('show what takes the room in an image: by layer and by folder')
    .addOption(engine())
    .addOption(json())
    .addHelpText(
      'after',
      examples('halobox size rdma-check', 'halobox size docker://ghcr.io/someone/rdma-check:0.1.0 --json'),
    )
    .action(async (image: string, options, command: Command) => {
      await (await import('./commands/compare/size.ts')).size(image, options, surroundings(command));
    });
}
