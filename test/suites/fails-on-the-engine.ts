import { randomInt } from 'node:crypto';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../engines/eventually.ts';
import { writeDemoCatalog } from '../support/demo-catalog.ts';
import { eventOf, type HaloboxOptions, halobox, startHalobox } from '../support/halobox.ts';
import { processesWith } from '../support/processes.ts';
import { smallDisk } from '../support/small-disk.ts';

export interface TestEngine {
  env: Record<string, string>;
  stop(): Promise<void>;
}

/**
 * @param start a fresh engine of the same kind, with its images below the folder.
 * @param kill ends what does the engine's work, as a crash would.
 */
export function failsOnTheEngine<Engine extends TestEngine>(
  options: () => HaloboxOptions,
  folder: () => string,
  start: (folder: string) => Promise<Engine>,
  kill: (engine: Engine) => Promise<void>,
): void {
  test('a full disk is told in the words of the engine, exit 6, and nothing is tagged', async () => {
    // Room for the engine itself, not for a root file system of over 100 MB.
    const disk = await smallDisk(join(folder(), 'small'), 64);
    const engine = await start(disk.folder);
    try {
      const directory = await writeDemoCatalog(join(folder(), 'full'), 'true');
      const env = { ...options().env, ...engine.env };
      const { exitCode, stdout } = await halobox(['build', basename(directory), '--json'], {
        env,
        directory,
      });
      expect(exitCode).toBe(6);
      const { what, detail, next } = eventOf(stdout, 'error');
      expect([what, ...(detail ?? [])].join('\n')).toMatch(/no space left on device/i);
      expect(next).toMatch(/prune|free|space/i);
      expect(stdout).not.toContain('"event":"tagged"');
    } finally {
      await engine.stop();
      await disk.remove();
    }
  });

  test('an engine that dies in the middle is exit 6 with the cause', async () => {
    const engine = await start(folder());
    try {
      const marker = `sleep ${randomInt(100_000, 999_999)}`;
      const directory = await writeDemoCatalog(join(folder(), 'dying'), marker);
      const env = { ...options().env, ...engine.env };
      const running = startHalobox(['build', basename(directory), '--json'], { env, directory });
      await eventually(`${marker} runs`, () => processesWith(marker).length > 0, 120);
      await kill(engine);
      const { exitCode, stdout } = await running;
      expect(exitCode).toBe(6);
      const { what, next } = eventOf(String(stdout), 'error');
      expect(what).toMatch(/^layer step.*: .{10,}/);
      expect(next).toContain('The full log is ');
    } finally {
      await engine.stop();
    }
  });
}
