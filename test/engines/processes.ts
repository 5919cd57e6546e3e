import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { eventually } from './eventually.ts';

/** Kills every process that `belongs` to the engine, by its id, until none is left. */
export async function endProcesses(belongs: (pid: number) => boolean): Promise<void> {
  await eventually('the processes of the engine end', () => {
    const left = processIds().filter((pid) => belongs(pid) && !isZombie(pid));
    for (const pid of left) endNow(pid);
    return left.length === 0;
  });
}

/** Lives in this mount namespace: the engine's daemons and monitors (containers have a namespace of their own). */
export function mountNamespaceOf(pid: number): string | undefined {
  return unlessGone(() => readlinkSync(`/proc/${pid}/ns/mnt`));
}

/**
 * Has a mount from that folder: containers and RUN steps, whose root is an overlay of the engine's storage. It also
 * holds for one that lost its parent and whose mount the engine has long taken away from its own view.
 */
export function hasMountFrom(pid: number, folder: string): boolean {
  return unlessGone(() => readFileSync(`/proc/${pid}/mountinfo`, 'utf8'))?.includes(`=${folder}/`) ?? false;
}

/** The user that it runs as, seen from here: root in a user namespace is not 0. */
export function ownerOf(pid: number): number | undefined {
  return unlessGone(() => statSync(`/proc/${pid}`).uid);
}

/** Runs in a control group below that one: every container and RUN step of a dockerd that has it as its parent. */
export function isInCgroup(pid: number, name: string): boolean {
  return unlessGone(() => readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.includes(`:/${name}/`) ?? false;
}

/** SIGKILL; one that has just ended by itself is no error. */
export function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function processIds(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^[0-9]+$/.test(name) ? [Number(name)] : []));
}

function isZombie(pid: number): boolean {
  const stat = unlessGone(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat === undefined || /\) [ZX] /.test(stat);
}

function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
