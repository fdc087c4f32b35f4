import { readFile } from "node:fs/promises";
import { freemem } from "node:os";
import { dirname, join } from "node:path";

/** Bytes of a MiB. */
const mebibyte = 1024 * 1024;

/**
 * Whether one more run may start. Pure.
 *
 * One run is always admitted: it may be the one that frees memory, and a rollout must not stand still for ever.
 * @param free memory that is free, in MiB.
 * @param floor what has to stay free, in MiB.
 * @param running runs that are under way.
 */
export function admit(free: number, floor: number, running: number): boolean {
  return running === 0 || free >= floor;
}

/**
 * Memory that this process and its children may still take, in MiB: `MemAvailable` of the machine (proc_meminfo(5)), or
 * what a cgroup of version 2 leaves if that is less. Elsewhere what the operating system calls free.
 * @param root where `/proc` and `/sys` are; tests give another folder.
 */
export async function freeMemory(root = "/"): Promise<number> {
  const meminfo = await read(join(root, "proc/meminfo"));
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo ?? "")?.[1];
  const machine = available === undefined ? freemem() : Number(available) * 1024;
  return Math.floor(Math.min(machine, await leftInCgroups(root)) / mebibyte);
}

/** The least that the cgroups above this process leave, in bytes; every one of them may have a limit. */
async function leftInCgroups(root: string): Promise<number> {
  const own = /^0::(\/.*)$/m.exec((await read(join(root, "proc/self/cgroup"))) ?? "")?.[1];
  if (own === undefined) return Infinity;
  let least = Infinity;
  for (let path = own; ; path = dirname(path)) {
    least = Math.min(least, await leftInCgroup(join(root, "sys/fs/cgroup", path)));
    if (path === dirname(path)) return least;
  }
}

/**
 * `memory.max` and `memory.high` are the limits; what is in use counts without files that nobody has read lately, which
 * the kernel drops first (as kubelet's working set; cgroup-v2, "Memory Interface Files").
 */
async function leftInCgroup(folder: string): Promise<number> {
  const [max, high, current] = await Promise.all(
    ["memory.max", "memory.high", "memory.current"].map((file) => read(join(folder, file))),
  );
  const limit = Math.min(bytes(max), bytes(high));
  if (limit === Infinity || current === undefined) return Infinity;
  const inactive = /^inactive_file (\d+)$/m.exec((await read(join(folder, "memory.stat"))) ?? "")?.[1];
  return Math.max(0, limit - Math.max(0, Number(current) - Number(inactive ?? 0)));
}

/** A limit; `max`, or none, is no limit. */
function bytes(text: string | undefined): number {
  const value = text?.trim();
  return value === undefined || !/^\d+$/.test(value) ? Infinity : Number(value);
}

/** What cannot be read says nothing. */
async function read(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}
