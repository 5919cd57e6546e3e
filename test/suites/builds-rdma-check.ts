import { expect, inject, test } from 'vitest';
import type { PlannedNode } from '../../src/plan/plan.ts';
import { eventOf, eventsOf, type HaloboxOptions, halobox } from '../support/halobox.ts';

/** One collective's kernels: a tenth of the whole library's compile time, the same steps and the same checks. */
const settings = ['--set', 'kernels=all-reduce'];

/**
 * The whole way on one engine: build, contract, tags, again without work, inspect, test.
 * @param own the cache is not the one that all engines share, so that the root file system is another.
 */
export function buildsRdmaCheck(options: () => HaloboxOptions, { own = false } = {}): void {
  test('builds rdma-check, checks its contract and tags it', async () => {
    const { exitCode, stdout, stderr } = await halobox(
      ['build', 'rdma-check', ...settings, '--json'],
      options(),
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const applied = eventsOf(stdout).flatMap((event) => (event.event === 'series' ? event.verdicts : []));
    expect(applied.map(({ verdict }) => verdict)).toEqual(Array(5).fill('applies'));
    expect(eventOf(stdout, 'rccl')).toMatchObject({ choice: 'auto', decided: 'patched' });
    expect(stdout).toContain('librccl of layer rccl lacks none of the symbols');
    // While RCCL is compiled.
    expect(stdout).toContain('rdma-check: put together as far as tools');
    const { layers } = eventOf(stdout, 'plan');
    expect(layers.map(({ action }) => action)).toEqual(Array(layers.length).fill('build'));
    // Every engine builds the same rendered files.
    if (!own) expect(layers.map(({ layer, key }) => ({ layer, key }))).toEqual(inject('rendered'));
    expect(eventsOf(stdout).filter(({ event }) => event === 'step-log').length).toBeGreaterThan(100);
    expect(eventOf(stdout, 'contract-done')).toMatchObject({ passed: true, failed: 0, kept: false });
    expect(eventOf(stdout, 'tagged').tags).toEqual([
      expect.stringMatching(/rdma-check:0\.1\.0-all-reduce$/),
      expect.stringMatching(/rdma-check:0\.1\.0-all-reduce-\d{8}-\d{6}$/),
    ]);
  });

  test('needs no work the second time, and says how to enter', async () => {
    const { exitCode, stdout, stderr } = await halobox(['build', 'rdma-check', ...settings], options());
    expect(exitCode).toBe(0);
    expect(stderr).toContain('nothing needs building');
    for (const tool of ['toolbox create', 'distrobox create', 'podman run', 'docker run'])
      expect(stdout).toContain(tool);
  });

  test('plans from what was built: nothing to do, and what another setting would change', async () => {
    const done = await halobox(['plan', 'rdma-check', ...settings, '--json'], options());
    const actions = ({ stdout }: { stdout: string }) =>
      (JSON.parse(stdout) as { layers: PlannedNode[] }).layers.map(({ layer, action }) => [layer, action]);
    expect(actions(done)).toEqual([
      ['base', 'unneeded'],
      ['rocm-toolchain', 'unneeded'],
      ['rccl', 'unneeded'],
      ['scripts', 'unneeded'],
      ['tools', 'unneeded'],
      ['toolbox', 'reuse'],
    ]);
    const other = await halobox(['plan', 'rdma-check', '--json'], options());
    const { layers } = JSON.parse(other.stdout) as { layers: PlannedNode[] };
    expect(actions(other)).toEqual([
      ['base', 'unneeded'],
      ['rocm-toolchain', 'reuse'],
      ['rccl', 'build'],
      ['scripts', 'reuse'],
      ['tools', 'reuse'],
      ['toolbox', 'build'],
    ]);
    const rccl = layers.find(({ layer }) => layer === 'rccl')!;
    expect(rccl.seconds).toBeGreaterThan(1);
    expect(rccl.why.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^template: line \d+: removed "-DBUILD_ALLREDUCE_ONLY=ON"$/),
    ]);
    expect(layers.at(-1)?.why.map(({ text }) => text)).toContain('layer rccl (its own inputs)');
  });

  test('reads everything back from the engine', async () => {
    const { stdout } = await halobox(['inspect', 'rdma-check', '--json'], options());
    expect(JSON.parse(stdout)).toMatchObject({
      image: 'rdma-check',
      version: '0.1.0-all-reduce',
      target: 'gfx1151',
      key: expect.stringMatching(/^[0-9a-f]{64}$/),
      arguments: { kernels: 'all-reduce' },
      sources: { rccl: { version: '5.4.3' } },
      series: { 'rccl-2-13': { verdicts: Array(4).fill({ id: expect.any(String), verdict: 'applies' }) } },
      rccl: { decided: 'patched', why: expect.stringContaining('rccl-2-13: 4 applies') },
      untested: [expect.stringContaining('no collective was run'), expect.any(String)],
      contract: { passed: true, failed: [] },
    });
  });

  test('checks the contract of the built image again', async () => {
    const { exitCode, stdout } = await halobox(['test', 'rdma-check', '--json'], options());
    expect(exitCode).toBe(0);
    const checks = eventsOf(stdout).filter(({ event }) => event === 'check');
    expect(checks).toContainEqual(
      expect.objectContaining({
        what: expect.stringContaining('gfx1151'),
        passed: true,
        found: expect.stringContaining('32'),
      }),
    );
    // What it finds is this machine's; that nothing of it was measured is the same everywhere.
    expect(checks).toContainEqual(
      expect.objectContaining({
        id: 'command:rdma-check',
        passed: true,
        found: expect.stringMatching(/^exit code 1: .* RDMA devices .* RoCE v2 .* GPU /),
      }),
    );
    // The contract wants it to name the series.
    expect(checks).toContainEqual(
      expect.objectContaining({
        id: 'file:/usr/share/halobox/ledger.json',
        passed: true,
        expected: expect.stringContaining('rccl-2-13'),
      }),
    );
  });
}
