import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { Interrupted } from '../model/error.ts';
import type {
  BuildEvent,
  BuildRequest,
  BuiltImage,
  Engine,
  ImageFacts,
  LeavesOut,
  NetworkAbility,
  RunRequest,
  RunResult,
} from './engine.ts';
import { explainedStream } from './explained-stream.ts';
import { engineFailure, type FailureContext, statusCode } from './failure.ts';
import { loadImage, saveImage } from './image-archive.ts';
import type { Ulimit } from './limits.ts';
import {
  type ContainerMark,
  type Owner,
  ownedName,
  ownerIsAlive,
  ownerLabel,
  ownerText,
  parseOwner,
} from './owner.ts';
import { readImageFile } from './read-file.ts';
import { runContainer } from './run-container.ts';

/** What Docker and Podman do alike through the API that Docker began and Podman speaks too. */
export abstract class ApiEngine implements Engine {
  abstract readonly kind: 'docker' | 'podman';
  abstract readonly version: string;
  abstract readonly endpoint: string;
  abstract readonly identity: string;
  abstract readonly foundBy: string;
  abstract readonly rootless: boolean;
  abstract readonly network: NetworkAbility;
  abstract readonly leavesOut: LeavesOut;
  abstract readonly storage: string | undefined;
  /** This process, by which what it leaves behind is known. */
  protected abstract readonly owner: Owner;

  abstract wake(): void;
  abstract build(
    request: BuildRequest,
    onEvent: (event: BuildEvent) => void,
    signal: AbortSignal,
  ): Promise<BuiltImage>;
  abstract close(): Promise<void>;
  protected abstract docker(): Promise<Dockerode>;

  async inspectImage(reference: string): Promise<ImageFacts | undefined> {
    try {
      return factsOf(await (await this.docker()).getImage(reference).inspect());
    } catch (error) {
      if (statusCode(error) === 404) return undefined;
      throw this.failure(error, `image ${reference} can't be inspected`);
    }
  }

  async listImages(label: string, value?: string): Promise<readonly ImageFacts[]> {
    const wanted = value === undefined ? label : `${label}=${value}`;
    try {
      const list = await (await this.docker()).listImages({ filters: { label: [wanted] } });
      const ids = [...new Set(list.map(({ Id }) => imageId(Id)))];
      // One that is removed meanwhile is none.
      const facts = await Promise.all(ids.map((id) => this.inspectImage(id)));
      return facts.filter((one) => one !== undefined);
    } catch (error) {
      throw this.failure(error, "the images can't be listed");
    }
  }

  async tag(id: string, reference: string): Promise<void> {
    const colon = reference.lastIndexOf(':');
    const [repo, tag] = [reference.slice(0, colon), reference.slice(colon + 1)];
    try {
      await (await this.docker()).getImage(id).tag({ repo, tag });
    } catch (error) {
      throw this.failure(error, `image ${id} can't be tagged ${reference}`);
    }
  }

  async removeImage(reference: string): Promise<void> {
    try {
      await (await this.docker()).getImage(reference).remove();
    } catch (error) {
      // Somebody else was quicker.
      if (statusCode(error) !== 404) throw this.failure(error, `image ${reference} can't be removed`);
    }
  }

  async saveImage(reference: string, signal: AbortSignal): Promise<Readable> {
    const explained = (error: unknown) =>
      this.failure(signal.aborted ? new Interrupted() : error, `image ${reference} can't be saved`);
    try {
      return explainedStream(await this.openArchive(reference, signal), explained);
    } catch (error) {
      throw explained(error);
    }
  }

  protected async openArchive(reference: string, signal: AbortSignal): Promise<Readable> {
    return saveImage(await this.docker(), reference, signal);
  }

  async loadImage(archive: Readable, signal: AbortSignal): Promise<string> {
    try {
      return await loadImage(await this.docker(), archive, signal);
    } catch (error) {
      throw this.failure(signal.aborted ? new Interrupted() : error, "an image can't be loaded");
    } finally {
      archive.destroy();
    }
  }

  async run(request: RunRequest, signal: AbortSignal): Promise<RunResult> {
    try {
      const { endpoint, ulimits } = this;
      return await runContainer(
        { docker: await this.docker(), endpoint, request, mark: this.mark(), ulimits },
        signal,
      );
    } catch (error) {
      throw this.failure(error, `\`${request.command.join(' ')}\` can't be run in ${request.image}`);
    }
  }

  async readFile(
    image: string,
    path: string,
    signal: AbortSignal,
    { most = Number.POSITIVE_INFINITY }: { most?: number } = {},
  ): Promise<Buffer | undefined> {
    try {
      const { endpoint } = this;
      return await readImageFile(
        { docker: await this.docker(), endpoint, image, path, most, mark: this.mark() },
        signal,
      );
    } catch (error) {
      throw this.failure(error, `${path} of ${image} can't be read`);
    }
  }

  async sweep(): Promise<readonly string[]> {
    const swept: string[] = [];
    try {
      const docker = await this.docker();
      for (const { Id, Labels } of await docker.listContainers({
        all: true,
        filters: { label: [ownerLabel] },
      })) {
        const owner = parseOwner(Labels[ownerLabel]);
        if (!owner || ownerIsAlive(owner, this.owner)) continue;
        await docker.getContainer(Id).remove({ force: true, v: true });
        swept.push(`removed container ${Id.slice(0, 12)} of a halobox that was killed`);
      }
    } catch (error) {
      throw this.failure(error, "the containers that a killed halobox left can't be removed");
    }
    return swept;
  }

  /** Gives a freshly built image its tag and makes sure of it: success is a tag that inspects to the new id. */
  protected async tagBuilt(id: string, reference: string, signal: AbortSignal): Promise<BuiltImage> {
    if (signal.aborted) throw new Interrupted();
    await this.tag(id, reference);
    const facts = await this.inspectImage(reference);
    if (facts?.id === id) return { id };
    throw this.failure(
      new Error(`${reference} is ${facts?.id ?? 'missing'} though ${id} was built`),
      'the build was lost',
    );
  }

  /** For containers, where the engine's defaults don't serve. */
  protected get ulimits(): readonly Ulimit[] | undefined {
    return undefined;
  }

  /** A new one each time. */
  protected mark(): ContainerMark {
    return { name: ownedName(this.owner), Labels: { [ownerLabel]: ownerText(this.owner) } };
  }

  protected failure(error: unknown, doing: string): unknown {
    return error instanceof Interrupted ? error : engineFailure(error, doing, this.failureContext());
  }

  protected failureContext(): FailureContext {
    return { kind: this.kind, endpoint: this.endpoint, storage: this.storage };
  }
}

function factsOf(image: Dockerode.ImageInspectInfo): ImageFacts {
  return {
    id: imageId(image.Id),
    tags: image.RepoTags ?? [],
    digests: [...new Set((image.RepoDigests ?? []).map((digest) => digest.slice(digest.indexOf('@') + 1)))],
    labels: image.Config?.Labels ?? {},
    layers: image.RootFS?.Layers ?? [],
    created: new Date(image.Created).toISOString(),
    size: image.Size,
    architecture: image.Architecture,
    os: image.Os,
  };
}

/** Podman's own API leaves out the algorithm. */
function imageId(id: string): string {
  return id.includes(':') ? id : `sha256:${id}`;
}
