import type { Folders } from '../store/folders.ts';

/** Everything of the outside world that a command may use, so that tests can hand in their own. */
export interface Surroundings {
  /** The folder that holds `images/`, `templates/` and `patches/`. */
  root: string;
  /** Version of halobox. */
  version: string;
  env: NodeJS.ProcessEnv;
  /** Numeric id of the person. */
  uid: number;
  folders: Folders;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** Aborted by Ctrl-C and SIGTERM. */
  signal: AbortSignal;
  now: () => Date;
}
