import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import Dockerode from 'dockerode';
import { expect, test } from 'vitest';
import { listen } from '../sources/http/fixtures.ts';
import { loadImage, saveImage } from './image-archive.ts';

const hex = 'a1'.repeat(32);
const { signal } = new AbortController();

/** An engine that answers a load so. */
async function engine(answer: string, status = 200) {
  const asked: string[] = [];
  const base = await listen(async (request, response) => {
    asked.push(`${request.method} ${request.url} ${(await buffer(request)).toString()}`);
    response.writeHead(status, { 'content-type': 'application/json' }).end(answer);
  });
  const { hostname, port } = new URL(base);
  return { docker: new Dockerode({ protocol: 'http', host: hostname, port }), asked };
}

test.each([
  ['Docker', `{"stream":"Loaded image ID: sha256:${hex}\\n"}\r\n`],
  ['Podman 4', `{"stream":"Loaded image: sha256:${hex}"}\n`],
  ['Podman 5', `{"stream":"Loaded image: ${hex}\\n"}\n`],
])('what %s says of a load', async (_, said) => {
  const { docker, asked } = await engine(said);
  expect(await loadImage(docker, Readable.from([Buffer.from('archive')]), signal)).toBe(`sha256:${hex}`);
  expect(asked).toEqual(['POST /images/load?quiet=true archive']);
});

test('a load that fails: in the status, in the middle, without a word', async () => {
  const load = async (said: string, status?: number) =>
    loadImage((await engine(said, status)).docker, Readable.from(['x']), signal);
  await expect(load('{"message":"invalid tar header"}', 500)).rejects.toThrow(/invalid tar header/);
  await expect(load(`{"stream":"Loading"}\n{"error":"no \\"space\\" left"}`)).rejects.toThrow(
    'no "space" left',
  );
  await expect(load('')).rejects.toThrow(/does not say/);
});

test('an archive that can’t be read ends the load', async () => {
  const { docker } = await engine(`{"stream":"Loaded image: sha256:${hex}"}`);
  const broken = new Readable({
    read() {
      this.destroy(new Error('the file is gone'));
    },
  });
  await expect(loadImage(docker, broken, signal)).rejects.toThrow('the file is gone');
});

test('a save comes as a stream, or says what is wrong', async () => {
  const good = await engine('archive');
  expect((await buffer(await saveImage(good.docker, `sha256:${hex}`, signal))).toString()).toBe('archive');
  expect(good.asked).toEqual([`GET /images/sha256:${hex}/get `]);
  const { docker } = await engine('{"message":"no such image"}', 404);
  await expect(saveImage(docker, 'x', signal)).rejects.toMatchObject({ statusCode: 404 });
});
