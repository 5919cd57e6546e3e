import { type ChildProcess, execFile, spawn } from 'node:child_process';

export interface CliResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A podman binary with the global options and the environment that it is always called with. */
export class PodmanCli {
  readonly command: string;
  readonly options: readonly string[];
  readonly #env: NodeJS.ProcessEnv;

  constructor(command: string, options: readonly string[], env: NodeJS.ProcessEnv) {
    this.command = command;
    this.options = options;
    // Either variable makes podman a client of another machine, whose builds can't be stopped.
    const { CONTAINER_HOST: _host, CONTAINER_CONNECTION: _connection, ...rest } = env;
    this.#env = { ...rest, LC_ALL: 'C.UTF-8' };
  }

  with(options: readonly string[]): PodmanCli {
    return new PodmanCli(this.command, [...this.options, ...options], this.#env);
  }

  /** Runs to the end, whatever the exit code. Rejects when the binary can't be started. */
  run(args: readonly string[]): Promise<CliResult> {
    return new Promise((resolve, reject) => {
      execFile(
        this.command,
        [...this.options, ...args],
        { env: this.#env, maxBuffer: 64 * 1024 * 1024 },
        (error, stdout, stderr) => {
          if (error && typeof error.code !== 'number' && !error.signal) reject(error);
          else resolve({ exitCode: error ? Number(error.code ?? 128) : 0, stdout, stderr });
        },
      );
    });
  }

  /** In a process group of its own, so that a terminal's Ctrl-C reaches halobox alone, which then ends it in order. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn(this.command, [...this.options, ...args], {
      env: { ...this.#env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
  }

  /**
   * With a pipe for its output, so that it can open `/dev/stdout`: what Node gives is a socket, which nobody can open.
   * The exit code comes as a line on descriptor 3. To be ended as a group.
   */
  startInPipe(args: readonly string[]): ChildProcess {
    const script = '{ "$@" 3>&-; echo "$?" >&3; } | cat 3>&-';
    return spawn('sh', ['-c', script, 'sh', this.command, ...this.options, ...args], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
  }
}

/** podman's own words: the last `Error: …` line, or all it said. */
export function podmanError(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const error = lines.findLast((line) => line.startsWith('Error: '));
  return error?.slice('Error: '.length) ?? lines.at(-1) ?? 'podman said nothing';
}
