import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import { ApiEngine } from './api-engine.ts';
import { BetweenBuilds } from './between-builds.ts';
import { brokenImage } from './broken-image.ts';
import { makeBuildFolder } from './build-folder.ts';
import type { Client } from './client.ts';
import type { BuildEvent, BuildRequest, BuiltImage, ImageFacts, NetworkAbility } from './engine.ts';
import { type BuildRecord, Journal } from './journal.ts';
import { type Ulimit, ulimitsFrom } from './limits.ts';
import { removeOrphans } from './orphan-containers.ts';
import { type Owner, ownOwner } from './owner.ts';
import { buildMark, buildOnPodman, killInUserNamespace } from './podman-build.ts';
import type { PodmanCli } from './podman-cli.ts';
import type { PodmanInfo } from './podman-info.ts';
import { saveOnPodman } from './podman-save.ts';
import { PodmanService, sweepServices } from './podman-service.ts';
import { killTree } from './process-tree.ts';
import { startOf } from './processes.ts';
import { ownName } from './short-name.ts';
import { StepCache } from './step-cache.ts';
import { removeFolder } from './unpack.ts';
import { type Cleaned, removeWorkingContainers } from './working-containers.ts';

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
  /** To be called when it turns out that it can't be what it said of itself. */
  forget: () => void;
  /** Folder for temporary files, which may be large. */
  temporary: string;
  /** Folder of the records of running builds. */
  records: string;
  /** podman's temporary files may be moved away from the default place. */
  ownTemporary: boolean;
  owner: Owner;
}

/** Milliseconds. */
const moment = 500;

export class PodmanEngine extends ApiEngine {
  readonly kind = 'podman';
  readonly version: string;
  readonly endpoint: string;
  readonly identity: string;
  readonly foundBy: string;
  readonly rootless: boolean;
  readonly network: NetworkAbility;
  /**
   * It asks its store for a layer's digest before it opens a blob of a layout; of any other archive it wants all layers.
   * https://github.com/containers/image/blob/main/storage/storage_dest.go (`TryReusingBlobWithOptions`)
   */
  readonly leavesOut = 'any';
  readonly storage: string;
  protected readonly owner: Owner;
  readonly #facts: PodmanFacts;
  readonly #journal: Journal;
  readonly #between = new BetweenBuilds();
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
    this.identity = `podman ${info.host.hostname} ${info.store.graphRoot}`;
    this.owner = facts.owner;
    this.#facts = facts;
    this.#journal = new Journal(facts.records);
  }

  wake(): void {
    this.docker().catch(() => {});
  }

  async build(
    request: BuildRequest,
    onEvent: (event: BuildEvent) => void,
    signal: AbortSignal,
  ): Promise<BuiltImage> {
    try {
      const { cli, note } = await this.#facts.builder();
      if (note) onEvent({ type: 'note', text: note });
      return await this.#between.build(() => this.#buildWith(cli, request, onEvent, signal));
    } catch (error) {
      throw this.failure(error, 'the build stopped');
    }
  }

  async #buildWith(
    cli: PodmanCli,
    request: BuildRequest,
    onEvent: (event: BuildEvent) => void,
    signal: AbortSignal,
  ): Promise<BuiltImage> {
    const { temporary, ownTemporary, records } = this.#facts;
    const { tag } = request;
    const id = randomUUID();
    const folder = join(temporary, `halobox-build-${id}`);
    const started = new Date().toISOString();
    const record: BuildRecord = { id, halobox: this.owner, storage: this.storage, folder, tag, started };
    const steps = new StepCache(records, this.storage, tag);
    let built: string | undefined;
    try {
      await makeBuildFolder(this.#journal, record);
      built = await buildOnPodman(
        { cli, request, network: this.network, id, folder, ownTemporary, failure: this.failureContext() },
        {
          onEvent,
          onStarted: async (pid) => this.#journal.write({ ...record, podman: ownOwner(pid) }),
          onImages: (made, reused) => steps.note(made, reused),
        },
        signal,
      );
      return await this.tagBuilt(built, tag, signal);
    } finally {
      if (!signal.aborted) this.#between.later(() => this.#pruneSteps(steps, built));
      if (built === undefined) this.#between.later(() => this.#mend());
      await this.#cleanUp(cli, record);
    }
  }

  /** What can't be removed now is left to the next sweep, by its record; a build that is done is not failed by it. */
  async #cleanUp(cli: PodmanCli, record: BuildRecord): Promise<Cleaned> {
    const cleaned = await removeWorkingContainers(cli, this.#facts.info.store, record, Date.now());
    const gone = await removeFolder(record.folder).catch(() => false);
    if (gone && cleaned.left === 0) await this.#journal.forget(record.id).catch(() => {});
    return cleaned;
  }

  override async inspectImage(reference: string): Promise<ImageFacts | undefined> {
    return (await super.inspectImage(ownName(reference))) ?? super.inspectImage(reference);
  }

  override listImages(wanted: string, value?: string): Promise<readonly ImageFacts[]> {
    return this.#pastBroken(() => super.listImages(wanted, value));
  }

  /** Lists, and removes what keeps podman from it; see `brokenImage`. */
  async #pastBroken<T>(list: () => Promise<T>): Promise<T> {
    for (const seen: string[] = []; ; ) {
      try {
        return await list();
      } catch (error) {
        const id = brokenImage(error);
        const times = seen.filter((one) => one === id).length;
        if (id === undefined || times === 2) throw error;
        seen.push(id);
        // What an older podman is writing now has its manifest in the next moment.
        if (times === 0) await delay(moment);
        else
          await (await this.docker())
            .getImage(id)
            .remove({ force: true })
            .catch(() => {});
      }
    }
  }

  /** A build that was cut off may have left an image that keeps people's `podman images` from listing any. Best effort. */
  async #mend(): Promise<void> {
    const all = async () => (await this.docker()).listImages({ all: true });
    await this.#pastBroken(all).catch(() => {});
  }

  protected override async openArchive(reference: string, signal: AbortSignal): Promise<Readable> {
    const builder = await this.#facts.builder().catch(() => undefined);
    return builder ? saveOnPodman(builder.cli, reference, signal) : super.openArchive(reference, signal);
  }

  override tag(id: string, reference: string): Promise<void> {
    return super.tag(id, ownName(reference));
  }

  override async sweep(): Promise<readonly string[]> {
    const abandoned = await this.#journal.abandoned(this.storage, this.owner);
    const swept: string[] = [];
    await sweepServices(this.#facts.temporary, this.owner);
    for (const record of abandoned) swept.push(...(await this.#end(record)));
    if (abandoned.length > 0) await this.#mend();
    swept.push(...(await super.sweep()));
    const cli = async () => (await this.#facts.builder()).cli;
    for (const id of await removeOrphans(cli, this.#facts.info.store, this.owner))
      swept.push(`removed container ${id.slice(0, 12)} of a halobox that was killed`);
    return swept;
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
    this.#service = this.#running(this.#service);
    return (await this.#service).client.docker;
  }

  /** The service, or a new one when it has ended. Each call waits for the one before: there is never a second one. */
  async #running(earlier: Promise<PodmanService> | undefined): Promise<PodmanService> {
    const service = await earlier?.catch(() => undefined);
    if (service?.runs) return service;
    await service?.stop();
    const { cli } = await this.#facts.builder();
    return PodmanService.start(cli, this.#facts.temporary, this.owner).catch((error) => {
      this.#facts.forget();
      throw error;
    });
  }

  /** What can't be pruned now can be pruned after the next build: that is no reason to fail this one. */
  async #pruneSteps(steps: StepCache, built: string | undefined): Promise<void> {
    const docker = await this.docker().catch(() => undefined);
    if (docker) await steps.prune(docker, built);
  }

  /** Ends one build that a killed halobox left. */
  async #end(record: BuildRecord): Promise<string[]> {
    const { id, podman, tag } = record;
    const { cli } = await this.#facts.builder();
    const swept: string[] = [];
    const running = podman?.boot === this.owner.boot && startOf(podman.pid) === podman.start;
    const tree = {
      roots: running ? [podman.pid] : [],
      mark: buildMark(id),
      killOthers: (pids: readonly number[]) => killInUserNamespace(cli, pids),
    };
    if (!(await killTree(tree, 10_000))) return [`the build of ${tag} left by a killed halobox does not end`];
    if (running) swept.push(`ended the build of ${tag}, left by a halobox that was killed`);
    const { removed, wait } = await this.#cleanUp(cli, record);
    if (wait > 0) {
      await delay(wait);
      removed.push(...(await this.#cleanUp(cli, record)).removed);
    }
    for (const container of removed) {
      swept.push(`removed working container ${container.slice(0, 12)} of that build (${tag})`);
    }
    return swept;
  }
}
