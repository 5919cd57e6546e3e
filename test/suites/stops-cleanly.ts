import { randomInt } from 'node:crypto';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../engines/eventually.ts';
import { writeDemoCatalog } from '../support/demo-catalog.ts';
import { type HaloboxOptions, halobox, startHalobox } from '../support/halobox.ts';
import { processesOf, processesWith } from '../support/processes.ts';

/**
 * Stopping a build in the middle of a RUN.
 * @param leftovers what of builds is still on the engine: working containers and their mounts.
 */
export function stopsCleanly(
  options: () => HaloboxOptions,
  folder: () => string,
  leftovers: () => Promise<string[]>,
): void {
  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    '%s during a RUN leaves nothing, and the next run succeeds',
    async (signal) => {
      // Found again by its number, among all processes of the machine.
      const marker = `sleep ${randomInt(100_000, 999_999)}`;
      const directory = join(folder(), `stop-${signal.toLowerCase()}`);
      await writeDemoCatalog(directory, marker);
      const before = await leftovers();
      const sleeps = () => processesWith(marker).length > 0;
      // What builds on Podman has this in its environment; on Docker there is no such process.
      const builds = () => processesOf('HALOBOX_BUILD=', folder()).length > 0;

      const running = startHalobox(['build', basename(directory)], { ...options(), directory });
      await eventually(`${marker} runs`, sleeps, 120);
      running.kill(signal);
      if (signal !== 'SIGKILL') {
        await eventually('no process of the build is left', () => !sleeps() && !builds(), 2);
      }
      const { exitCode } = await running;
      if (signal !== 'SIGKILL') expect(exitCode).toBe(130);
      const inspected = await halobox(['inspect', basename(directory)], { ...options(), directory });
      expect(inspected).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('there is no image') });

      await writeDemoCatalog(directory, `echo after ${signal}`);
      const next = await halobox(['build', basename(directory), '--json'], { ...options(), directory });
      expect(next).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('"event":"tagged"') });
      expect([sleeps(), builds()]).toEqual([false, false]);
      expect(await leftovers()).toEqual(before);
    },
  );
}
