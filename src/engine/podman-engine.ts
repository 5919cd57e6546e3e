import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type Dockerode from 'dockerode';
import { EngineError } from '../model/error.ts';
import { ApiEngine } from './api-engine.ts';
import type { Client } from './client.ts';
import type { BuildEvent, BuildRequest, BuiltImage, ImageFacts, NetworkAbility } from './engine.ts';
import { type BuildRecord, Journal } from './journal.ts';
import { type Ulimit, ulimitsFrom } from './limits.ts';
import { type Owner, ownOwner } from './owner.ts';
import { buildMark, buildOnPodman, killInUserNamespace } from './podman-build.ts';
import type { PodmanCli } from './podman-cli.ts';
import type { PodmanInfo } from './podman-info.ts';
import { PodmanService, sweepServices } from './podman-service.ts';
import { killTree } from './process-tree.ts';
import { startOf } from './processes.ts';
import { ownName } from './short-name.ts';
import { StepCache } from './step-cache.ts';
import { removeFolder } from './unpack.ts';
import { removeWorkingContainers } from './working-containers.ts';

/** The binary that builds. */
export interface Builder {
  cli: PodmanCli;
  /** Which of podman's defaults had to be overruled on this machine, and why. */
  note?: string | undefined;
}

export interface PodmanFacts {
  info: PodmanInfo;
  endpoint: string;
  foundBy: string;
  network: NetworkAbility;
  /** Given when it was found by its socket; else a service is started when the API is needed. */
  client?: Client;
  /** The binary that builds into the same images; rejects when there is none. */
  builder: () => Promise<Builder>;
  /** Folder for temporary files, which may be large. */
  temporary: string;
  /** Folder of the records of running builds. */
  records: string;
  /** podman's temporary files may be moved away from the default place. */
  ownTemporary: boolean;
  owner: Owner;
}

export class PodmanEngine extends ApiEngine {
  readonly kind = 'podman';
  readonly version: string;
  readonly endpoint: string;
  readonly foundBy: string;
  readonly rootless: boolean;
  readonly network: NetworkAbility;
  readonly storage: string;
  protected readonly owner: Owner;
  readonly #facts: PodmanFacts;
  readonly #journal: Journal;
  #service: Promise<PodmanService> | undefined;

  constructor(facts: PodmanFacts) {
    super();
    const { info } = facts;
    this.version = info.version.Version;
    this.endpoint = facts.endpoint;
    this.foundBy = facts.foundBy;
    this.rootless = info.host.security.rootless;
    this.network = facts.network;
    this.storage = info.store.graphRoot;
    this.owner = facts.owner;
    this.#facts = facts;
    this.#journal = new Journal(facts.records);
  }

  async build(
    request: BuildRequest,
    onEvent: (event: BuildEvent) => void,
    signal: AbortSignal,
  ): Promise<BuiltImage> {
    const { info, temporary, ownTemporary, records } = this.#facts;
    const { cli, note } = await this.#facts.builder();
    if (note) onEvent({ type: 'note', text: note });
    const folder = await this.#temporaryFolder(temporary);
    const id = randomUUID();
    const { tag } = request;
    const record: BuildRecord = { id, halobox: this.owner, storage: this.storage, folder, tag };
    await this.#journal.write(record);
    const steps = await StepCache.open(records, this.storage, tag);
    const failure = this.failureContext();
    let built: string | undefined;
    try {
      built = await buildOnPodman(
        { cli, request, network: this.network, id, folder, ownTemporary, failure },
        {
          onEvent,
          onStarted: async (pid) => this.#journal.write({ ...record, podman: await ownOwner(pid) }),
          onImages: (made, reused) => steps.note(made, reused),
        },
        signal,
      );
      return await this.tagBuilt(built, tag, signal);
    } catch (error) {
      throw this.failure(error, 'the build stopped');
    } finally {
      await removeWorkingContainers(cli, info.store, id);
      if (!signal.aborted) await this.#pruneSteps(steps, built);
      if (await removeFolder(folder)) await this.#journal.forget(id);
    }
  }

  override async inspectImage(reference: string): Promise<ImageFacts | undefined> {
    return (await super.inspectImage(ownName(reference))) ?? super.inspectImage(reference);
  }

  override tag(id: string, reference: string): Promise<void> {
    return super.tag(id, ownName(reference));
  }

  override async sweep(): Promise<readonly string[]> {
    const abandoned = await this.#journal.abandoned(this.storage, this.owner);
    const swept: string[] = [];
    await sweepServices(this.#facts.temporary, this.owner);
    for (const record of abandoned) swept.push(...(await this.#end(record)));
    return [...swept, ...(await super.sweep())];
  }

  async close(): Promise<void> {
    const service = await this.#service?.catch(() => undefined);
    this.#service = undefined;
    await service?.stop();
  }

  protected override get ulimits(): readonly Ulimit[] | undefined {
    // A service that somebody else started may have other limits than this process; a rootless podman knows its own.
    if (this.rootless || this.#facts.client) return undefined;
    return ulimitsFrom(readFileSync('/proc/self/limits', 'utf8'));
  }

  protected async docker(): Promise<Dockerode> {
    if (this.#facts.client) return this.#facts.client.docker;
    const service = await this.#service?.catch(() => undefined);
    if (service?.runs) return service.client.docker;
    await service?.stop();
    this.#service = this.#facts
      .builder()
      .then(({ cli }) => PodmanService.start(cli, this.#facts.temporary, this.owner));
    return (await this.#service).client.docker;
  }

  /** What can't be pruned now can be pruned after the next build: that is no reason to fail this one. */
  async #pruneSteps(steps: StepCache, built: string | undefined): Promise<void> {
    const docker = await this.docker().catch(() => undefined);
    if (docker) await steps.prune(docker, built);
  }

  async #temporaryFolder(parent: string): Promise<string> {
    try {
      return await mkdtemp(join(parent, 'halobox-build-'));
    } catch (error) {
      throw new EngineError({
        what: `no temporary folder can be made: ${(error as Error).message}`,
        where: parent,
        next: 'Set TMPDIR to a folder that you may write to, with room for the build context.',
        cause: error,
      });
    }
  }

  /** Ends one build that a killed halobox left. */
  async #end({ id, podman, folder, tag }: BuildRecord): Promise<string[]> {
    const { cli } = await this.#facts.builder();
    const swept: string[] = [];
    const running = podman?.boot === this.owner.boot && (await startOf(podman.pid)) === podman.start;
    const tree = {
      roots: running ? [podman.pid] : [],
      mark: buildMark(id),
      killOthers: (pids: readonly number[]) => killInUserNamespace(cli, pids),
    };
    if (!(await killTree(tree, 10_000))) return [`the build of ${tag} left by a killed halobox does not end`];
    if (running) swept.push(`ended the build of ${tag}, left by a halobox that was killed`);
    for (const container of await removeWorkingContainers(cli, this.#facts.info.store, id)) {
      swept.push(`removed working container ${container.slice(0, 12)} of that build (${tag})`);
    }
    if (await removeFolder(folder)) await this.#journal.forget(id);
    return swept;
  }
}
