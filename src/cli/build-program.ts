import { type Command, Option } from 'commander';
import type { BuildOptions } from './commands/build.ts';
import type { PlanOptions } from './commands/plan.ts';
import { cacheFrom, collect, engine, examples, jobs, json } from './flags.ts';
import type { Surroundings } from './surroundings.ts';

/** The commands that go from the files of images towards built ones, each a step further. */
export function addBuildCommands(program: Command, surroundings: (command: Command) => Surroundings): void {
  buildFlags(program.command('render').argument('<image>').argument('[layer]'))
    .description('print the Containerfiles, or write them with their contexts to build them by hand')
    .option('--out <dir>', 'write one folder per layer and a build.sh')
    .option('--bake', 'write a file for docker buildx bake beside them')
    .addHelpText(
      'after',
      examples(
        'halobox render rdma-check rccl',
        'halobox render rdma-check --out rendered && sh rendered/build.sh podman',
        'halobox render rdma-check --bake --out rendered && cd rendered && docker buildx bake --load',
      ),
    )
    .action(async (image: string, layer: string | undefined, options, command: Command) => {
      await (await import('./commands/render.ts')).render(image, layer, options, surroundings(command));
    });

  buildFlags(program.command('plan').argument('<image...>'))
    .description('say which layers would be built and which are reused, why, and how long it takes')
    .addOption(engine())
    .addOption(jobs())
    .addOption(cacheFrom())
    .option('--explain', 'name every input that differs from the last build, old value and new value')
    .addOption(new Option('--mermaid', 'print a flowchart for mermaid').conflicts('json'))
    .addHelpText(
      'after',
      examples(
        'halobox plan rdma-check',
        'halobox plan rdma-check --explain --without-series rccl-all-reduce-only',
        'halobox plan rdma-check vllm --mermaid > plan.mmd',
        'halobox plan rdma-check --cache-from ghcr.io/someone/halobox-cache',
      ),
    )
    .action(async (images: string[], options: PlanOptions, command: Command) => {
      await (await import('./commands/plan.ts')).plan(images, options, surroundings(command));
    });

  buildFlags(program.command('build').argument('<image...>'))
    .description('build images, each layer of all of them once, check their contracts, tag them')
    .addOption(engine())
    .addOption(jobs())
    .option('--keep-going', 'after a failure build and release what does not depend on it')
    .addOption(cacheFrom())
    .option('--cache-to <repo>', 'put layers into this registry/name (repeatable)', collect, [])
    .addHelpText(
      'after',
      examples(
        'halobox build rdma-check',
        'halobox build rdma-check vllm --keep-going',
        'halobox build rdma-check --set kernels=all-reduce --engine podman',
        'halobox build rdma-check --json > events.ndjson',
      ),
    )
    .action(async (images: string[], options: BuildOptions, command: Command) => {
      await (await import('./commands/build.ts')).build(images, options, surroundings(command));
    });
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
