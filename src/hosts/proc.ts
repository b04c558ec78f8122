import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { ProcessIdentity } from '../core/ports/host.js';
import { RUN_VARIABLE } from './environment.js';

/** A process that is certain to be the one meant: a pid alone may have been given to another since. */
export interface ProcessKey {
  readonly pid: number;
  /** Field 22 of /proc/<pid>/stat: clock ticks since boot (proc(5)). */
  readonly startTime: string;
}

/** When the process started, or null when there is none; one that only waits to be reaped counts as gone. */
export function startTimeOf(pid: number): string | null {
  const fields = statFields(pid);
  return fields === null || fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}

/** The same for a child that was just started and may have ended already: it can't be reaped yet. */
export function startTimeOfChild(pid: number): string {
  return statFields(pid)?.[19] ?? '';
}

/** The id of the process's session; 0 when it is gone. */
export function sessionOf(pid: number): number {
  return Number(statFields(pid)?.[3] ?? 0);
}

/** The fields from `state` on. They follow the last parenthesis: the name before it may hold anything. */
function statFields(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** Is this very process still there? */
export function isAlive({ pid, startTime }: ProcessKey): boolean {
  return startTimeOf(pid) === startTime;
}

/** Where pids can be compared: this boot, this pid namespace. */
function machine(): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
}

/** This process as the store knows owners. */
export function ownIdentity(): ProcessIdentity {
  return { machine: machine(), pid: process.pid, startTime: startTimeOfChild(process.pid) };
}

export function livenessOf(identity: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  if (identity.machine !== machine()) return 'unknown';
  return isAlive(identity) ? 'alive' : 'dead';
}

/** Every process, except this one, that carries the run in its environment. */
export function processesOfRun(runId: string): ProcessKey[] {
  const mark = `${RUN_VARIABLE}=${runId}`;
  return allPids()
    .filter((pid) => pid !== process.pid)
    .flatMap((pid) => {
      const startTime = startTimeOf(pid);
      return startTime !== null && environmentOf(pid).includes(mark) ? [{ pid, startTime }] : [];
    });
}

/** The program's name as the kernel knows it, cut at 15 bytes; empty when the process is gone. Hostile text. */
export function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd();
  } catch {
    return '';
  }
}

/** Empty for processes of other users, and for those that just ended. */
function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** What the processes of a session have done so far: CPU time in clock ticks, and bytes read and written. */
export function effortOf(session: number): { readonly ticks: number; readonly bytes: number } {
  let ticks = 0;
  let bytes = 0;
  for (const pid of allPids()) {
    // proc(5): state, ppid, pgrp, session, …, utime, stime, then those of children that were waited for.
    const fields = statFields(pid);
    if (fields === null || Number(fields[3]) !== session) continue;
    for (const field of fields.slice(11, 15)) ticks += Number(field);
    bytes += bytesMovedBy(pid);
  }
  return { ticks, bytes };
}

/** Through system calls, and from the disk for them; 0 where it may not be looked at. */
function bytesMovedBy(pid: number): number {
  try {
    const lines = readFileSync(`/proc/${pid}/io`, 'latin1').matchAll(/^(?:rchar|wchar|read_bytes): (\d+)$/gm);
    return [...lines].reduce((sum, [, count]) => sum + Number(count), 0);
  } catch {
    return 0;
  }
}

function allPids(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}
