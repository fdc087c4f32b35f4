/** 18 subkeys and 4 boxes of 256 words. */
const wordCount = 18 + 4 * 256;

let tables: Int32Array | undefined;

/**
 * The start values of Blowfish's subkeys and boxes, one after the other: the fractional bits of pi (Schneier 1993).
 * They are computed once a process, with Machin's formula, in some tens of milliseconds.
 */
export function blowfishTables(): Int32Array {
  tables ??= fractionOfPi(wordCount);
  return tables;
}

function fractionOfPi(words: number): Int32Array {
  const guard = 64n;
  const bits = BigInt(words * 32) + guard;
  const one = 1n << bits;
  const pi = 4n * (4n * arctangentOfInverse(5n, one) - arctangentOfInverse(239n, one));
  const fraction = (pi - 3n * one) >> guard;
  const hex = fraction.toString(16).padStart(words * 8, "0");
  return Int32Array.from({ length: words }, (_, at) => Number.parseInt(hex.slice(at * 8, at * 8 + 8), 16) | 0);
}

function arctangentOfInverse(inverse: bigint, one: bigint): bigint {
  const square = inverse * inverse;
  let power = one / inverse;
  let sum = power;
  for (let divisor = 3n, sign = -1n; power !== 0n; divisor += 2n, sign = -sign) {
    power /= square;
    sum += (sign * power) / divisor;
  }
  return sum;
}
