/**
 * Keeps apart from builds what they do not bear. While `podman build` looks among all images for one that it can go on
 * from, none may go: it fails with "getting top layer info: layer not known".
 * https://github.com/containers/buildah/issues/5615
 */
export class BetweenBuilds {
  #running = 0;
  readonly #due: (() => Promise<void>)[] = [];
  #working: Promise<void> | undefined;

  /** Runs a build beside others; the last of them does the work that is due before it returns. */
  async build<T>(run: () => Promise<T>): Promise<T> {
    while (this.#working) await this.#working;
    this.#running += 1;
    try {
      return await run();
    } finally {
      this.#running -= 1;
      if (this.#running === 0) {
        this.#working = this.#catchUp();
        await this.#working;
      }
    }
  }

  /** @param work to be done when nothing is built; must not throw. */
  later(work: () => Promise<void>): void {
    this.#due.push(work);
  }

  async #catchUp(): Promise<void> {
    try {
      for (let work = this.#due.shift(); work; work = this.#due.shift()) await work();
    } finally {
      this.#working = undefined;
    }
  }
}
