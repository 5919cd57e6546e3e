import type { Command } from 'commander';
import { engine, examples, json } from './flags.ts';
import type { Surroundings } from './surroundings.ts';

/** The commands about this machine: its engines, and the room that halobox takes. */
export function addMachineCommands(program: Command, surroundings: (command: Command) => Surroundings): void {
  program
    .command('gc')
    .description('show layers and downloads that no lock, tag or recent build names, and remove them')
    .option('--days <n>', 'keep what is younger', '14')
    .option('--apply', 'remove them')
    .addOption(engine())
    .addOption(json())
    .addHelpText('after', examples('halobox gc', 'halobox gc --days 30 --apply'))
    .action(async (options, command: Command) => {
      await (await import('./commands/gc.ts')).gc(options, surroundings(command));
    });

  program
    .command('engines')
    .description('show which container engines answer, and what was tried')
    .addOption(engine())
    .addOption(json())
    .addHelpText(
      'after',
      examples('halobox engines', 'halobox engines --engine unix:///run/podman/podman.sock'),
    )
    .action(async (options, command: Command) => {
      await (await import('./commands/engines.ts')).engines(options, surroundings(command));
    });
}
