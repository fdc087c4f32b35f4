import type { ResolvedSite } from "../../fleet/model";
import { profileOf } from "../../profiles";
import type { JudgeRules } from "./judge";

/** Of a site's Gitea, from one look at the hub to the next (`[mirror] MIN_INTERVAL` and the task that starts it). */
const mirrorSeconds = 15 * 60;
/** What Flux's Kustomization `deploy` may take until it is ready (`components/flux/sync.ts`). */
const applySeconds = 30 * 60;

/** What a site is judged by: what its file asks of it, and the intervals that its profile gives it. */
export function rulesOf(site: ResolvedSite): JudgeRules {
  const { flux, reportMinutes } = profileOf(site.profile);
  const intervals = secondsOf(flux.sourceInterval) + secondsOf(flux.kustomizationInterval) + reportMinutes * 60;
  return {
    maxOutageHours: site.link.maxOutageHours,
    nodes: site.nodes.map(({ name }) => name).sort(),
    convergeSeconds: mirrorSeconds + intervals + applySeconds,
  };
}

/** Of a duration in Go's notation, such as `1h30m`. @throws Error for anything else */
function secondsOf(written: string): number {
  const parts = [...written.matchAll(/(\d+)(h|m|s)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join("") !== written) {
    throw new Error(`${JSON.stringify(written)} is no duration`);
  }
  const size: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };
  return parts.reduce((sum, [, amount, unit = "s"]) => sum + Number(amount) * (size[unit] ?? 1), 0);
}
