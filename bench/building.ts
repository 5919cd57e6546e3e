import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { diamond } from './building/diamond.ts';
import { dockerEngine, podmanEngine } from './building/engine.ts';
import { rdmaCheck } from './building/rdma-check.ts';
import type { Row } from './contest.ts';
import { bundle } from './installed.ts';

export interface Built {
  engine: string;
  diamond: readonly Row[];
  rdmaCheck: readonly Row[];
}

/**
 * Builds on engines of its own.
 * @param atEnd told what must be undone, also when the bench is stopped.
 */
export async function building(
  folder: string,
  rounds: number,
  atEnd: (undo: () => Promise<void>) => void,
): Promise<Built[]> {
  const engines = { Docker: dockerEngine, Podman: podmanEngine };
  const built: Built[] = [];
  for (const [name, start] of Object.entries(engines)) {
    const missing = unavailable();
    if (missing !== undefined) {
      const rows = [{ name: 'halobox build', missing }];
      built.push({ engine: name, diamond: rows, rdmaCheck: rows });
      continue;
    }
    const home = join(folder, name.toLowerCase());
    await mkdir(home);
    const starting = start(home);
    atEnd(async () => (await starting.catch(() => undefined))?.stop());
    const engine = await starting;
    try {
      built.push({
        engine: engine.name,
        diamond: await orFailed('halobox build', () => diamond(engine, home, rounds)),
        rdmaCheck: await orFailed('halobox build rdma-check', () => rdmaCheck(engine, home, rounds)),
      });
    } finally {
      await engine.stop();
    }
  }
  return built;
}

function unavailable(): string | undefined {
  if (process.getuid?.() !== 0) return 'not available: engines of its own need root';
  return existsSync(bundle) ? undefined : 'not available: run npm run build';
}

/** What fails takes no other rows with it: what was measured before took its time. */
async function orFailed(name: string, rows: () => Promise<Row[]>): Promise<Row[]> {
  try {
    return await rows();
  } catch (error) {
    return [{ name, missing: `failed: ${(error as Error).message}` }];
  }
}
