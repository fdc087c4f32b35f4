import type { Fleet } from "../fleet/model";
import { nearest } from "../fleet/nearest";
import type { Path, Problem } from "../fleet/problem";
import { holds } from "../policy/judging/exemptions";
import type { Verdict } from "../policy/judging/judge";
import { ruleNamed, rules } from "../policy/rules";

/** Names that policy.yaml has and nothing else knows. */
export function namesInPolicy(fleet: Fleet): Problem[] {
  const { policy } = fleet;
  if (policy === undefined) return [];
  const { source } = policy;
  const names = rules.map(({ name }) => name);
  const unknown = (name: string, path: Path): Problem[] => {
    if (ruleNamed(name) !== undefined) return [];
    const meant = nearest(name, names);
    return [
      {
        code: "EDGE-POL-001",
        source,
        path,
        message: `there is no rule ${name}`,
        ...(meant === undefined ? {} : { hint: `Did you mean ${meant}?` }),
      },
    ];
  };
  const chosen = Object.entries(policy.rules).flatMap(([name, { settings }]) => {
    const known = Object.keys(ruleNamed(name)?.settings ?? {});
    return [
      ...unknown(name, ["spec", "rules", name]),
      ...Object.keys(settings)
        .filter((setting) => ruleNamed(name) !== undefined && !known.includes(setting))
        .map((setting): Problem => {
          const message = `the rule ${name} has no setting ${setting}; it has ${known.join(", ") || "none"}`;
          return { code: "EDGE-POL-002", source, path: ["spec", "rules", name, "settings", setting], message };
        }),
    ];
  });
  const sites = new Set(fleet.sites.map(({ name }) => name));
  const exempt = policy.exemptions.flatMap((exemption, index) => [
    ...unknown(exemption.rule, ["spec", "exemptions", index, "rule"]),
    ...exemption.sites
      .filter((name) => !sites.has(name))
      .map((name): Problem => {
        const path = ["spec", "exemptions", index, "sites", exemption.sites.indexOf(name)];
        return { code: "EDGE-POL-003", source, path, message: `the fleet has no site ${name}` };
      }),
  ]);
  return [...chosen, ...exempt];
}

/** Exemptions that are over, and those that nothing needs any more. */
export function idleExemptions(fleet: Fleet, verdicts: readonly Verdict[], today: string): Problem[] {
  const { policy } = fleet;
  if (policy === undefined) return [];
  const used = new Set(verdicts.map(({ exemption }) => exemption));
  return policy.exemptions.flatMap((exemption, index): Problem[] => {
    const { source } = policy;
    const { rule, reason, owner, until } = exemption;
    if (!holds(exemption, today)) {
      const path = ["spec", "exemptions", index, "until"];
      return [
        {
          code: "EDGE-POL-004",
          source,
          path,
          message: `the exemption from ${rule} (${reason}; ${owner}) ended on ${until}`,
        },
      ];
    }
    if (used.has(exemption)) return [];
    const message = `nothing breaks ${rule} that the exemption (${reason}; ${owner}) is for`;
    return [{ code: "EDGE-POL-005", source, path: ["spec", "exemptions", index], message }];
  });
}
