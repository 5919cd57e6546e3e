/** As the engines' API has it. */
export interface Ulimit {
  Name: 'nofile' | 'nproc';
  Soft: number;
  Hard: number;
}

/** podman's own default for the RUN steps of a build, to which its service limits itself as well. */
const mostProcesses = 32_768;
const mostFiles = 1_048_576;

/**
 * Limits for containers that this process may really set: rootful podman asks for a million files and processes, which
 * fails ("error setting rlimit type 7") for a root without CAP_SYS_RESOURCE whose own limit is lower.
 * https://github.com/containers/podman/issues/7510
 * @param text /proc/self/limits
 */
export function ulimitsFrom(text: string): Ulimit[] {
  const one = (Name: Ulimit['Name'], title: string, most: number): Ulimit[] => {
    const hard = new RegExp(`^${title} +\\S+ +(\\S+)`, 'm').exec(text)?.[1];
    if (hard === undefined) return [];
    const limit = hard === 'unlimited' ? most : Math.min(Number(hard), most);
    return [{ Name, Soft: limit, Hard: limit }];
  };
  return [...one('nofile', 'Max open files', mostFiles), ...one('nproc', 'Max processes', mostProcesses)];
}
