import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { secretOf } from './podman-build.ts';
import { removeWorkingContainers } from './working-containers.ts';

let graphRoot: string;
let folder: string;
beforeEach(() => {
  graphRoot = mkdtempSync(join(tmpdir(), 'storage-'));
  folder = join(graphRoot, 'overlay-containers');
  mkdirSync(folder);
});
afterEach(() => rmSync(graphRoot, { recursive: true }));

const id = randomUUID();
const started = '2026-11-23T10:00:00.000Z';
const at = (seconds: number) => Date.parse(started) + seconds * 1000;

/** As buildah does it: the container first, its state a moment later. */
function state(container: string, build: string) {
  mkdirSync(join(folder, container, 'userdata'), { recursive: true });
  const text = JSON.stringify({ 'build-args': [`--secret=id=${secretOf(build)},src=/x`] });
  writeFileSync(join(folder, container, 'userdata/buildah.json'), text);
}
const entry = (name: string, seconds: number, more = {}) => ({
  id: name,
  names: ['base-working-container-1'],
  created: new Date(at(seconds)).toISOString(),
  ...more,
});
const list = (file: string, ...entries: object[]) =>
  writeFileSync(join(folder, file), JSON.stringify(entries));

async function clean(now: number) {
  const asked: string[] = [];
  const run = async (args: readonly string[]) => {
    asked.push(args.join(' '));
    return { exitCode: args.includes('busy') ? 1 : 0, stdout: '', stderr: '' };
  };
  const store = { graphRoot, graphDriverName: 'overlay' };
  const { removed, ...more } = await removeWorkingContainers({ run }, store, { id, started }, now);
  expect(asked).toHaveLength(removed.length + more.left - (more.wait > 0 ? 1 : 0));
  return { removed, ...more };
}

test("a build's own containers go, and those of others stay", async () => {
  state('own', id);
  state('other', randomUUID());
  list('containers.json', entry('own', 1), entry('other', 2));
  expect(await clean(at(60))).toEqual({ removed: ['own'], left: 0, wait: 0 });
});

test('one that podman does not let go is told', async () => {
  state('busy', id);
  expect(await clean(at(60))).toEqual({ removed: [], left: 1, wait: 0 });
});

test.each(['containers.json', 'volatile-containers.json'])(
  'one whose buildah was killed before it wrote whose it is goes, by %s',
  async (file) => {
    list(file, entry('stateless', 3));
    expect(await clean(at(60))).toEqual({ removed: ['stateless'], left: 0, wait: 0 });
  },
);

test('one that was made from scratch is no exception', async () => {
  list('containers.json', entry('stateless', 3, { names: ['working-container'] }));
  expect(await clean(at(60))).toEqual({ removed: ['stateless'], left: 0, wait: 0 });
});

test('a young one may get its state yet: it is left, with the time to wait', async () => {
  list('containers.json', entry('young', 3));
  expect(await clean(at(4))).toEqual({ removed: [], left: 1, wait: 9000 });
});

test.each([
  ['made before the build', entry('one', -1)],
  ["a person's own container, not buildah's", entry('one', 3, { names: ['work'] })],
  ["podman's container with such a name", entry('one', 3, { metadata: '{"container-name":"x"}' })],
])('without a state, but %s: it stays', async (_, one) => {
  list('containers.json', one);
  expect(await clean(at(60))).toEqual({ removed: [], left: 0, wait: 0 });
});

test('a list that has another form names none', async () => {
  writeFileSync(join(folder, 'containers.json'), '{"version":2}');
  expect(await clean(at(60))).toEqual({ removed: [], left: 0, wait: 0 });
});
