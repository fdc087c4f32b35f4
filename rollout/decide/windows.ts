import type { Plan } from "../plan";
import { Windows } from "../windows/windows";

/** What is known of windows is computed once for a plan; the answers do not depend on it. */
const known = new WeakMap<Plan, Windows>();

export function windowsOf(plan: Plan): Windows {
  const found = known.get(plan) ?? new Windows();
  known.set(plan, found);
  return found;
}
