import { nearest } from "../nearest";
import { isFor } from "../overrides";
import type { Problem } from "../problem";
import { quote } from "../quote";
import type { Check } from "./check";

/** Each override is for at least one site. What it does there is checked where it is rendered. */
export const checkOverrides: Check = ({ overrides, sites, sitesComplete }) => {
  if (!sitesComplete) return [];
  return overrides.flatMap(({ scope, source }): Problem[] => {
    if (sites.some((site) => isFor(scope, site))) return [];
    if (scope.layer !== "site") {
      const what = scope.layer === "profile" ? `the profile ${scope.profile}` : "these labels";
      return [{ code: "EDGE-OVER-002", source, path: ["spec", "for"], message: `no site has ${what}` }];
    }
    const names = sites.map(({ name }) => name);
    const meant = nearest(scope.site, names);
    const hint = meant === undefined ? undefined : `Did you mean ${meant}?`;
    return [
      {
        code: "EDGE-OVER-001",
        source,
        path: ["spec", "for", "site"],
        message: `the fleet has no site ${quote(scope.site)}`,
        ...(hint !== undefined && { hint }),
      },
    ];
  });
};
