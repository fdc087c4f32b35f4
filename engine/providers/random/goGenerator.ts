import { readFileSync } from "node:fs";
import path from "node:path";

const length = 607;
const tap = 273;
const int32Max = 0x7fffffff;

let start: readonly bigint[] | undefined;

/** Read once, when a first seed is given. */
function startValues(): readonly bigint[] {
  start ??= readFileSync(path.join(__dirname, "goGenerator.txt"), "utf8")
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .flatMap((line) => line.split(" ").filter((text) => text !== ""))
    .map(BigInt);
  return start;
}

/**
 * Go's `math/rand` generator, which gives the same numbers for a seed in every version of Go: what stands behind `seed`
 * in the official provider. It is predictable, and so never for secrets.
 *
 * Source: math/rand/rng.go and rand.go of Go 1.26; internal/random/seed.go of terraform-provider-random.
 */
export class GoGenerator {
  private readonly values: BigUint64Array;
  private at = 0;
  private feed = length - tap;

  /** @param seed text; not empty. */
  constructor(seed: string) {
    let state = Number(BigInt.asIntN(64, crc64(Buffer.from(seed, "utf8"))) % BigInt(int32Max));
    if (state < 0) state += int32Max;
    if (state === 0) state = 89482311;
    const next = (): bigint => {
      state = step(state);
      return BigInt(state);
    };
    for (let skipped = 0; skipped < 20; skipped++) next();
    this.values = BigUint64Array.from(startValues(), (value) => {
      const mixed = (next() << 40n) ^ (next() << 20n) ^ next();
      return BigInt.asUintN(64, mixed ^ value);
    });
  }

  /** A whole number from 0 on, below `limit`, which is from 1 to 2^63. */
  below(limit: bigint): bigint {
    const bits = limit <= BigInt(int32Max) ? 31n : 63n;
    const draw = (): bigint => this.next63() >> (63n - bits);
    if ((limit & (limit - 1n)) === 0n) return draw() & (limit - 1n);
    const whole = 1n << bits;
    const most = whole - 1n - (whole % limit);
    let drawn = draw();
    while (drawn > most) drawn = draw();
    return drawn % limit;
  }

  /** The numbers from 0 to `count - 1` in a random order. */
  permutation(count: number): readonly number[] {
    const order: number[] = [];
    for (let at = 0; at < count; at++) {
      const other = Number(this.below(BigInt(at + 1)));
      order[at] = order[other] ?? at;
      order[other] = at;
    }
    return order;
  }

  private next63(): bigint {
    this.at = (this.at + length - 1) % length;
    this.feed = (this.feed + length - 1) % length;
    const sum = BigInt.asUintN(64, (this.values[this.feed] ?? 0n) + (this.values[this.at] ?? 0n));
    this.values[this.feed] = sum;
    return BigInt.asUintN(63, sum);
  }
}

/** The Lehmer generator that spreads the seed. */
function step(state: number): number {
  const next = 48271 * (state % 44488) - 3399 * Math.trunc(state / 44488);
  return next < 0 ? next + int32Max : next;
}

/** CRC-64 with the ISO polynomial. */
function crc64(bytes: Buffer): bigint {
  let crc = 0xffffffffffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ 0xd800000000000000n : crc >> 1n;
  }
  return crc ^ 0xffffffffffffffffn;
}
