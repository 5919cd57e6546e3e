import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Image } from '../../src/model/image.ts';
import type { ExecutedSteps } from '../engines/executed-steps.ts';
import { eventOf, type HaloboxOptions, halobox, repository } from '../support/halobox.ts';

const settings = ['--set', 'kernels=all-reduce'];

/**
 * In place of the compile, which takes minutes: one small file of the patched tree, and a header that a patch changes.
 * Everything else of the graph is the real one.
 */
const brief = `RUN lib=/out/usr/lib/x86_64-linux-gnu && install -d "$lib" \\
 && hipcc --offload-arch={{sh target}} -shared -fPIC -o "$lib"/librccl.so.1 /src/rccl/src/enhcompat.cc \\
 && install -D -m 0644 /src/rccl/src/include/devcomm.h /out/usr/include/devcomm.h
`;

/**
 * What a change makes the engine execute: the RUN steps of the layers that it is an input of and of those above, and
 * not one more, by the engine's own records. Comes after `buildsRdmaCheck`, whose layers it takes.
 * @param steps what the engine has executed so far.
 */
export function buildsOnlyWhatChanged(
  options: () => HaloboxOptions,
  folder: () => string,
  steps: () => Promise<ExecutedSteps>,
): void {
  const directory = () => join(folder(), 'only-what-changed');
  const here = () => ({ ...options(), directory: directory() });

  async function edit(path: string, change: (text: string) => string): Promise<void> {
    const file = join(directory(), path);
    const before = await readFile(file, 'utf8');
    const after = change(before);
    expect(after, path).not.toBe(before);
    await writeFile(file, after);
  }
  const editImage = (change: (image: Image) => void) =>
    edit('images/rdma-check/image.yaml', (text) => {
      const image = parse(text) as Image;
      change(image);
      return stringify(image);
    });

  /** Builds, and says which layers halobox says it built, and which steps the engine says it executed. */
  async function build() {
    const before = await steps();
    const { exitCode, stdout, stderr } = await halobox(
      ['build', 'rdma-check', ...settings, '--json'],
      here(),
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const executed = [...(await steps())].flatMap(([id, step]) => (before.has(id) ? [] : [plain(step)]));
    const built = eventOf(stdout, 'layers').layers.flatMap(({ layer, state }) =>
      state === 'built' ? [layer] : [],
    );
    return { plan: eventOf(stdout, 'plan').layers, built, executed, runs: executed.filter(isRun).sort() };
  }

  /** The RUN steps that the rendered Containerfiles of some layers hold. */
  async function runsOf(...layers: string[]): Promise<string[]> {
    const { stdout } = await halobox(['render', 'rdma-check', ...settings, '--json'], here());
    const rendered = JSON.parse(stdout) as { layer: string; containerfile: string }[];
    const texts = rendered.filter(({ layer }) => layers.includes(layer)).map((one) => one.containerfile);
    expect(texts).toHaveLength(layers.length);
    const found = texts.flatMap((text) => text.match(/^RUN (?:.*\\\n)*.*$/gm) ?? []);
    return found.map((run) => plain(`/bin/sh -c ${run.slice('RUN '.length).replaceAll('\\\n', '')}`)).sort();
  }

  test('a catalog elsewhere with the same content gives the same keys, and the engine executes nothing', async () => {
    for (const part of ['images', 'templates', 'patches'])
      await cp(join(repository, part), join(directory(), part), { recursive: true });
    const { plan, built, executed } = await build();
    expect(plan.map(({ layer, key }) => ({ layer, key }))).toEqual(inject('rendered'));
    expect({ built, executed }).toEqual({ built: [], executed: [] });
  });

  test('a changed script is copied anew, and only the released layer is built with it', async () => {
    await edit('images/rdma-check/files/rdma-check', (text) => `${text}# changed\n`);
    const { built, executed, runs } = await build();
    expect(built.sort()).toEqual(['scripts', 'toolbox']);
    expect(runs).toEqual(await runsOf('toolbox'));
    // Once from the context and once from the layer.
    expect(executed.filter((step) => /^COPY .*\/usr\/bin\/rdma-check\W*$/.test(step))).toHaveLength(2);
  });

  test('one package less in the tools builds that layer and the released one', async () => {
    const left = 'rdmacm-utils';
    await editImage(({ layers, sources }) => {
      const { packages } = layers.tools!.with as { packages: string[] };
      packages.splice(packages.indexOf(left), 1);
      // It stays locked, so that the lock answers what is asked.
      Object.assign(sources.debian!, { packages: [left] });
    });
    const { built, runs } = await build();
    expect(built.sort()).toEqual(['toolbox', 'tools']);
    expect(runs).toEqual(await runsOf('tools', 'toolbox'));
  });

  test('a changed template of RCCL, and then a changed patch, build that layer and the released one', async () => {
    await edit(
      'templates/rccl.hbs',
      (text) => `${text.slice(0, text.indexOf('# Without ROCM_PATH'))}${brief}`,
    );
    await editImage((image) => {
      Object.assign(image.rccl!, { neededBy: [], symbols: [] });
      Object.assign(image.layers.rccl!, { outputs: ['/usr/include/devcomm.h'] });
      Object.assign(image, { contract: { files: [{ path: '/usr/include/devcomm.h' }] } });
    });
    const first = await build();
    expect(first.built.sort()).toEqual(['rccl', 'toolbox']);
    expect(first.runs).toEqual(await runsOf('rccl', 'toolbox'));

    await edit('patches/rccl-2-13/0001-devcomm-treat-gfx1151-as-a-wave32-target.patch', (text) =>
      text.replace('|| defined(__gfx1151__)\n', '|| defined(__gfx1151__) // changed\n'),
    );
    await editImage(({ contract }) => {
      Object.assign(contract.files[0]!, { content: { matches: 'defined\\(__gfx1151__\\) // changed$' } });
    });
    const second = await build();
    expect(second.built.sort()).toEqual(['rccl', 'toolbox']);
    expect(second.runs).toEqual(await runsOf('rccl', 'toolbox'));
  });
}

/** Engines keep the spaces of continued lines as they like. */
function plain(step: string): string {
  return step.replaceAll(/\s+/g, ' ').trim();
}

function isRun(step: string): boolean {
  return step.startsWith('/bin/sh -c ');
}
