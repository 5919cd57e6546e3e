import type { Command } from 'commander';
import { Option } from 'commander';
import type { OutdatedOptions } from './commands/lock/outdated.ts';
import type { ResolveOptions } from './commands/lock/resolve.ts';
import { collect, examples, json } from './flags.ts';
import type { Surroundings } from './surroundings.ts';

/** The commands that ask upstream what there is, and the lock that keeps the answer. */
export function addLockCommands(program: Command, surroundings: (command: Command) => Surroundings): void {
  program
    .command('resolve')
    .usage('<image> [--<source or set> <version>…] [options]')
    .description('choose what an image is built from and lock it; says why of everything newer')
    .option('--as-of <date>', 'choose as on that day, where upstream tells dates')
    .option(
      '--upgrade <source>',
      'choose this source or set anew and keep the rest (repeatable)',
      collect,
      [],
    )
    .option('--dry-run', 'show what would be locked, and write nothing')
    .option('--check', 'only say whether the lock is for this image.yaml; asks nobody')
    .addOption(new Option('--base <kind>', 'lock the base of a registry too').choices(['oci']))
    .addOption(json())
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText(
      'after',
      examples(
        'halobox resolve rdma-check',
        'halobox resolve vllm --rocm ~7.14 --torch 2.11 --vllm v0.27.1',
        'halobox resolve vllm --as-of 2026-07-01 --dry-run',
        'halobox resolve rdma-check --upgrade debian',
        'halobox resolve rdma-check --check',
      ),
    )
    .action(async (options: ResolveOptions, command: Command) => {
      await (await import('./commands/lock/resolve.ts')).resolve(
        command.args,
        options,
        surroundings(command),
      );
    });

  program
    .command('outdated')
    .argument('[image]', 'default: all')
    .description("compare the lock with today's upstream; changes nothing")
    .addOption(json())
    .addHelpText('after', examples('halobox outdated rdma-check', 'halobox outdated --json'))
    .action(async (image: string | undefined, options: OutdatedOptions, command: Command) => {
      await (await import('./commands/lock/outdated.ts')).outdated(image, options, surroundings(command));
    });

  program
    .command('watch')
    .argument('[image...]', 'default: all')
    .description('for CI: say whether a rebuild is due (exit code 10), and which inputs changed')
    .addOption(json())
    .addHelpText(
      'after',
      examples('halobox watch', 'halobox watch rdma-check --json || [ $? -eq 10 ] && echo rebuild'),
    )
    .action(async (images: string[], options: OutdatedOptions, command: Command) => {
      await (await import('./commands/lock/watch.ts')).watch(images, options, surroundings(command));
    });
}
