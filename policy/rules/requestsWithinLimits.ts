import { at, shown } from "../objects/json";
import { quantity } from "../objects/quantity";
import { sizedParts } from "../objects/sizes";
import type { ResourceRule } from "../rule";
import { violation } from "../violation";

export const requestsWithinLimits: ResourceRule = {
  name: "requests-within-limits",
  area: "size",
  scope: "resource",
  description: "A request is a quantity, and not above its limit.",
  why: "The API server refuses such a pod, and Flux tries for ever.",
  fix: "Raise the limit or lower the request.",
  level: "mandatory",
  check: (resource) =>
    sizedParts(resource).flatMap(({ path, resources }) =>
      ["cpu", "memory"].flatMap((what) => {
        const request = at(resources, "requests", what);
        const most = at(resources, "limits", what);
        const bad = (kind: string, value: unknown, limit: string) =>
          violation(resource, { field: [...path, kind, what], value: shown(value), limit });
        const written = [["requests", request] as const, ["limits", most] as const].flatMap(([kind, value]) =>
          value !== undefined && value !== null && quantity(value) === undefined
            ? [bad(kind, value, "it is a quantity of Kubernetes, such as 500m or 256Mi")]
            : [],
        );
        if (written.length > 0) return written;
        const [asked, allowed] = [quantity(request), quantity(most)];
        return asked !== undefined && allowed !== undefined && asked > allowed
          ? [bad("requests", request, `the limit is ${shown(most)}`)]
          : [];
      }),
    ),
};
