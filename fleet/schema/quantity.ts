import { z } from "zod";
import type { Amount } from "../model";
import { formats, text } from "./formats";

const scaled = (
  name: "edgewave-memory" | "edgewave-disk" | "edgewave-bandwidth" | "edgewave-duration",
  units: Readonly<Record<string, number>>,
) =>
  text(name).transform((written) => {
    const unit = written.replace(/^\d+/, "");
    return Number.parseInt(written, 10) * (units[unit] ?? Number.NaN);
  });

/** `"8Gi"`, in MiB. */
export const memoryMiB = scaled("edgewave-memory", { Mi: 1, Gi: 1024 });
/** `"128Gi"`, in GiB. */
export const diskGiB = scaled("edgewave-disk", { Gi: 1, Ti: 1024 });
/** `"20Mbit"`, in Mbit/s. */
export const bandwidthMbit = scaled("edgewave-bandwidth", { Kbit: 0.001, Mbit: 1, Gbit: 1000 });
/** `"10m"`, in seconds. */
export const durationSeconds = scaled("edgewave-duration", { s: 1, m: 60, h: 3600, d: 86_400 });

/** `2` or `"5%"`. */
export const amount = z
  .union([z.int().min(0), text("edgewave-amount")], { error: `must be ${formats["edgewave-amount"].expected}` })
  .transform(amountOf);

/** `2`, `"25%"` or `rest`. */
export const size = z
  .union([z.int().min(1), text("edgewave-size")], { error: `must be ${formats["edgewave-size"].expected}` })
  .transform((written): Amount | "rest" => (written === "rest" ? "rest" : amountOf(written)));

/** `"20%"`, in percent. */
export const percent = text("edgewave-amount").transform((written) => Number.parseInt(written, 10));

function amountOf(written: number | string): Amount {
  return typeof written === "number" ? { count: written } : { percent: Number.parseInt(written, 10) };
}
