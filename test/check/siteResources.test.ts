import { expect } from "chai";
import { findInSite } from "../../check/findInSite";
import { siteResources } from "../../check/siteResources";
import { stops, judge } from "../../policy/judging/judge";
import { rules } from "../../policy/rules";
import { architectures, profileNames } from "../components/samples";
import { aFleet, aLock, aRelease, aSite } from "../support/fleet";

const fleet = aFleet();
const argsOf = (site: ReturnType<typeof aSite>) => ({
  site,
  release: aRelease(),
  fleet,
  signers: [],
  outputDirectory: "/nowhere/at/all",
});

describe("a site's resources, built without contact", function () {
  this.timeout(240_000);

  it("are those of its stack and those of its Git, with all that is secret marked", async () => {
    const resources = await siteResources(argsOf(aSite()));
    const types = new Set(resources.map(({ type }) => type));
    expect([...types]).to.include.members([
      "kubernetes:apps/v1:StatefulSet",
      "tls:index/locallySignedCert:LocallySignedCert",
      "command:local:Command",
      "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease",
      "edgewave:git:HelmValues",
    ]);
    const outputs = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
    expect(outputs?.secrets).to.include.members(["registryTls", "gitAdministratorPassword", "secretManifests"]);
    const request = resources.find(({ name }) => name === "images-registry-request");
    expect(request?.secrets).to.deep.equal(["privateKeyPem"]);
  });

  it("are the same for the same site, and of that site alone", async () => {
    const first = await siteResources(argsOf(aSite()));
    const other = await siteResources(argsOf(aSite({}, 1)));
    const again = await siteResources(argsOf(aSite()));
    expect(JSON.stringify(first)).to.not.include("site-1.harbours.example");
    expect(JSON.stringify(other)).to.not.include("porto.harbours.example");
    const sorted = (resources: typeof first) => resources.map((one) => JSON.stringify(one)).sort();
    expect(sorted(again)).to.deep.equal(sorted(first));
  });

  it("break no rule, whatever the profile and the architecture", async () => {
    for (const profile of profileNames) {
      for (const architecture of architectures) {
        const site = aSite({ profile, architecture });
        const shared = {
          fleet,
          policy: undefined,
          releases: [aRelease()],
          today: "2026-11-28",
          manifests: new Map<string, string>(),
          out: "/nowhere",
        };
        const { found, failure } = await findInSite(shared, { site, release: "2026.11.0" });
        expect(failure, profile).to.equal(undefined);
        const verdicts = judge(rules, found, { policy: undefined, today: "2026-11-28", siteNamed: () => site });
        // Three brokers share the two workers that a standard site has at the least.
        const known = profile === "standard" ? ["replicas-fit-topology"] : [];
        expect(
          verdicts.filter(stops).map(({ rule }) => rule),
          `${profile} on ${architecture}`,
        ).to.deep.equal(known);
      }
    }
  });

  it("are judged for every target, without asking a cluster or a host", async () => {
    const shared = {
      fleet,
      policy: undefined,
      releases: [aRelease({ lock: aLock() })],
      today: "2026-11-28",
      manifests: new Map<string, string>(),
      out: "/nowhere",
    };
    for (const target of ["render", "cluster", "field"] as const) {
      const site = aSite({ target });
      const { found, failure } = await findInSite(shared, { site, release: "2026.11.0" });
      expect(failure, target).to.equal(undefined);
      const verdicts = judge(rules, found, { policy: undefined, today: "2026-11-28", siteNamed: () => site });
      expect(
        verdicts.filter(stops).map(({ violation }) => violation.message),
        target,
      ).to.deep.equal([]);
    }
  });

  it("are an answer too where a site cannot be built", async () => {
    const shared = {
      fleet,
      policy: undefined,
      releases: [],
      today: "2026-11-28",
      manifests: new Map<string, string>(),
      out: "/nowhere",
    };
    const answer = await findInSite(shared, { site: aSite(), release: "2026.11.0" });
    expect(answer).to.deep.equal({ site: "porto", found: [], failure: "there is no release 2026.11.0" });
  });
});
