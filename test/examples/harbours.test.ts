import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { imageReference } from "../../catalog";
import type { Fleet } from "../../fleet/model";
import { readFleet } from "../../fleet/read";
import { planWaves } from "../../rollout/planWaves";

const folder = path.join(__dirname, "..", "..", "examples", "harbours");

describe("the harbours", () => {
  let fleet: Fleet;
  before(async () => {
    const read = await readFleet(folder);
    expect(read.findings).to.deep.equal([]);
    expect(read.fleet).to.not.equal(undefined);
    fleet = read.fleet as Fleet;
  });

  const count = (key: "profile" | "architecture" | "region") => {
    const counts: Record<string, number> = {};
    for (const site of fleet.sites) counts[site[key]] = (counts[site[key]] ?? 0) + 1;
    return counts;
  };

  it("are 24 sites of all profiles and both architectures in three regions", () => {
    expect(fleet.sites).to.have.lengthOf(24);
    expect(count("profile")).to.deep.equal({ micro: 10, mini: 8, standard: 4, "ha-edge": 2 });
    expect(count("architecture")).to.deep.equal({ amd64: 16, arm64: 8 });
    expect(count("region")).to.deep.equal({ atlantic: 8, "north-sea": 8, mediterranean: 8 });
  });

  it("have a file each, named like the site", () => {
    expect(readdirSync(path.join(folder, "sites")).sort()).to.deep.equal(
      fleet.sites.map((site) => `${site.name}.yaml`),
    );
  });

  it("are only rendered", () => {
    expect(new Set(fleet.sites.map((site) => site.target))).to.deep.equal(new Set(["render"]));
  });

  it("have two without a link, for reasons and since days", () => {
    const offline = fleet.sites.filter((site) => site.offline !== undefined);
    expect(offline.map((site) => site.name)).to.deep.equal(["lerwick", "ponta-delgada"]);
    for (const site of offline) {
      expect(site.offline?.reason).to.not.be.empty;
      expect(site.offline?.since).to.match(/^2026-\d\d-\d\d$/);
    }
  });

  it("have one release, which is not locked: images are named by tag", () => {
    const [release, ...others] = fleet.releases;
    expect(others).to.deep.equal([]);
    expect(release?.lock).to.equal(undefined);
    expect(imageReference(release!, "arm64", "gitea", "gitea")).to.equal("docker.gitea.com/gitea:1.26.1-rootless");
  });

  it("roll out by a canary of two, a quarter, and the rest", () => {
    const plan = planWaves(fleet.sites, fleet.rollouts[0]!);
    expect(plan.waves.map((wave) => [wave.name, wave.sites.length, wave.canary])).to.deep.equal([
      ["canary", 2, true],
      ["quarter", 6, false],
      ["rest", 16, false],
    ]);
    expect(plan.maxConcurrency).to.equal(4);
    expect(plan.unassigned).to.deep.equal([]);
  });

  it("have small online canaries, one of each architecture", () => {
    const [canary] = planWaves(fleet.sites, fleet.rollouts[0]!).waves;
    const sites = fleet.sites.filter((site) => canary?.sites.includes(site.name));
    expect(sites.map((site) => site.architecture).sort()).to.deep.equal(["amd64", "arm64"]);
    for (const site of sites) {
      expect(site.profile).to.equal("micro");
      expect(site.offline).to.equal(undefined);
    }
  });

  it("name a schema that is there in the first line of each file", () => {
    const files = [
      "fleet.yaml",
      ...["sites", "releases", "rollouts"].flatMap((name) =>
        readdirSync(path.join(folder, name)).map((file) => `${name}/${file}`),
      ),
    ];
    for (const file of files) {
      const [first = ""] = readFileSync(path.join(folder, file), "utf8").split("\n");
      const schema = /^# yaml-language-server: \$schema=(.+)$/.exec(first)?.[1];
      expect(schema, file).to.match(/\/docs\/schema\/(fleet|site|release|rollout)\.json$/);
      const target = path.resolve(folder, path.dirname(file), schema ?? "");
      expect(JSON.parse(readFileSync(target, "utf8")), file).to.have.property("properties");
    }
  });
});
