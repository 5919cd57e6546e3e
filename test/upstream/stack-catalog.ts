import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Lock } from '../../src/model/lock.ts';
import { type Ended, halobox, startHalobox } from '../support/halobox.ts';
import { openWorkplace, type Workplace } from '../support/workplace.ts';
import { stackImage } from './stack.ts';
import { startUpstream, type Upstream } from './upstream.ts';

/** A catalog with the image `stack`, anew for each test, and the loopback upstream that it asks. */
export interface StackCatalog {
  readonly upstream: Upstream;
  /** Where the test works. */
  readonly folder: string;
  catalog(): string;
  lockFile(): string;
  readLock(): Promise<Lock>;
  writeImage(text: string): Promise<void>;
  run(...args: string[]): Promise<Ended>;
  start(...args: string[]): ReturnType<typeof startHalobox>;
}

/** For one test file: starts and ends everything by its hooks. */
export function stackCatalog(): StackCatalog {
  let upstream: Upstream;
  let workplace: Workplace;
  beforeAll(async () => {
    upstream = await startUpstream();
  }, 300_000);
  afterAll(() => upstream.close());
  beforeEach(async () => {
    workplace = await openWorkplace();
    for (const part of ['images/stack', 'templates', 'patches'])
      await mkdir(join(stack.catalog(), part), { recursive: true });
    await writeFile(join(stack.catalog(), 'templates/plain.hbs'), 'FROM scratch\n# {{comment layer.name}}\n');
    await stack.writeImage(stackImage);
    return () => workplace.remove();
  });
  const options = () => ({
    env: { ...workplace.env, ...upstream.env, XDG_CACHE_HOME: join(workplace.folder, 'cache') },
    directory: stack.catalog(),
  });
  const stack: StackCatalog = {
    get upstream() {
      return upstream;
    },
    get folder() {
      return workplace.folder;
    },
    catalog: () => join(workplace.folder, 'catalog'),
    lockFile: () => join(stack.catalog(), 'images/stack/lock.json'),
    readLock: async () => JSON.parse(await readFile(stack.lockFile(), 'utf8')) as Lock,
    writeImage: (text) => writeFile(join(stack.catalog(), 'images/stack/image.yaml'), text),
    run: (...args) => halobox(args, options()),
    start: (...args) => startHalobox(args, options()),
  };
  return stack;
}

export const versionsOf = ({ sources }: Lock): Record<string, string> =>
  Object.fromEntries(Object.entries(sources).map(([name, { pin }]) => [name, pin.version]));
