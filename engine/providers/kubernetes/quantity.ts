/** Decimal suffixes as powers of ten, in Kubernetes' notation for quantities. */
const decimalPowers: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  "": 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
/** Binary suffixes as powers of 1024. */
const binaryPowers: Readonly<Record<string, number>> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 };

/** Kubernetes keeps a quantity to the billionth. */
const nano = 9;

/**
 * The canonical form of a quantity, as apimachinery's `resource.Quantity` writes it: the largest suffix without a
 * fraction, so that `1000m` is `1`, `1024Mi` is `1Gi` and `0.5` is `500m`.
 *
 * @returns undefined if the text is no quantity.
 */
export function canonicalQuantity(text: string): string | undefined {
  const [, sign = "", whole = "", fraction = "", suffix = ""] =
    /^([+-]?)(\d*)(?:\.(\d*))?([EPTGMk]i?|Ki|[num]|[eE][+-]?\d{1,2}|)$/.exec(text.trim()) ?? [];
  if (whole + fraction === "" || suffix === "ki") return undefined;
  const exponential = /^[eE][+-]?\d/.test(suffix);
  const binary = binaryPowers[suffix];
  const power = exponential ? Number(suffix.slice(1)) : (decimalPowers[suffix] ?? 0);
  const billionths = scaled(whole + fraction, nano + power - fraction.length, 1024n ** BigInt(binary ?? 0));
  if (billionths === 0n) return "0";
  const minus = sign === "-" ? "-" : "";
  if (binary !== undefined && billionths >= 1024n * 10n ** BigInt(nano)) return minus + binaryForm(billionths);
  return minus + decimalForm(billionths, exponential);
}

/** Digits times a factor and a power of ten, rounded up to a whole number. */
function scaled(digits: string, power: number, factor: bigint): bigint {
  const value = BigInt(digits) * factor;
  if (power >= 0) return value * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return (value + divisor - 1n) / divisor;
}

function decimalForm(billionths: bigint, exponential: boolean): string {
  let mantissa = billionths;
  let power = -nano;
  while (mantissa % 1000n === 0n && (exponential || power < 18)) {
    mantissa /= 1000n;
    power += 3;
  }
  if (exponential) return power === 0 ? `${mantissa}` : `${mantissa}e${power}`;
  const suffix = Object.entries(decimalPowers).find(([, exponent]) => exponent === power)?.[0] ?? "";
  return `${mantissa}${suffix}`;
}

function binaryForm(billionths: bigint): string {
  const one = 10n ** BigInt(nano);
  let mantissa = (billionths + one - 1n) / one;
  let power = 0;
  while (mantissa % 1024n === 0n && power < 6) {
    mantissa /= 1024n;
    power++;
  }
  const suffix = Object.entries(binaryPowers).find(([, exponent]) => exponent === power)?.[0] ?? "";
  return `${mantissa}${suffix}`;
}
