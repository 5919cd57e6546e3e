import { expect, test } from 'vitest';
import { ExitCode } from '../model/error.ts';
import { noEngine } from './no-engine.ts';

const missing = { by: 'docker socket', endpoint: 'unix:///var/run/docker.sock', result: 'no such socket' };

test('every attempt is listed with its reason', () => {
  const podman = { by: 'podman on PATH', endpoint: 'podman', result: 'not installed' };
  const error = noEngine([missing, podman], undefined);
  expect(error.exitCode).toBe(ExitCode.engine);
  expect(error.facts.what).toBe('no container engine answers');
  expect(error.facts.detail).toEqual([
    'docker socket (unix:///var/run/docker.sock): no such socket',
    'podman on PATH (podman): not installed',
  ]);
  expect(error.facts.next).toMatch(/apt install podman/);
});

test('a variable that points nowhere is what to change', () => {
  const error = noEngine([{ ...missing, by: 'DOCKER_HOST' }], undefined);
  expect(error.facts.next).toMatch(/unset DOCKER_HOST/);
});

test('a socket that may not be opened', () => {
  const error = noEngine([{ ...missing, result: 'permission denied: EACCES' }], undefined);
  expect(error.facts.next).toMatch(/usermod --append --groups docker/);
});

test('what was asked for is named', () => {
  expect(noEngine([missing], 'docker').facts).toMatchObject({
    what: 'the engine docker does not answer',
    next: expect.stringMatching(/Docker 20\.10/),
  });
  expect(noEngine([missing], '/x.sock').facts.next).toMatch(/halobox engines/);
});
