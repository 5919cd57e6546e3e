import type { Command } from 'commander';
import type { ApplyFlags } from './commands/patch/apply.ts';
import type { ExportFlags } from './commands/patch/export.ts';
import type { PatchOptions } from './commands/patch/options.ts';
import { collect, examples, json } from './flags.ts';
import type { Surroundings } from './surroundings.ts';

/** `halobox patch …`: one command for each thing that can be done with a series and a source tree. */
export function addPatchCommands(program: Command, surroundings: (command: Command) => Surroundings): void {
  const patch = program
    .command('patch')
    .description('say what the patch series are for a source tree; apply, revert, verify, export them')
    .addHelpText(
      'after',
      examples('halobox patch status --tree TheRock', 'halobox patch apply --tree TheRock'),
    );
  const sub = (name: string): Command =>
    patch
      .command(name)
      .option('--tree <dir>', 'TheRock, rocm-systems or RCCL: a checkout or an unpacked tarball', '.')
      .option('--series <series>', 'only this series (repeatable)', collect, [])
      .option('--target <gfx>', 'the GPU target that the tree is patched for', 'gfx1151')
      .addOption(json());
  sub('status')
    .description('show what a tree is and which patches it needs; changes nothing')
    .addHelpText(
      'after',
      examples(
        'halobox patch status --tree TheRock',
        'halobox patch status --tree rccl --target gfx1152 --json',
      ),
    )
    .action(async (options: PatchOptions, command: Command) => {
      await (await import('./commands/patch/status.ts')).status(options, surroundings(command));
    });
  sub('apply')
    .description('apply the patches that a tree needs: all of a series, or nothing')
    .option('--allow-dirty', 'although files of the tree have changes that are not committed')
    .addHelpText('after', examples('halobox patch apply --tree TheRock --series therock-rccl'))
    .action(async (options: ApplyFlags, command: Command) => {
      await (await import('./commands/patch/apply.ts')).apply(options, surroundings(command));
    });
  sub('revert')
    .description('take applied patches back, byte for byte')
    .addHelpText('after', examples('halobox patch revert --tree TheRock'))
    .action(async (options: PatchOptions, command: Command) => {
      await (await import('./commands/patch/revert.ts')).revert(options, surroundings(command));
    });
  sub('verify')
    .description('prove that a tree has what each patch promises')
    .addHelpText('after', examples('halobox patch verify --tree TheRock --series therock-rccl'))
    .action(async (options: PatchOptions, command: Command) => {
      await (await import('./commands/patch/verify.ts')).verify(options, surroundings(command));
    });
  sub('export')
    .description("write a series into TheRock's patches/, for its fetch_sources.py --patch-tag")
    .option('--patch-tag <tag>', 'the folder below patches/', 'halobox')
    .addHelpText('after', examples('halobox patch export --tree TheRock --series rccl-2-27'))
    .action(async (options: ExportFlags, command: Command) => {
      await (await import('./commands/patch/export.ts')).exportPatches(options, surroundings(command));
    });
}
