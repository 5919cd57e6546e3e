import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { findRoot } from '../catalog/find-root.ts';
import type { BuildOptions } from './commands/build.ts';
import type { PlanOptions } from './commands/plan.ts';
import { collect, examples, json } from './flags.ts';
import { addLockCommands } from './lock-program.ts';
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

const engine = () =>
  new Option(
    '--engine <engine>',
    'docker, podman, a socket or a URL; default: HALOBOX_ENGINE, else the first that answers',
  );
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

  buildFlags(program.command('render').argument('<image>').argument('[layer]'))
    .description('print the Containerfiles, or write them with their contexts to build them by hand')
    .option('--out <dir>', 'write one folder per layer and a build.sh')
    .option('--bake', 'write a file for docker buildx bake beside them')
    .addHelpText(
      'after',
      examples(
        'halobox render rdma-check rccl',
        'halobox render rdma-check --out rendered && sh rendered/build.sh podman',
        'halobox render rdma-check --bake --out rendered && cd rendered && docker buildx bake',
      ),
    )
    .action(async (image: string, layer: string | undefined, options, command: Command) => {
      await (await import('./commands/render.ts')).render(image, layer, options, surroundings(command));
    });

  buildFlags(program.command('plan').argument('<image...>'))
    .description('say which layers would be built and which are reused, why, and how long it takes')
    .addOption(engine())
    .option('--jobs <n>', 'layers that are built at a time; default: the cores, at most 4', wholeNumber)
    .option('--explain', 'name every input that differs from the last build, old value and new value')
    .addOption(new Option('--mermaid', 'print a flowchart for mermaid').conflicts('json'))
    .addHelpText(
      'after',
      examples(
        'halobox plan rdma-check',
        'halobox plan rdma-check --explain --without-series rccl-all-reduce-only',
        'halobox plan rdma-check vllm --mermaid > plan.mmd',
      ),
    )
    .action(async (images: string[], options: PlanOptions, command: Command) => {
      await (await import('./commands/plan.ts')).plan(images, options, surroundings(command));
    });

  buildFlags(program.command('build').argument('<image>'))
    .description('build an image, check its contract, tag it')
    .addOption(engine())
    .option('--jobs <n>', 'most layers at a time (default: the cores of this machine, at most 4)')
    .option('--keep-going', 'after a failure build what does not depend on it')
    .option('--cache-from <repo>', 'take layers from this registry/name (repeatable)', collect, [])
    .option('--cache-to <repo>', 'put layers into this registry/name (repeatable)', collect, [])
    .addHelpText(
      'after',
      examples(
        'halobox build rdma-check',
        'halobox build rdma-check --set kernels=all-reduce --engine podman',
        'halobox build rdma-check --json > events.ndjson',
      ),
    )
    .action(async (image: string, options: BuildOptions, command: Command) => {
      await (await import('./commands/build.ts')).build(image, options, surroundings(command));
    });

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

  addLockCommands(program, surroundings);
  addPatchCommands(program, surroundings);

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

  return program;
}

function wholeNumber(text: string): number {
  if (/^[1-9][0-9]{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes a whole number from 1.');
}

/** The flags that decide what an image is built from. */
function buildFlags(command: Command): Command {
  return command
    .option('--set <name=value>', 'set an argument of the image (repeatable)', collect, [])
    .option('--without-series <series>', 'leave a patch series out (repeatable)', collect, [])
    .addOption(
      new Option('--base <kind>', 'where the base comes from; default: decided here').choices([
        'debootstrap',
        'oci',
      ]),
    )
    .option('--locked', 'refuse a lock that is out of date in anything, even where it would serve')
    .option('--frozen', 'the same, and fetch nothing: sources and base must be in the cache')
    .option('--fresh-base', "make the base anew, with the archive's newest packages")
    .addOption(json());
}
