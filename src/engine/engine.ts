import type { Readable } from 'node:stream';

/** What `RUN` steps and containers of an engine get as network when nothing is said. */
export interface NetworkAbility {
  /** `own`: the engine's own network; `host`: the host's, because an own one can't be had here. */
  mode: 'own' | 'host';
  /** Why it is not `own`, for the person. */
  reason?: string;
}

/** One thing that was looked at while an engine was searched. */
export interface EngineAttempt {
  /** The rule that named it: `--engine`, `DOCKER_HOST`, `docker context desktop-linux`, `rootless podman socket`, … */
  by: string;
  /** The endpoint or binary, e.g. `unix:///run/podman/podman.sock`, `/usr/bin/podman`. */
  endpoint: string;
  /** `answers`, or why not: `no such socket`, `permission denied: …`, … */
  result: string;
}

export interface BuildRequest {
  /** Reference the image gets on success, e.g. `localhost/halobox/base:<key>`. */
  tag: string;
  /** Opens a fresh tar stream of the context; it holds the file `Containerfile` at its root. */
  context: () => Readable;
  /** Network of RUN steps. `none` really has none. */
  network: 'default' | 'none';
  labels: Readonly<Record<string, string>>;
}

/**
 * What an engine tells while it builds. Step numbers are the engine's own count, from 1, over all stages: BuildKit
 * leaves out the steps that only change metadata, so the same step can have another number on another engine.
 * `text` of a log is one line without its end.
 */
export type BuildEvent =
  | { type: 'step-started'; step: number; total?: number; name: string }
  | { type: 'step-log'; step: number; text: string }
  | { type: 'step-done'; step: number; cached: boolean; seconds: number }
  | { type: 'note'; text: string };

export interface BuiltImage {
  /** Image id with algorithm, `sha256:…`. */
  id: string;
}

export interface ImageFacts {
  /** Image id with algorithm, `sha256:…`. */
  id: string;
  tags: readonly string[];
  /** `sha256:…` of the manifest where the engine tells it. */
  digests: readonly string[];
  labels: Readonly<Record<string, string>>;
  /** Digests of its layers' unpacked tars, `sha256:…`, from the lowest on. */
  layers: readonly string[];
  /** ISO 8601. */
  created: string;
  /** Bytes, uncompressed. */
  size: number;
  architecture: string;
  os: string;
}

/** `lowest`: of an image of the engine as many as it has in common with the archive's, from the lowest on. */
export type LeavesOut = 'none' | 'lowest' | 'any';

export interface RunRequest {
  image: string;
  command: readonly string[];
  /** Default: the image's own user. */
  user?: string;
  env?: Readonly<Record<string, string>>;
  /** Seconds after which the container is killed and the run fails. */
  timeout: number;
}

export interface RunResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * A container engine. Two implementations, Docker and Podman; nothing outside `engine/` asks which it is.
 * Every method throws EngineError (exit code 6) with the engine's own words and what to do; Interrupted on abort.
 */
export interface Engine {
  readonly kind: 'docker' | 'podman';
  /** The engine's version, `28.5.2`. */
  readonly version: string;
  /** As a person would name it, `unix:///run/podman/podman.sock`. */
  readonly endpoint: string;
  /** The same for the same images, by whatever name the engine is reached. */
  readonly identity: string;
  /** The rule by which it was found. */
  readonly foundBy: string;
  readonly rootless: boolean;
  readonly network: NetworkAbility;
  /** Which layers an archive for `loadImage` may leave out, where images of the engine have the same ones. */
  readonly leavesOut: LeavesOut;
  /** The folder that holds its images, on the engine's machine. */
  readonly storage: string | undefined;

  /** Begins what the first question needs, so that it is answered sooner; what goes wrong is told by that question. */
  wake(): void;

  /**
   * Builds one image. On success the tag inspects to the returned id; on failure and on abort no tag has moved and
   * no process, container or mount of the build is left (processes within 2 s of the abort).
   * A failed step throws BuildFailed, which names the step.
   */
  build(
    request: BuildRequest,
    onEvent: (event: BuildEvent) => void,
    signal: AbortSignal,
  ): Promise<BuiltImage>;

  /** Ends what an earlier build of halobox on this engine, killed outright, left behind; says what it ended. */
  sweep(): Promise<readonly string[]>;

  /** Undefined when the engine has no such image. */
  inspectImage(reference: string): Promise<ImageFacts | undefined>;
  /** Images that carry the label (and value, when given). */
  listImages(label: string, value?: string): Promise<readonly ImageFacts[]>;
  /** Gives image `id` one more reference, `name:tag`. */
  tag(id: string, reference: string): Promise<void>;

  /** Takes a name from an image, and the image with it when that was the last one and nothing stands on it. */
  removeImage(reference: string): Promise<void>;

  /**
   * An image as the archive that `docker save` writes, as it comes; a stream that ends too early breaks.
   * https://github.com/moby/docker-image-spec/blob/main/v1.2.md#combined-image-json--filesystem-changeset-format
   */
  saveImage(reference: string, signal: AbortSignal): Promise<Readable>;
  /**
   * Loads an archive of that kind with one image without a name; its layers may be compressed. Those that the engine has
   * need not be in it, as far as `leavesOut` says so; where that is `any`, an archive without some is an OCI layout.
   * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
   * @returns the image id, `sha256:…`.
   */
  loadImage(archive: Readable, signal: AbortSignal): Promise<string>;

  /** Runs a command in a throw-away container without network, without devices, and waits for it. */
  run(request: RunRequest, signal: AbortSignal): Promise<RunResult>;
  /**
   * Reads one regular file out of an image (symbolic links in the last part are followed). Undefined: no such file.
   * @param options.most bytes; a larger file is refused before it is read.
   */
  readFile(
    image: string,
    path: string,
    signal: AbortSignal,
    options?: { most?: number },
  ): Promise<Buffer | undefined>;

  /** Ends what was started to reach the engine (a `podman system service`). */
  close(): Promise<void>;
}
