import { expect } from "chai";
import { placeOf } from "../../check/place";
import { assembleFleet } from "../../fleet/assemble";
import { builtInKnowledge } from "../../fleet/knowledge";
import type { Violation } from "../../policy/rule";
import { harboursFiles } from "../support/harboursFiles";

describe("where a violation's value comes from", () => {
  const { fleet, positions } = assembleFleet(harboursFiles(), builtInKnowledge);
  const place = (rule: string, changes: Partial<Violation>, site = "vigo") => {
    const violation = { resource: "r", field: "f", value: "v", limit: "l", message: "m", ...changes };
    const { file, line } = placeOf({ rule, site, level: "mandatory", violation }, fleet!, positions, "2026.11.0");
    const text = harboursFiles()
      .find((one) => one.path === file)!
      .text.split("\n")[line - 1]!;
    return `${file}: ${text.trim()}`;
  };
  const site = (...path: (string | number)[]) => ({ from: { document: "site" as const, path: ["spec", ...path] } });

  it("is the site's own word", () => {
    expect(place("certificate-lifetime", site("link", "maxOutage"))).to.equal("sites/vigo.yaml: maxOutage: 72h");
    expect(place("node-budget", site("nodes", 0, "memory"))).to.equal("sites/vigo.yaml: memory: 8Gi");
  });

  it("is the fleet's default where the site says nothing", () => {
    expect(place("local-ntp", site("network", "ntpServers"))).to.match(/^fleet\.yaml: ntpServers: /);
  });

  it("is the nearest that the site says where both say nothing", () => {
    expect(place("x", site("bastion", "host"))).to.equal("sites/vigo.yaml: bastion:");
  });

  it("is the release's, the rollout's or the fleet's where the rule names them", () => {
    const release = { document: "release" as const, name: "2026.11.0", path: ["spec", "kubernetes"] };
    expect(place("end-of-support", { from: release })).to.equal("releases/2026.11.0.yaml: kubernetes: 1.35.4");
    const rollout = { document: "rollout" as const, name: "autumn", path: ["spec", "release"] };
    expect(place("one-release-per-wave", { from: rollout })).to.equal("rollouts/autumn.yaml: release: 2026.11.0");
    expect(place("x", { from: { document: "fleet", path: ["spec", "domain"] } })).to.equal(
      "fleet.yaml: domain: harbours.example",
    );
  });

  it("is found by the value itself: the longest text of the files that stands in it", () => {
    expect(place("image-by-digest", { value: '"docker.gitea.com/gitea:1.26.1-rootless"' })).to.equal(
      "releases/2026.11.0.yaml: gitea: 1.26.1",
    );
    expect(place("no-outside-url", { value: '"https://git.hub.harbours.example/x"' })).to.equal(
      "fleet.yaml: gitUrl: https://git.hub.harbours.example",
    );
    expect(place("x", { value: "10.10.8.11:80" })).to.equal("sites/vigo.yaml: address: 10.10.8.11");
  });

  it("is what decides the most where nothing else is known", () => {
    expect(place("no-privileged", { value: "true" })).to.equal("sites/vigo.yaml: profile: micro");
    expect(place("image-in-catalog", { value: "x" })).to.equal("releases/2026.11.0.yaml: components:");
    expect(place("licence-allowed", { value: "x" }, undefined)).to.equal("releases/2026.11.0.yaml: components:");
  });
});
