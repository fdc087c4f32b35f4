import { expect } from "chai";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { readCache, writeCache } from "../../check/cache";
import { checkFleet, type CheckInputs } from "../../check/checkFleet";
import { idleExemptions, namesInPolicy } from "../../check/policyProblems";
import { releaseChoice } from "../../check/releases";
import type { Fleet } from "../../fleet/model";
import type { FleetPolicy } from "../../fleet/policy";
import type { Violation } from "../../policy/rule";
import { withFolder } from "../support/edgewave";
import { aFleet, aRelease, aRollout, sites } from "../support/fleet";

const violation: Violation = {
  resource: "Deployment a/b",
  field: "f",
  value: "v",
  limit: "l",
  message: "Deployment a/b: f is v; l",
};
const policy: FleetPolicy = {
  environmentLabel: "environment",
  rules: {},
  exemptions: [],
  source: { file: "policy.yaml", line: 1 },
};

/** Checks a fleet whose sites all break `no-host-path`; tells which sites were built. */
async function run(fleet: Fleet, changes: Partial<CheckInputs> = {}) {
  const built: string[] = [];
  const check = await checkFleet({
    fleet,
    releaseOf: () => fleet.releases[0],
    today: "2026-11-28",
    programDigest: "a",
    manifests: new Map(),
    cached: new Map(),
    checkpointOf: () => undefined,
    build: async (requests, onAnswer) => {
      for (const { site } of requests) {
        built.push(site.name);
        onAnswer({ site: site.name, found: [{ rule: "no-host-path", site: site.name, violation }] });
      }
    },
    ...changes,
  });
  return { ...check, built };
}

describe("the check of a fleet", () => {
  const fleet = aFleet({ sites: sites(3) });

  it("builds every site once, and none again that has not changed", async () => {
    const first = await run(fleet);
    expect(first.built).to.deep.equal(["porto", "site-1", "site-2"]);
    const second = await run(fleet, { cached: first.cache });
    expect(second.built).to.deep.equal([]);
    expect(second.verdicts).to.deep.equal(first.verdicts);
  });

  const changed: [string, (first: Awaited<ReturnType<typeof run>>) => Promise<{ built: string[] }>, number][] = [
    [
      "one site's own inputs",
      ({ cache: cached }) =>
        run(
          { ...fleet, sites: sites(3, (index) => (index === 1 ? { link: { maxOutageHours: 48 } } : {})) },
          { cached },
        ),
      1,
    ],
    [
      "the release",
      ({ cache: cached }) => run({ ...fleet, releases: [aRelease({ components: { gitea: "1.25.4" } })] }, { cached }),
      3,
    ],
    ["the program or a rule", ({ cache: cached }) => run(fleet, { cached, programDigest: "b" }), 3],
    [
      "a setting of a rule",
      ({ cache: cached }) =>
        run(
          { ...fleet, policy: { ...policy, rules: { x: { level: undefined, environments: {}, settings: { a: 1 } } } } },
          { cached },
        ),
      3,
    ],
    [
      "what is judged beside the sites",
      ({ cache: cached }) => run(fleet, { cached, manifests: new Map([["a", "b"]]) }),
      3,
    ],
    [
      "one site's checkpoint",
      ({ cache: cached }) => run(fleet, { cached, checkpointOf: (site) => (site === "porto" ? "1" : undefined) }),
      1,
    ],
    [
      "only a level or an exemption",
      ({ cache: cached }) =>
        run(
          {
            ...fleet,
            policy: { ...policy, rules: { "no-host-path": { level: "advisory", environments: {}, settings: {} } } },
          },
          { cached },
        ),
      0,
    ],
    [
      "when a site may be changed, or that it has no link",
      ({ cache: cached }) =>
        run({ ...fleet, sites: sites(3, () => ({ offline: { reason: "x", since: "2026-01-01" } })) }, { cached }),
      0,
    ],
    [
      "the line that a site is written on",
      ({ cache: cached }) =>
        run({ ...fleet, sites: sites(3, () => ({ source: { file: "sites/all.yaml", line: 7 } })) }, { cached }),
      0,
    ],
  ];
  for (const [what, again, count] of changed) {
    it(`builds ${count === 0 ? "nothing" : count === 1 ? "one site" : "all sites"} again for ${what}`, async () => {
      expect((await again(await run(fleet))).built).to.have.length(count);
    });
  }

  it("applies levels and exemptions to what it has kept", async () => {
    const { cache } = await run(fleet);
    const exemptions = [
      { rule: "no-host-path", sites: ["porto"], resources: [], reason: "r", owner: "o", until: "2026-12-31" },
    ];
    const { verdicts, built } = await run({ ...fleet, policy: { ...policy, exemptions } }, { cached: cache });
    expect(built).to.deep.equal([]);
    expect(verdicts.map(({ exemption }) => exemption?.owner)).to.deep.equal(["o", undefined, undefined]);
  });

  it("keeps nothing of a site that cannot be built, and says why", async () => {
    const check = await run(fleet, {
      build: async (requests, onAnswer) =>
        requests.forEach(({ site }) =>
          onAnswer({ site: site.name, found: [], ...(site.name === "porto" ? { failure: "no" } : {}) }),
        ),
    });
    expect(check.failures).to.deep.equal([{ site: "porto", message: "no" }]);
    expect([...check.cache.keys()]).to.deep.equal(["site-1", "site-2"]);
  });
});

describe("what a check keeps", () => {
  it("is read as it was written, and is nothing where the file is missing or broken", () =>
    withFolder(async (folder) => {
      const file = path.join(folder, "check", "found.json");
      expect((await readCache(file)).size).to.equal(0);
      const { cache } = await run(aFleet());
      await writeCache(file, cache);
      expect(JSON.stringify([...(await readCache(file))])).to.equal(JSON.stringify([...cache]));
      for (const text of [
        "",
        "{",
        "[]",
        '{"sites":{"porto":{"key":1,"found":[]}}}',
        '{"sites":{"porto":{"key":"k","found":[{"rule":"x"}]}}}',
      ]) {
        await writeFile(file, text);
        expect((await readCache(file)).size, text).to.equal(0);
      }
    }));
});

describe("the release that a site is checked at", () => {
  const releases = [aRelease({ name: "2026.10.0" }), aRelease({ name: "2026.11.0" }), aRelease({ name: "2026.12.0" })];
  const only = (name: string) => ({ ...aRollout().selector, names: [name] });
  const fleet = aFleet({
    sites: sites(3),
    releases,
    rollouts: [
      aRollout({ name: "a", release: "2026.10.0" }),
      aRollout({ name: "b", release: "2026.11.0", selector: only("site-1") }),
    ],
  });

  it("is that of the newest rollout that selects it, or the newest of all", () => {
    const choose = releaseChoice(fleet, undefined);
    expect(fleet.sites.map((site) => choose(site)?.name)).to.deep.equal(["2026.10.0", "2026.11.0", "2026.10.0"]);
    expect(releaseChoice({ ...fleet, rollouts: [] }, undefined)(fleet.sites[0]!)?.name).to.equal("2026.12.0");
  });

  it("is the named one for all", () => {
    expect(releaseChoice(fleet, releases[2])(fleet.sites[1]!)?.name).to.equal("2026.12.0");
  });
});

describe("policy.yaml", () => {
  const exemption = { rule: "no-host-path", sites: [], resources: [], reason: "r", owner: "o", until: "2026-12-31" };
  const fleetWith = (changes: Partial<FleetPolicy>) => aFleet({ policy: { ...policy, ...changes } });
  const codes = (problems: readonly { code: string; path: readonly unknown[] }[]) =>
    problems.map(({ code, path: at }) => [code, at.join(".")]);

  it("names rules, settings and sites that are there", () => {
    const choice = { level: undefined, environments: {}, settings: { alowed: [] } };
    const wrong = fleetWith({
      rules: { "no-host-pat": { ...choice, settings: {} }, "no-host-path": choice },
      exemptions: [
        { ...exemption, rule: "nothing" },
        { ...exemption, sites: ["porto", "atlantis"] },
      ],
    });
    const problems = namesInPolicy(wrong);
    expect(codes(problems)).to.deep.equal([
      ["EDGE-POL-001", "spec.rules.no-host-pat"],
      ["EDGE-POL-002", "spec.rules.no-host-path.settings.alowed"],
      ["EDGE-POL-001", "spec.exemptions.0.rule"],
      ["EDGE-POL-003", "spec.exemptions.1.sites.1"],
    ]);
    expect(problems[0]?.hint).to.equal("Did you mean no-host-path?");
    expect(
      namesInPolicy(fleetWith({ rules: { "no-host-path": { ...choice, settings: { allowed: [] } } } })),
    ).to.deep.equal([]);
  });

  it("is told of exemptions that are over, and of those that nothing needs", async () => {
    const fleet = fleetWith({
      exemptions: [{ ...exemption, until: "2026-11-27" }, exemption, { ...exemption, rule: "no-harbor" }],
    });
    const { verdicts } = await run(fleet);
    expect(codes(idleExemptions(fleet, verdicts, "2026-11-28"))).to.deep.equal([
      ["EDGE-POL-004", "spec.exemptions.0.until"],
      ["EDGE-POL-005", "spec.exemptions.2"],
    ]);
  });
});
