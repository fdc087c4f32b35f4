import { createHash } from "node:crypto";

import { canonicalJson } from "../canonicalJson";
import type { Plan } from "../plan";

/** Hex SHA-256 of a plan as a run froze it: an approval of one plan is none of another. */
export function planHash(plan: Plan): string {
  return createHash("sha256").update(canonicalJson(plan)).digest("hex");
}
