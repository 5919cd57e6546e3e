import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { findRoot } from '../catalog/find-root.ts';
import { addBuildCommands } from './build-program.ts';
import { examples, json } from './flags.ts';
import { addImageCommands } from './image-program.ts';
import { addLockCommands } from './lock-program.ts';
import { addMachineCommands } from './machine-program.ts';
import { addPatchCommands } from './patch-program.ts';
import type { Surroundings } from './surroundings.ts';

interface World extends Omit<Surroundings, 'root' | 'version'> {
  cwd: string;
  /** The folder that halobox itself stands in. */
  own: string;
}

interface Common {
  directory?: string;
  json?: boolean;
}

/** The command line. Each action loads its own code only when it runs: `--help` stays quick. */
export function createProgram(world: World): Command {
  const { version } = JSON.parse(readFileSync(join(world.own, 'package.json'), 'utf8')) as {
    version: string;
  };
  const program = new Command('halobox')
    .description('Builds, checks and tags container images for AMD Strix Halo (gfx1151).')
    .version(version)
    .option(
      '-C, --directory <dir>',
      'the folder that holds images/, templates/ and patches/ (default: the nearest above)',
    )
    .option('--debug', 'show stack traces')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
    })
    .addHelpText('after', examples('halobox build rdma-check', 'halobox images --json', 'halobox engines'))
    .showHelpAfterError('(halobox --help lists the commands)');

  const surroundings = (command: Command): Surroundings => {
    const { directory } = command.optsWithGlobals<Common>();
    const { cwd, own, ...rest } = world;
    // Relative, so that messages name files as the person knows them.
    return { ...rest, version, root: relative(cwd, directory ?? findRoot(cwd, own)) || '.' };
  };

  program
    .command('images')
    .description('list the images that can be built')
    .addOption(json())
    .addHelpText('after', examples('halobox images', 'halobox images --json | jq -r ".[].image"'))
    .action(async (options: Common, command: Command) => {
      await (await import('./commands/images.ts')).images(options, surroundings(command));
    });

  addBuildCommands(program, surroundings);
  addImageCommands(program, surroundings);
  addLockCommands(program, surroundings);
  addPatchCommands(program, surroundings);
  addMachineCommands(program, surroundings);

  return program;
}
