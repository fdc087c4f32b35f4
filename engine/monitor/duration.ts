import { EngineError } from "../errors";

const UNITS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/**
 * The seconds of a duration in Go's notation, such as `1h30m` or `90s`.
 *
 * @throws if it is not one.
 */
export function parseDuration(text: string): number {
  if (text === "0") {
    return 0;
  }
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) {
    throw new EngineError(`unable to parse customTimeout value '${text}': write it like 90s, 5m or 1h30m`);
  }
  return parts.reduce((sum, [, amount = "0", unit = "s"]) => sum + Number(amount) * (UNITS[unit] ?? 0), 0);
}
