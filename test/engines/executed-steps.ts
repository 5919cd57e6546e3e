import Dockerode from 'dockerode';
import { execa } from 'execa';

/**
 * Every RUN, COPY and ADD step that an engine has truly executed and still has a trace of, by the engine's own
 * records: a step that is answered from a cache adds none. By the record's name; RUN steps as `/bin/sh -c <command>`.
 */
export type ExecutedSteps = ReadonlyMap<string, string>;

/** BuildKit's records of its build cache; each executed step has one of its own. */
export async function stepsOfDocker(socketPath: string): Promise<ExecutedSteps> {
  const { BuildCache } = (await new Dockerode({ socketPath }).df()) as {
    BuildCache: { ID: string; Description: string }[] | null;
  };
  return new Map(
    (BuildCache ?? []).flatMap(({ ID, Description }) => {
      const [, step] = /^(?:mount \/ from exec|\[.*?\d+\/\d+\]) (.*)$/s.exec(Description) ?? [];
      return step === undefined ? [] : [[ID, step]];
    }),
  );
}

/**
 * The histories of all images in Podman's storage, those of single steps too: each step that is executed is written
 * down with the nanosecond in which it ended, and a cached one comes with the time that it has already.
 * @param podman the executable.
 */
export async function stepsOfPodman(podman: string): Promise<ExecutedSteps> {
  const { stdout: ids } = await execa(podman, ['images', '--all', '--quiet', '--no-trunc']);
  if (ids === '') return new Map();
  const { stdout } = await execa(podman, ['image', 'inspect', ...new Set(ids.split('\n'))]);
  const images = JSON.parse(stdout) as { History?: { created: string; created_by?: string }[] }[];
  const entries = images.flatMap(({ History }) => History ?? []);
  return new Map(
    entries
      .map(({ created, created_by = '' }) => [`${created} ${created_by}`, created_by] as const)
      .filter(([, step]) => !/^\/bin\/sh -c #\(nop\) +(?!COPY|ADD)/.test(step))
      .map(([id, step]) => [id, step.replace(/^\/bin\/sh -c #\(nop\) +/, '')]),
  );
}
