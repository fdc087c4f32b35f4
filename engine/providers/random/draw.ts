import { randomBytes, randomInt } from "node:crypto";

/** Settings of a random string, after defaults. */
export interface StringRules {
  readonly length: number;
  readonly upper: boolean;
  readonly lower: boolean;
  readonly numeric: boolean;
  readonly special: boolean;
  readonly minUpper: number;
  readonly minLower: number;
  readonly minNumeric: number;
  readonly minSpecial: number;
  /** Special characters to use in place of the default ones; empty for these. */
  readonly overrideSpecial: string;
}

const upperCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const lowerCharacters = "abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";
/** The special characters of terraform-provider-random's string and password. */
const specialCharacters = "!@#$%&*()-_=+[]{}<>:?";

/**
 * Draws a string by a cryptographic generator: the least number of each class first, the rest from all classes that
 * are on, then the whole shuffled.
 *
 * @throws Error if no class is on but characters are wanted.
 */
export function drawString(rules: StringRules): string {
  const special = [...(rules.overrideSpecial === "" ? specialCharacters : rules.overrideSpecial)];
  const all = [
    ...(rules.upper ? upperCharacters : ""),
    ...(rules.lower ? lowerCharacters : ""),
    ...(rules.numeric ? digits : ""),
    ...(rules.special ? special : []),
  ];
  if (all.length === 0) throw new Error("no class of characters is on: set upper, lower, numeric or special");
  const drawn = [
    ...drawCharacters([...upperCharacters], rules.minUpper),
    ...drawCharacters([...lowerCharacters], rules.minLower),
    ...drawCharacters([...digits], rules.minNumeric),
    ...drawCharacters(special, rules.minSpecial),
  ];
  drawn.push(...drawCharacters(all, rules.length - drawn.length));
  return shuffled(drawn).join("");
}

/** A uniformly shuffled copy (Fisher-Yates). */
export function shuffled<T>(items: readonly T[]): T[] {
  const copy = [...items];
  for (let at = copy.length - 1; at > 0; at--) {
    const other = randomInt(at + 1);
    [copy[at], copy[other]] = [copy[other] as T, copy[at] as T];
  }
  return copy;
}

/** One of the items, each as likely as the others. */
export function drawOne<T>(items: readonly T[]): T {
  return items[randomInt(items.length)] as T;
}

/** A whole number from `min` to `max`, both included. The range may be wider than `randomInt` takes. */
export function drawInteger(min: number, max: number): number {
  const width = BigInt(max) - BigInt(min) + 1n;
  // 256 bits over a range of at most 2^64: the bias of the remainder is below 2^-190.
  const drawn = BigInt(`0x${randomBytes(32).toString("hex")}`) % width;
  return Number(BigInt(min) + drawn);
}

function drawCharacters(from: readonly string[], count: number): string[] {
  return Array.from({ length: Math.max(0, count) }, () => drawOne(from));
}
