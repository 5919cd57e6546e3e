import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine, ImageFacts, RunRequest, RunResult } from '../engine/engine.ts';
import { contractSchema } from '../model/contract.ts';
import { ContractFailed, EngineError } from '../model/error.ts';
import { checkContract, contractFailed } from './check-contract.ts';
import { bundle, codeObject, gfx1151, library } from './fixtures.ts';
import { reportSchema } from './report.ts';

const id = `sha256:${'a'.repeat(64)}`;
const signal = new AbortController().signal;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'contract-'));
  writeFileSync(join(folder, 'empty'), '');
  writeFileSync(join(folder, 'hosts'), 'passwd: files\nhosts:  files myhostname dns\n');
  chmodSync(join(folder, 'hosts'), 0o440);
  symlinkSync('hosts', join(folder, 'link'));
  writeFileSync(join(folder, 'lib.so'), library([bundle({ [gfx1151]: codeObject() })]));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs commands on this machine, in place of a container; the contracts here only look. */
function engine(run: (request: RunRequest) => Promise<RunResult> = here): Engine & { runs: RunRequest[] } {
  const runs: RunRequest[] = [];
  const facts: ImageFacts = {
    id,
    tags: [],
    digests: [],
    labels: { 'io.halobox.key': 'k1', forged: 'a\u001b[2Jb' },
    layers: [],
    created: '2026-11-01T00:00:00Z',
    size: 1,
    architecture: 'amd64',
    os: 'linux',
  };
  const parts: Partial<Engine> = {
    kind: 'podman',
    version: '5.8.6',
    endpoint: 'unix:///run/podman.sock',
    inspectImage: async (reference) => (reference === 'missing' ? undefined : facts),
    run: (request) => {
      runs.push(request);
      return run(request);
    },
    readFile: async (_image, path) => (path.endsWith('gone.so') ? undefined : readFileSync(path)),
  };
  return Object.assign(parts as Engine, { runs });
}

async function here({ command }: RunRequest): Promise<RunResult> {
  const [program = '', ...args] = command;
  // Its own session: an interactive shell must not reach for the terminal of the person who runs the tests.
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, stdout, stderr };
}

const found = async (contract: object, on = engine()) => {
  const heard: string[] = [];
  const report = await checkContract(on, 'lab', contractSchema.parse(contract), signal, (check) =>
    heard.push(check.id),
  );
  expect(heard).toEqual(report.checks.map((check) => check.id));
  expect(reportSchema.parse(report)).toEqual(report);
  return report;
};
const brief = async (contract: object) =>
  (await found(contract)).checks.map(({ id, passed, found }) => `${passed ? 'ok' : 'no'} ${id}: ${found}`);

test('a contract that holds', async () => {
  const on = engine();
  const report = await found(
    {
      labels: { 'io.halobox.key': { matches: '^k\\d$' } },
      files: [
        { path: join(folder, 'empty'), content: { empty: true } },
        {
          path: join(folder, 'hosts'),
          mode: '0440',
          content: { matches: '^hosts:\\s+files myhostname dns$' },
        },
        { path: join(folder, 'link'), type: 'symlink' },
        { path: join(folder, 'link'), mode: '0440' },
        { path: folder, type: 'directory', mode: '0700' },
        { path: join(folder, 'gone'), type: 'absent' },
      ],
      groups: ['root'],
      commands: [
        { command: 'ls', args: ['--version'], says: 'coreutils' },
        { command: 'sh', args: ['-c', 'exit 3'], exits: [1, 3] },
      ],
      libraries: [
        {
          path: join(folder, 'lib.so'),
          codeObjects: { target: 'gfx1151', wavefront: 32 },
          answers: [
            {
              command: ['sh', '-c', 'echo note; printf \'{"version":%s,"more":1}\\n\' "$ANSWER"'],
              env: { ANSWER: '21304' },
              json: { version: 21304 },
            },
          ],
        },
      ],
    },
    on,
  );
  expect(report.checks.filter(({ passed }) => !passed)).toEqual([]);
  expect(report).toMatchObject({ image: id, passed: true, engine: 'podman 5.8.6' });
  expect(report.checks.every((check) => !('next' in check))).toBe(true);
  // Starting a container is slow on some engines.
  expect(on.runs.map(({ image, user }) => [image, user])).toEqual([[id, '0']]);
});

test('a contract that is broken everywhere says what was found', async () => {
  const answers = [
    { command: ['echo', '{"version":1}'], json: { version: 2 } },
    { command: ['echo', 'ready'], json: { version: 2 } },
    { command: ['sh', '-c', 'echo broken library >&2; exit 1'], json: {} },
    { command: ['sleep', '9'], json: {}, seconds: 1 },
  ];
  const lines = await brief({
    labels: { absent: 'x', forged: 'y' },
    files: [
      { path: join(folder, 'gone') },
      { path: join(folder, 'hosts'), mode: '0644', owner: 'nobody:root', content: { empty: true } },
      { path: join(folder, 'empty'), type: 'absent' },
      { path: join(folder, 'empty'), content: 'x' },
      { path: folder },
    ],
    groups: ['halobox-none'],
    commands: [
      { command: 'halobox-none' },
      { command: 'ls', args: ['/halobox-none'] },
      { command: 'echo', args: ['5.4.2'], says: '^5\\.4\\.3$' },
    ],
    libraries: [
      { path: join(folder, 'gone.so'), codeObjects: { target: 'gfx1151', wavefront: 32 }, answers },
    ],
  });
  expect(lines).toEqual([
    'no label:absent: no such label',
    'no label:forged: "a?[2Jb"',
    `no file:${join(folder, 'gone')}: absent`,
    expect.stringMatching(/hosts: mode 0440, owner .*, content "passwd: files hosts: files myhostname dns"$/),
    expect.stringMatching(/empty: file$/),
    expect.stringMatching(/empty#2: empty$/),
    `no file:${folder}: directory`,
    'no group:halobox-none: no such group',
    'no command:halobox-none: no such command on PATH',
    expect.stringMatching(/^no command:ls: exit code 2: ls: .*No such file/),
    'no command:echo: exit code 0: 5.4.2',
    'no answer:echo: {"version":1}',
    'no answer:echo#2: no JSON object: exit code 0: ready',
    'no answer:sh: exit code 1: broken library',
    'no answer:sleep: no end within 1 s',
    `no code-objects:${join(folder, 'gone.so')}: no such file`,
  ]);
});

test('the failure that a report is names every failed check, and what to do', async () => {
  const report = await found({ groups: ['root', 'halobox-none'] });
  const failure = contractFailed(report);
  expect(failure).toBeInstanceOf(ContractFailed);
  expect(failure.exitCode).toBe(5);
  expect(failure.message).toBe('the image breaks its contract: 1 of 2 checks failed');
  expect(failure.facts.detail).toEqual([
    'group halobox-none exists',
    '  expected: getent finds halobox-none',
    '  found:    no such group',
    '  next:     add `groupadd --system halobox-none` to a layer of the image',
  ]);
});

test('a container that ends early fails the checks that it did not get to', async () => {
  const on = engine(async (request) => {
    const { stdout } = await here(request);
    return { exitCode: 137, stdout: stdout.split('\n').slice(0, 1).join('\n'), stderr: 'killed' };
  });
  const { checks } = await found({ commands: [{ command: 'true' }, { command: 'echo' }] }, on);
  expect(checks.map((check) => check.found)).toEqual([
    'exit code 0, no output',
    'no result; the container ended with 137: killed',
  ]);
});

test('a container that runs nothing at all, and an image that is not there, are no broken contract', async () => {
  const broken = engine(async () => ({
    exitCode: 126,
    stdout: '',
    stderr: 'runc: operation not permitted\n',
  }));
  const failure = await found({ groups: ['root'] }, broken).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(EngineError);
  expect((failure as EngineError).facts.detail).toEqual(['runc: operation not permitted']);
  await expect(
    checkContract(engine(), 'missing', contractSchema.parse({}), signal, () => {}),
  ).rejects.toThrow('the engine has no image missing');
});

test('an empty contract starts no container', async () => {
  const on = engine();
  expect(await found({}, on)).toMatchObject({ passed: true, checks: [] });
  expect(on.runs).toEqual([]);
});
