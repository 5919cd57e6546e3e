import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from './enter-commands.ts';

/** @param dev the folder of device files, `/dev`. */
export function readHost(engine: Pick<Host, 'engine' | 'rootless'>, dev: string): Host {
  const render = existsSync(join(dev, 'dri'))
    ? readdirSync(join(dev, 'dri')).map((name) => join(dev, 'dri', name))
    : [];
  const gpu = [join(dev, 'kfd'), ...render].filter((file) =>
    statSync(file, { throwIfNoEntry: false })?.isCharacterDevice(),
  );
  return {
    ...engine,
    infiniband: existsSync(join(dev, 'infiniband')),
    deviceGroups: [...new Set(gpu.map((file) => statSync(file).gid))]
      .filter((gid) => gid !== 0)
      .sort((a, b) => a - b),
  };
}
