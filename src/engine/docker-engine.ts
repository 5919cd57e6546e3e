import { randomUUID } from 'node:crypto';
import type Dockerode from 'dockerode';
import { EngineError } from '../model/error.ts';
import { ApiEngine } from './api-engine.ts';
import { type Client, requestJson } from './client.ts';
import { buildOnDocker } from './docker-build.ts';
import type { BuildEvent, BuildRequest, BuiltImage, LeavesOut, NetworkAbility } from './engine.ts';
import { statusCode } from './failure.ts';
import type { Owner } from './owner.ts';

/** The first API with BuildKit, of Docker 18.09. https://docs.docker.com/reference/api/engine/version-history/ */
const firstWithBuildkit = 38;

export interface DockerFacts {
  client: Client;
  version: string;
  /** The daemon's own id, kept with its images. */
  id: string | undefined;
  foundBy: string;
  rootless: boolean;
  network: NetworkAbility;
  leavesOut: LeavesOut;
  storage: string | undefined;
  owner: Owner;
}

export class DockerEngine extends ApiEngine {
  readonly kind = 'docker';
  readonly version: string;
  readonly endpoint: string;
  readonly identity: string;
  readonly foundBy: string;
  readonly rootless: boolean;
  readonly network: NetworkAbility;
  readonly leavesOut: LeavesOut;
  readonly storage: string | undefined;
  protected readonly owner: Owner;
  readonly #client: Client;

  constructor(facts: DockerFacts) {
    super();
    this.version = facts.version;
    this.endpoint = facts.client.endpoint;
    this.identity = `docker ${facts.id || facts.client.endpoint}`;
    this.foundBy = facts.foundBy;
    this.rootless = facts.rootless;
    this.network = facts.network;
    this.leavesOut = facts.leavesOut;
    this.storage = facts.storage;
    this.owner = facts.owner;
    this.#client = facts.client;
  }

  /**
   * The image is built without a name and named at the end, so that whatever fails or is stopped before moves no tag.
   * A halobox that is killed needs no sweep here: its connection closes, and with it BuildKit ends the build.
   */
  async build(
    request: BuildRequest,
    onEvent: (event: BuildEvent) => void,
    signal: AbortSignal,
  ): Promise<BuiltImage> {
    const build = {
      client: this.#client,
      request,
      network: this.network,
      id: randomUUID(),
      failure: this.failureContext(),
    };
    return this.tagBuilt(await buildOnDocker(build, onEvent, signal), request.tag, signal);
  }

  wake(): void {}

  async close(): Promise<void> {}

  protected async docker(): Promise<Dockerode> {
    return this.#client.docker;
  }
}

interface Info {
  ID?: string;
  SecurityOptions?: string[] | null;
  DockerRootDir?: string;
  DriverStatus?: string[][] | null;
}

/** @throws EngineError when this Docker can't build for halobox. */
export async function openDocker(client: Client, foundBy: string, owner: Owner): Promise<DockerEngine> {
  const [info, version] = await Promise.all([client.docker.info() as Promise<Info>, client.docker.version()]);
  const minor = Number(version.ApiVersion.split('.')[1]);
  if (minor < firstWithBuildkit) {
    throw new EngineError({
      what: `Docker ${version.Version} has no BuildKit (API ${version.ApiVersion}, 1.${firstWithBuildkit} is needed)`,
      where: client.endpoint,
      next: 'Install Docker 20.10 or later, or Podman 4.3 or later.',
    });
  }
  return new DockerEngine({
    client,
    id: info.ID,
    version: /^[\d.]+/.exec(version.Version)?.[0] ?? version.Version,
    foundBy,
    rootless: info.SecurityOptions?.some((option) => option.startsWith('name=rootless')) ?? false,
    network: await networkOf(client),
    // It asks its store before it looks for a layer in the archive; containerd's importer wants all of them.
    // https://github.com/moby/moby/blob/v28.5.2/image/tarexport/load.go
    leavesOut: info.DriverStatus?.some(([, value]) => value?.startsWith('io.containerd.snapshotter'))
      ? 'none'
      : 'lowest',
    storage: info.DockerRootDir,
    owner,
  });
}

async function networkOf(client: Client): Promise<NetworkAbility> {
  try {
    await requestJson(client, '/networks/bridge');
    return { mode: 'own' };
  } catch (error) {
    if (statusCode(error) !== 404) throw error;
    return { mode: 'host', reason: 'this Docker runs without a default bridge (`"bridge": "none"`)' };
  }
}
