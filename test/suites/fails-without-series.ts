import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventOf, eventsOf, type HaloboxOptions, halobox } from '../support/halobox.ts';

/** The negative control: without the series RCCL 5.4.3 does not compile for gfx1151. */
export function failsWithoutSeries(options: () => HaloboxOptions): void {
  test('without its series the layer rccl fails to compile, and nothing is tagged', async () => {
    const args = ['build', 'rdma-check', '--set', 'kernels=all-reduce', '--without-series', 'rccl-2-13'];
    const { exitCode, stdout, stderr } = await halobox([...args, '--json'], options());
    expect(exitCode).toBe(6);
    expect(eventOf(stdout, 'series-off').series).toBe('rccl-2-13');
    const { what, detail, next } = eventOf(stdout, 'error');
    expect(what).toMatch(/^layer rccl, step \d+ \(RUN ninja -C \/build\)/);
    expect(detail?.join('\n')).toMatch(
      /error: '__builtin_amdgcn_s_memrealtime' needs target feature s-memrealtime/,
    );
    const log = /The full log is (\S+\.log)/.exec(next ?? '')?.[1];
    expect(log && existsSync(log)).toBe(true);
    expect(stderr).toContain('layer rccl');
    expect(eventsOf(stdout).filter(({ event }) => event === 'tagged')).toEqual([]);
    const inspected = await halobox(['inspect', 'rdma-check:0.1.0-all-reduce-without-rccl-2-13'], options());
    expect(inspected.exitCode).toBe(1);
  });
}
