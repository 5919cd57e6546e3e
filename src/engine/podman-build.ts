import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { EngineError, Interrupted } from '../model/error.ts';
import type { BuildEvent, BuildRequest, NetworkAbility } from './engine.ts';
import type { FailureContext } from './failure.ts';
import { Lines } from './lines.ts';
import type { PodmanCli } from './podman-cli.ts';
import { PodmanProgress } from './podman-progress.ts';
import { killChildren, killTree, type Tree } from './process-tree.ts';
import { DiskWatch, stepFailure } from './step-failure.ts';
import { unpack } from './unpack.ts';

export interface PodmanBuild {
  cli: PodmanCli;
  request: BuildRequest;
  network: NetworkAbility;
  /** Names the build in process environments and in buildah's working containers. */
  id: string;
  /** Temporary folder, of this build alone. */
  folder: string;
  /** Whether podman may have its temporary files in the folder as well. */
  ownTemporary: boolean;
  failure: FailureContext;
}

export interface BuildHooks {
  onEvent: (event: BuildEvent) => void;
  /** The process runs: it can be recorded now. */
  onStarted: (pid: number) => Promise<void>;
  /** An intermediate image is there. */
  onImages: (made: readonly string[], reused: readonly string[]) => void;
}

/** In the environment of everything that a build starts. */
export function buildMark(id: string): string {
  return `HALOBOX_BUILD=${id}`;
}

/**
 * The id of a build secret that no step asks for. buildah writes the names of a build's secrets into the state of its
 * working containers, which is the only thing about them that a caller can choose.
 */
export function secretOf(id: string): string {
  return `halobox-${id}`;
}

/**
 * Builds through podman's command line; the image gets no tag. Over the API, a build goes on after its request was
 * aborted, and `networkmode=none` is ignored.
 * @returns the image's id.
 */
export async function buildOnPodman(
  build: PodmanBuild,
  hooks: BuildHooks,
  signal: AbortSignal,
): Promise<string> {
  if (signal.aborted) throw new Interrupted();
  const { folder } = build;
  await mkdir(join(folder, 'tmp'), { recursive: true });
  await Promise.all(['secret', 'ignore'].map((name) => writeFile(join(folder, name), '')));
  await unpack(build.request.context(), join(folder, 'context'), signal);

  for (let left = 2; ; left--) {
    try {
      return await runBuild(build, hooks, signal);
    } catch (error) {
      if (left === 0 || signal.aborted || !imageWent(error)) throw error;
    }
  }
}

/**
 * While it looks for steps that it can go on from, buildah fails when any image goes that it has seen: another halobox has
 * removed steps that nobody needs, or a person an image. Within this process `BetweenBuilds` sees to it.
 * https://github.com/containers/buildah/issues/5615
 */
function imageWent(error: unknown): boolean {
  return error instanceof EngineError && /layer not known/.test(error.facts.what);
}

async function runBuild(build: PodmanBuild, hooks: BuildHooks, signal: AbortSignal): Promise<string> {
  const { cli, folder, id } = build;
  const [name, value] = buildMark(id).split('=') as [string, string];
  const child = cli.start(argumentsFor(build), {
    [name]: value,
    ...(build.ownTemporary && { TMPDIR: join(folder, 'tmp') }),
  });
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  const progress = new PodmanProgress(() => performance.now() / 1000);
  const disk = new DiskWatch();
  const tell = (event: BuildEvent) => {
    disk.see(event);
    hooks.onEvent(event);
  };
  const followed = Promise.all([
    follow(child.stdout!, (line) => {
      for (const event of progress.stdout(line)) tell(event);
      if (line.startsWith('-->')) hooks.onImages(progress.made, progress.reused);
    }),
    follow(child.stderr!, (line) => {
      for (const event of progress.stderr(line)) tell(event);
    }),
  ]);
  // A hook that throws ends the build below; without a handler of its own it would end the process.
  const ended = Promise.all([closed, followed]);
  ended.catch(() => {});
  let stopping: Promise<void> | undefined;
  const onAbort = () => {
    stopping = stop(child, treeOf(child, build), id);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (child.pid !== undefined) await hooks.onStarted(child.pid);
    const [[code, killedBy]] = await ended;
    await stopping;
    if (signal.aborted) throw new Interrupted();
    if (code !== 0) throw failed(progress, disk, code ?? killedBy, build);
    for (const event of progress.end()) hooks.onEvent(event);
    return (await readFile(join(folder, 'image'), 'utf8')).trim();
  } finally {
    signal.removeEventListener('abort', onAbort);
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      await killTree(treeOf(child, build));
    }
  }
}

/**
 * `--layers` keeps an image per step: the final image's layers are what users download, so that each COPY must stay a
 * layer of its own, and a build that fails in its tenth step goes on there when it is repeated. What failed builds
 * leave of it is bounded by StepCache.
 */
function argumentsFor({ request, network, folder, id }: PodmanBuild): string[] {
  const mode = request.network === 'none' ? 'none' : network.mode === 'host' ? 'host' : undefined;
  return [
    'build',
    '--layers',
    '--force-rm',
    '--pull=missing',
    '--format=oci',
    // Docker honours no ignore file inside a context; the context holds what is wanted.
    `--ignorefile=${join(folder, 'ignore')}`,
    `--iidfile=${join(folder, 'image')}`,
    `--secret=id=${secretOf(id)},src=${join(folder, 'secret')}`,
    ...(mode ? [`--network=${mode}`] : []),
    ...Object.entries(request.labels).map(([name, value]) => `--label=${name}=${value}`),
    `--file=${join(folder, 'context', 'Containerfile')}`,
    join(folder, 'context'),
  ];
}

async function follow(stream: Readable, take: (line: string) => void): Promise<void> {
  const lines = new Lines();
  for await (const chunk of stream) for (const line of lines.push(chunk as Buffer)) take(line);
  for (const line of lines.end()) take(line);
}

function treeOf(child: ChildProcess, { id, cli }: PodmanBuild): Tree {
  return {
    roots: child.pid === undefined ? [] : [child.pid],
    mark: buildMark(id),
    killOthers: (pids) => killInUserNamespace(cli, pids),
  };
}

/** A rootless build's RUN with another user runs under a subordinate id, which only the user namespace's root may signal. */
export async function killInUserNamespace(cli: PodmanCli, pids: readonly number[]): Promise<void> {
  await cli.run(['unshare', 'kill', '-KILL', ...pids.map(String)]);
}

/** Milliseconds that podman has to clean up after its RUN was killed; it waits when another build locks the storage. */
const orderly = 1200;

/**
 * podman answers SIGTERM by ending itself and leaving the RUN to go on; it ends in order, removing its working
 * container, when the RUN is killed under it. Only what does not is killed with it.
 */
async function stop(child: ChildProcess, tree: Tree, id: string): Promise<void> {
  const ended = once(child, 'exit');
  const endsWithin = (milliseconds: number) =>
    child.exitCode !== null || child.signalCode !== null
      ? Promise.resolve(true)
      : Promise.race([
          ended.then(() => true),
          new Promise<false>((resolve) => setTimeout(resolve, milliseconds, false)),
        ]);
  const deadline = performance.now() + orderly;
  await killChildren(tree, secretOf(id), orderly);
  await endsWithin(deadline - performance.now());
  await killTree(tree);
}

function failed(
  progress: PodmanProgress,
  disk: DiskWatch,
  code: number | string | null,
  build: PodmanBuild,
): EngineError {
  const { endpoint } = build.failure;
  const at = progress.failure;
  if (at === undefined) {
    return new EngineError({
      what: `podman build ended with ${code} and said nothing`,
      where: endpoint,
      next: 'Something else ended it; with SIGKILL, memory may have run out (`dmesg`). Run the build again.',
    });
  }
  return stepFailure(at, disk, build.failure);
}
