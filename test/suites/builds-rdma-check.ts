import { expect, test } from 'vitest';
import { eventOf, eventsOf, type HaloboxOptions, halobox } from '../support/halobox.ts';

/** One collective's kernels: a tenth of the whole library's compile time, the same steps and the same checks. */
const settings = ['--set', 'kernels=all-reduce'];

/** Keys that an earlier engine of this run gave: the rendered files are the same for all. */
const keys = new Map<string, string>();

/** The whole way on one engine: build, contract, tags, again without work, inspect, test. */
export function buildsRdmaCheck(options: () => HaloboxOptions): void {
  test('builds rdma-check, checks its contract and tags it', async () => {
    const { exitCode, stdout, stderr } = await halobox(
      ['build', 'rdma-check', ...settings, '--json'],
      options(),
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(eventOf(stdout, 'series').verdicts.map(({ verdict }) => verdict)).toEqual(
      Array(4).fill('applies'),
    );
    const { layers } = eventOf(stdout, 'plan');
    expect(layers.map(({ action }) => action)).toEqual(Array(layers.length).fill('build'));
    for (const { layer, key } of layers) expect(keys.get(layer) ?? key).toBe(key);
    for (const { layer, key } of layers) keys.set(layer, key);
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

  test('reads everything back from the engine', async () => {
    const { stdout } = await halobox(['inspect', 'rdma-check', '--json'], options());
    expect(JSON.parse(stdout)).toMatchObject({
      image: 'rdma-check',
      version: '0.1.0-all-reduce',
      target: 'gfx1151',
      key: keys.get('toolbox'),
      arguments: { kernels: 'all-reduce' },
      sources: { rccl: { version: '5.4.3' } },
      series: { 'rccl-gfx1151': { verdicts: Array(4).fill({ id: expect.any(String), verdict: 'applies' }) } },
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
  });
}
