import { expect } from "chai";
import fc from "fast-check";
import type { Exemption, FleetPolicy } from "../../fleet/policy";
import { exemptionFor } from "../../policy/judging/exemptions";
import { judge, stops, type Found } from "../../policy/judging/judge";
import { levelOf } from "../../policy/judging/level";
import type { Rule } from "../../policy/rule";
import { rules } from "../../policy/rules";
import { aSite } from "../support/fleet";

const rule = rules.find(({ name }) => name === "no-host-path") as Rule;
const exemption = (changes: Partial<Exemption> = {}): Exemption => ({
  rule: "no-host-path",
  sites: [],
  resources: [],
  reason: "a driver",
  owner: "crane team",
  until: "2026-12-31",
  ...changes,
});
const policy = (changes: Partial<FleetPolicy> = {}): FleetPolicy => ({
  environmentLabel: "environment",
  rules: {},
  exemptions: [],
  source: { file: "policy.yaml", line: 1 },
  ...changes,
});
const found: Found = {
  rule: "no-host-path",
  site: "porto",
  violation: { resource: "DaemonSet room/thing", field: "f", value: "v", limit: "l", message: "m" },
};
const verdictOn = (today: string, given: FleetPolicy | undefined, labels: Record<string, string> = {}) =>
  judge(rules, [found], { policy: given, today, siteNamed: () => aSite({ labels }) })[0];

describe("a rule's level", () => {
  const chosen = (level: "advisory" | undefined, environments: Record<string, "disabled">) =>
    policy({ rules: { "no-host-path": { level, environments, settings: {} } } });

  const cases: [string, FleetPolicy | undefined, string | undefined, string][] = [
    ["is its own where nobody says anything", undefined, undefined, "mandatory"],
    ["is the fleet's", chosen("advisory", {}), undefined, "advisory"],
    [
      "is the fleet's for the environment before that for all",
      chosen("advisory", { lab: "disabled" }),
      "lab",
      "disabled",
    ],
    ["is the fleet's for all in another environment", chosen("advisory", { lab: "disabled" }), "shop", "advisory"],
  ];
  for (const [title, given, environment, level] of cases) {
    it(title, () => expect(levelOf(rule, given, environment)).to.equal(level));
  }

  it("by environment is the rule's own if it has one", () => {
    const soft = { ...rule, levels: { lab: "advisory" as const } };
    expect([levelOf(soft, undefined, "lab"), levelOf(soft, undefined, "shop")]).to.deep.equal([
      "advisory",
      "mandatory",
    ]);
  });

  it("goes by the label that the fleet names", () => {
    const given = { ...chosen(undefined, { lab: "disabled" }), environmentLabel: "stage" };
    expect(verdictOn("2026-11-28", given, { stage: "lab" })).to.equal(undefined);
    expect(verdictOn("2026-11-28", given, { environment: "lab" })?.level).to.equal("mandatory");
  });
});

describe("an exemption", () => {
  const meant = (changes: Partial<Exemption>) =>
    exemptionFor([exemption(changes)], found, "2026-11-28").exemption !== undefined;

  const cases: [string, Partial<Exemption>, boolean][] = [
    ["for all sites and resources", {}, true],
    ["of another rule", { rule: "no-privileged" }, false],
    ["for the site", { sites: ["vigo", "porto"] }, true],
    ["for another site", { sites: ["vigo"] }, false],
    ["for the resource", { resources: ["DaemonSet room/thing"] }, true],
    ["for resources of a namespace", { resources: ["* room/*"] }, true],
    ["for the beginning of a name only", { resources: ["DaemonSet room/th"] }, false],
    ["for a pattern whose ends overlap", { resources: ["DaemonSet room/thing*room/thing"] }, false],
  ];
  for (const [title, changes, holds] of cases) {
    it(`${title} ${holds ? "lets it be" : "does not"}`, () => expect(meant(changes)).to.equal(holds));
  }

  it("holds on its last day and not on the next, whatever that is", () => {
    const iso = (days: number) => new Date(Date.UTC(2026, 0, 1 + days)).toISOString().slice(0, 10);
    fc.assert(
      fc.property(fc.nat(3000), fc.integer({ min: -400, max: 400 }), (end, distance) => {
        const given = policy({ exemptions: [exemption({ until: iso(end) })] });
        const verdict = verdictOn(iso(end + distance), given)!;
        expect(stops(verdict)).to.equal(distance > 0);
        expect(verdict.ended !== undefined).to.equal(distance > 0);
      }),
    );
  });

  it("that is over does not hide one that holds", () => {
    const given = policy({ exemptions: [exemption({ until: "2026-01-01" }), exemption({ owner: "other" })] });
    const verdict = verdictOn("2026-11-28", given);
    expect([verdict?.exemption?.owner, verdict?.ended]).to.deep.equal(["other", undefined]);
  });
});

describe("a violation that is advice yet", () => {
  it("stops nothing, also of a rule that must be kept", () => {
    const soft = { ...found, violation: { ...found.violation, advisory: "not locked" } };
    const [verdict] = judge(rules, [soft], { policy: undefined, today: "2026-11-28", siteNamed: () => undefined });
    expect(verdict?.level).to.equal("advisory");
  });
});
