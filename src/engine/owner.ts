import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { startOf } from './processes.ts';

/** A process of this machine that can't be mistaken for a later one with the same id. */
export interface Owner {
  /** https://docs.kernel.org/admin-guide/sysctl/kernel.html#random */
  boot: string;
  /** Number of its PID namespace: a halobox in a container has pids of its own. */
  namespace: string;
  pid: number;
  /** Clock ticks between the boot and its start, /proc/<pid>/stat field 22. */
  start: string;
}

/** On every container that halobox starts. */
export const ownerLabel = 'io.halobox.owner';

/** By which a later sweep finds a container of a halobox that was killed. */
export interface ContainerMark {
  name: string;
  Labels: Record<string, string>;
}

export function ownOwner(pid = process.pid): Owner {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const namespace = readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  return { boot, namespace, pid, start: startOf(pid) ?? '0' };
}

export function ownerText({ boot, namespace, pid, start }: Owner): string {
  return [boot, namespace, pid, start].join('/');
}

export function parseOwner(text: string | undefined): Owner | undefined {
  const match = /^([0-9a-f-]{36})\/(\d+)\/(\d+)\/(\d+)$/.exec(text ?? '');
  return match
    ? { boot: match[1]!, namespace: match[2]!, pid: Number(match[3]), start: match[4]! }
    : undefined;
}

/** A new name for a container: of one whose making was cut off an engine may have nothing else. */
export function ownedName({ namespace, pid, start }: Owner): string {
  return `halobox-${namespace}-${pid}-${start}-${randomUUID()}`;
}

/** Whose name it is, as far as it tells: a name outlives no boot of the machine. */
export function ownerOfName(name: string, { boot }: Owner): Owner | undefined {
  const match = /^halobox-(\d+)-(\d+)-(\d+)-[0-9a-f-]{36}$/.exec(name);
  return match ? { boot, namespace: match[1]!, pid: Number(match[2]), start: match[3]! } : undefined;
}

/**
 * Whether a process that left its mark may still run. Only one that this process could see is judged: on an engine
 * that is shared, the mark may come from another machine or out of a container.
 */
export function ownerIsAlive(owner: Owner, self: Owner): boolean {
  if (owner.boot !== self.boot || owner.namespace !== self.namespace) return true;
  return startOf(owner.pid) === owner.start;
}
