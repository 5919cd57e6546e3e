import { mkdtemp, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where one test file works: its own state and temporary folder; downloads and the root file system are shared. */
export interface Workplace {
  folder: string;
  env: { XDG_CACHE_HOME: string; XDG_STATE_HOME: string; TMPDIR: string };
  remove(): Promise<void>;
}

/** The path is short because a Unix socket's name must fit into 107 bytes. */
export async function openWorkplace(): Promise<Workplace> {
  const folder = await mkdtemp('/var/tmp/hb-');
  return {
    folder,
    env: {
      XDG_CACHE_HOME: process.env.HALOBOX_TEST_CACHE || join(homedir(), '.cache', 'halobox-test'),
      XDG_STATE_HOME: join(folder, 'state'),
      TMPDIR: folder,
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
