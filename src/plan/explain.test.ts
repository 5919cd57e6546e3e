import { expect, test } from 'vitest';
import { explainLayer } from './explain.ts';
import { type KeyInputs, layerKey } from './key.ts';

const [revision, other] = ['6e448d0'.padEnd(40, '0'), '79f3183'.padEnd(40, '0')];
const base: KeyInputs = {
  layer: 'app',
  containerfile: [
    `FROM localhost/halobox/base:${'a'.repeat(64)}`,
    '',
    'RUN apt-get install \\',
    '      less=1.0-1 \\',
    '      perftest=1.0-1',
    'RUN make',
    '',
  ].join('\n'),
  packages: { less: '1.0-1', perftest: '1.0-1' },
  network: 'default',
  rootFileSystem: undefined,
  sources: {
    vllm: {
      revision,
      series: [
        {
          ...{ name: 'strix-vllm', digest: 'd'.repeat(64) },
          patches: { '0001-first': '1'.repeat(64), '0002-name': '2'.repeat(64) },
          verdicts: [
            { id: '0001-first', verdict: 'applies' },
            { id: '0002-name', verdict: 'applies' },
          ],
        },
      ],
    },
  },
  files: { 'banner.sh': { sha256: '1'.repeat(64), executable: false } },
  parents: { base: 'a'.repeat(64) },
};

/** What is said of an `app` that is now otherwise; `gone` stands for what the change takes away. */
function said(change: Partial<KeyInputs>, cause = 'its own inputs'): string[] {
  const now = { ...base, ...change };
  const keyed = (inputs: KeyInputs) => ({ key: layerKey(inputs), inputs });
  return explainLayer(keyed(base), keyed(now), () => cause).map(({ text }) => text);
}

const [series] = base.sources.vllm!.series;
const withSeries = (change: Partial<typeof series>, identity = revision): Partial<KeyInputs> => ({
  sources: { vllm: { revision: identity, series: [{ ...series!, ...change }] } },
});

test('nothing is said of a layer that is as it was', () => {
  expect(said({})).toEqual([]);
});

test('a layer that was never built here is told as that', () => {
  expect(explainLayer(undefined, { key: 'k', inputs: base }, () => '')).toEqual([
    { what: 'never-built', text: 'never built here' },
  ]);
});

test.each<[string, Partial<KeyInputs>, string[]]>([
  ['another commit', withSeries({}, other), ['source vllm 6e448d0 → 79f3183']],
  [
    'a source more',
    { sources: { ...base.sources, aiter: { revision: other, series: [] } } },
    ['source aiter added (79f3183)'],
  ],
  ['a source less', { sources: {} }, ['source vllm removed (6e448d0)']],
  [
    'a patch more',
    withSeries({ digest: 'e', verdicts: [...series!.verdicts, { id: '0003-name', verdict: 'applies' }] }),
    ['series strix-vllm +0003-name'],
  ],
  [
    'a patch less',
    withSeries({ digest: 'e', verdicts: series!.verdicts.slice(0, 1) }),
    ['series strix-vllm -0002-name'],
  ],
  [
    'another verdict',
    withSeries({ verdicts: [series!.verdicts[0]!, { id: '0002-name', verdict: 'upstream' }] }),
    ['series strix-vllm 0002-name applies → upstream'],
  ],
  [
    'other bytes of a patch, and one more',
    withSeries({
      digest: 'e',
      patches: { ...series!.patches, '0001-first': '3'.repeat(64), '0003-name': '4'.repeat(64) },
      verdicts: [...series!.verdicts, { id: '0003-name', verdict: 'applies' }],
    }),
    ['series strix-vllm +0003-name', 'series strix-vllm 0001-first changed (1111111 → 3333333)'],
  ],
  [
    'other ranges of a series',
    withSeries({ digest: 'e'.repeat(64) }),
    ['series strix-vllm ddddddd → eeeeeee'],
  ],
  ['a series less', { sources: { vllm: { revision, series: [] } } }, ['series strix-vllm removed (ddddddd)']],
  [
    'another version of a package',
    {
      containerfile: base.containerfile.replace('perftest=1.0-1', 'perftest=1.0-2'),
      packages: { less: '1.0-1', perftest: '1.0-2' },
    },
    ['package perftest 1.0-1 → 1.0-2'],
  ],
  [
    'a package more, in the middle',
    {
      containerfile: base.containerfile.replace('      perf', "      'man=2~rc1' \\\n      perf"),
      packages: { ...base.packages, man: '2~rc1' },
    },
    // The template's helper puts it into quotes for the shell.
    ['package man added (2~rc1)'],
  ],
  [
    'the last package less',
    {
      containerfile: base.containerfile.replace(' \\\n      perftest=1.0-1', ''),
      packages: { less: '1.0-1' },
    },
    ['package perftest removed (1.0-1)'],
  ],
  [
    'another line',
    { containerfile: base.containerfile.replace('RUN make', 'RUN make --jobs 2') },
    ['template: line 6: "RUN make" → "RUN make --jobs 2"'],
  ],
  ['a line more', { containerfile: `${base.containerfile}USER me\n` }, ['template: line 7: added "USER me"']],
  [
    'a line less',
    { containerfile: base.containerfile.replace('RUN make\n', '') },
    ['template: line 6: removed "RUN make"'],
  ],
  ['no network', { network: 'none' }, ['network default → none']],
  ['a root file system', { rootFileSystem: 'b'.repeat(64) }, ['root file system added (bbbbbbb)']],
  [
    'other bytes of a file',
    { files: { 'banner.sh': { sha256: '2'.repeat(64), executable: false } } },
    ['file banner.sh changed (1111111 → 2222222)'],
  ],
  [
    'another mode of a file',
    { files: { 'banner.sh': { sha256: '1'.repeat(64), executable: true } } },
    ['file banner.sh not executable → executable'],
  ],
  [
    'a file more; the ledger, which tells of other layers, last',
    {
      files: {
        ...base.files,
        'a.sh': { sha256: '3'.repeat(64), executable: true },
        'ledger.json': { sha256: '4'.repeat(64), executable: false },
        'z.sh': { sha256: '5'.repeat(64), executable: true },
      },
    },
    ['file a.sh added (3333333)', 'file z.sh added (5555555)', 'file ledger.json added (4444444)'],
  ],
  [
    'a parent, whose key stands in the Containerfile too',
    {
      containerfile: base.containerfile.replace('a'.repeat(64), 'b'.repeat(64)),
      parents: { base: 'b'.repeat(64) },
    },
    ['layer base (its own inputs)'],
  ],
  ['a parent more', { parents: { ...base.parents, tools: 'c'.repeat(64) } }, ['layer tools added (ccccccc)']],
])('%s is told with its old and its new value', (_, change, expected) => {
  expect(said(change)).toEqual(expected);
});

test('everything that differs is told, causes first', () => {
  const changed = {
    ...withSeries({}, other),
    network: 'none' as const,
    containerfile: base.containerfile.replaceAll('a'.repeat(64), 'b'.repeat(64)),
    parents: { base: 'b'.repeat(64) },
  };
  expect(said(changed, 'never built here')).toEqual([
    'source vllm 6e448d0 → 79f3183',
    'network default → none',
    'layer base (never built here)',
  ]);
});

test('a long line is shown around its first difference', () => {
  const line = `RUN ${'x'.repeat(100)}`;
  const inputs = (end: string): KeyInputs => ({ ...base, containerfile: `${line}${end}${'y'.repeat(100)}` });
  const [difference] = explainLayer(
    { key: 'a', inputs: inputs('1') },
    { key: 'b', inputs: inputs('2') },
    () => '',
  );
  const part = (digit: string) => `"…${'x'.repeat(24)}${digit}${'y'.repeat(47)}…"`;
  expect(difference?.text).toBe(`template: line 1: ${part('1')} → ${part('2')}`);
  expect(difference?.to).toHaveLength(205);
});

test('a series in another order is told with both orders', () => {
  const two = (names: string[]): KeyInputs => ({
    ...base,
    sources: { vllm: { revision, series: names.map((name) => ({ ...series!, name })) } },
  });
  const said = explainLayer(
    { key: 'a', inputs: two(['a', 'b']) },
    { key: 'b', inputs: two(['b', 'a']) },
    () => '',
  );
  expect(said.map(({ text }) => text)).toEqual(['series of vllm in order a, b → b, a']);
});

test('only halobox itself differs: that is told too', () => {
  const said = explainLayer(
    { key: 'a'.repeat(64), inputs: base },
    { key: 'b'.repeat(64), inputs: base },
    () => '',
  );
  expect(said.map(({ text }) => text)).toEqual([
    'key aaaaaaa → bbbbbbb (halobox itself makes it otherwise than then)',
  ]);
});

const digests = ['1c0ffee', '2decade'].map((digits) => `sha256:${digits.padEnd(64, '0')}`);
const onBase = (reference: string, more = ''): KeyInputs => ({
  ...base,
  containerfile: `FROM ${reference}\nRUN make\nLABEL base="${reference}"${more}\n`,
});
const betweenBases = (before: KeyInputs, after: KeyInputs) =>
  explainLayer({ key: layerKey(before), inputs: before }, { key: layerKey(after), inputs: after }, () => '');

test('another digest of a base is told as that, however often the Containerfile names it', () => {
  const debian = 'docker.io/library/debian';
  const [was, is] = digests.map((digest) => onBase(`${debian}@${digest}`));
  expect(betweenBases(was!, is!)).toEqual([
    {
      ...{ what: 'base', name: debian, from: 'sha256:1c0ffee', to: 'sha256:2decade' },
      text: `base ${debian} sha256:1c0ffee → sha256:2decade`,
    },
  ]);
  const more = onBase(`${debian}@${digests[1]}`, ' more=yes');
  expect(betweenBases(was!, more).map(({ text }) => text)).toEqual([
    `base ${debian} sha256:1c0ffee → sha256:2decade`,
    `template: line 3: "LABEL base="${debian}"" → "LABEL base="${debian}" more=yes"`,
  ]);
});

test('a base of another name is another line of the template', () => {
  const [was, is] = ['debian', 'ubuntu'].map((name) => onBase(`${name}@${digests[0]}`));
  expect(betweenBases(was!, is!).map(({ text }) => text)).toEqual([
    'template: line 1: "FROM debian" → "FROM ubuntu"',
  ]);
});

test('a Containerfile that differs in nothing that a line shows has its word all the same', () => {
  const containerfile = base.containerfile.replace('RUN make\n', 'RUN make \\\n');
  expect(said({ containerfile })).toEqual(['template: line 6: "RUN make" → "RUN make \\"']);
});
