import { expect, test } from 'vitest';
import { EngineError, ExitCode } from '../model/error.ts';
import { engineFailure, type FailureContext } from './failure.ts';

const docker: FailureContext = {
  kind: 'docker',
  endpoint: 'unix:///var/run/docker.sock',
  storage: '/var/lib/docker',
};
const podman: FailureContext = { kind: 'podman', endpoint: '/usr/bin/podman', storage: undefined };

test("the engine's words, where, and exit code 6", () => {
  const error = Object.assign(new Error('(HTTP code 500) server error - something broke '), {
    statusCode: 500,
    json: { message: 'something broke' },
  });
  const failure = engineFailure(error, "the images can't be listed", docker);
  expect(failure).toBeInstanceOf(EngineError);
  expect(failure.exitCode).toBe(ExitCode.engine);
  expect(failure.facts).toMatchObject({
    what: "the images can't be listed: something broke",
    where: 'unix:///var/run/docker.sock',
    cause: error,
  });
});

test("docker-modem's wrapping goes when the engine's document is not there", () => {
  const error = new Error('(HTTP code 404) no such image - No such image: x:1 ');
  expect(engineFailure(error, 'x', docker).facts.what).toBe('x: No such image: x:1');
});

test.each([
  [{ code: 'ECONNRESET', message: 'socket hang up' }, docker, /went away/],
  [{ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' }, podman, /journalctl -u podman/],
  [
    { message: 'write /x: no space left on device' },
    docker,
    /Free space under \/var\/lib\/docker: `docker system prune`/,
  ],
  [{ message: 'write /x: no space left on device' }, podman, /Free space: `podman system prune`/],
  [{ code: 'EACCES', message: 'connect EACCES /var/run/docker.sock' }, docker, /group docker/],
  [{ message: 'something new' }, docker, /docker info/],
])('%o: what to do', ({ message, ...rest }, context, next) => {
  expect(engineFailure(Object.assign(new Error(message), rest), 'x', context).facts.next).toMatch(next);
});

test('an error that names its place already stays', () => {
  const error = new EngineError({ what: 'known' });
  expect(engineFailure(error, 'x', docker)).toBe(error);
});
