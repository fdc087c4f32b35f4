import type { Problem } from "../problem";
import type { Check } from "./check";

/** What a site's stack can be run for; the components refuse the same ones. */
const supported: ReadonlySet<string> = new Set(["render"]);

/** Sites that this version cannot run are found before a rollout starts, not in its middle. */
export const checkTargets: Check = ({ sites }) =>
  sites.flatMap(({ target, source }): Problem[] => {
    if (supported.has(target)) return [];
    const message = `target ${target} is not supported by this version`;
    return [{ code: "EDGE-SITE-009", source, path: ["spec", "target"], message }];
  });
