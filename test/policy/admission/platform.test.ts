import { expect } from "chai";
import path from "node:path";
import { siteResources } from "../../../check/siteResources";
import type { Fleet, ProfileName, ResolvedSite } from "../../../fleet/model";
import { readFleet } from "../../../fleet/read";
import { platformNamespaces } from "../../../gitops/render/platformNamespaces";
import { isManifests } from "../../../gitops/render/service";
import { platformServices } from "../../../gitops/render/services";
import { refusedBy } from "../../../policy/admission/evaluate";
import { exemptionFor } from "../../../policy/judging/exemptions";
import { levelOf, settingsOf } from "../../../policy/judging/level";
import { podSource } from "../../../policy/objects/pods";
import { kubernetesObject, titleOf, type Resource } from "../../../policy/resource";
import { rules } from "../../../policy/rules";
import { allowedBy } from "../../../policy/rules/conditions";
import { profileNames } from "../../components/samples";
import { deployment } from "../support";

const harbours = path.join(__dirname, "../../../examples/harbours");
const today = "2026-11-28";

/** What mandatory rules at admission would refuse of an object, by their own verdict. */
function refusals(fleet: Fleet, site: ResolvedSite, resource: Resource, except: readonly string[]): readonly string[] {
  const release = fleet.releases[0]!;
  const { policy } = fleet;
  return rules.flatMap((rule) => {
    if (levelOf(rule, policy, undefined) === "advisory" || rule.softens === true) return [];
    return (rule.admission?.conditionsAt({ site, release }) ?? []).flatMap((condition) => {
      const settings = settingsOf(rule, policy);
      const named = condition.allowed === undefined ? [] : allowedBy({ settings }, condition.allowed);
      const allowed = [...named, ...except.map((namespace) => `${namespace}/*`)];
      const subject = { rule: rule.name, site: site.name, violation: { resource: titleOf(resource) } };
      if (exemptionFor(policy?.exemptions ?? [], subject, today).exemption !== undefined) return [];
      return refusedBy(condition, resource, allowed).map(
        ({ value }) => `${rule.name}: ${titleOf(resource)}: ${condition.path.join(".")} is ${JSON.stringify(value)}`,
      );
    });
  });
}

describe("what edgewave brings to a site, at the site's own admission", function () {
  this.timeout(240_000);
  let fleet: Fleet;
  const resources = new Map<ProfileName, readonly Resource[]>();
  const siteOf = (profile: ProfileName) => fleet.sites.find((site) => site.profile === profile)!;

  before(async () => {
    fleet = (await readFleet(harbours)).fleet as Fleet;
    for (const profile of profileNames) {
      const site = siteOf(profile);
      const args = { site, release: fleet.releases[0]!, fleet, signers: [], outputDirectory: "/nowhere" };
      resources.set(profile, await siteResources(args));
    }
  });

  for (const profile of profileNames) {
    it(`is never refused on ${profile}: no object that is rendered, with or without the platform's exclusion`, () => {
      const all = resources.get(profile) ?? [];
      const pods = all.filter((resource) => podSource(resource) !== undefined);
      expect(pods.length).to.be.greaterThan(5);
      const site = siteOf(profile);
      expect(all.flatMap((resource) => refusals(fleet, site, resource, platformNamespaces))).to.deep.equal([]);
      // Namespaces without their named list are refused; pods that are written here keep to the rules by themselves.
      expect(pods.flatMap((resource) => refusals(fleet, site, resource, []))).to.deep.equal([]);
    });

    it(`has its pods on ${profile} in namespaces that are never judged, those that charts make too`, () => {
      const all = resources.get(profile) ?? [];
      const namespaces = all.flatMap((resource) => {
        const object = kubernetesObject(resource);
        if (object?.kind === "Namespace") return [object.name];
        return podSource(resource) === undefined ? [] : [object?.namespace ?? ""];
      });
      expect(platformNamespaces).to.include.members(namespaces);
    });
  }

  it("is all of the platform's services, on whatever site", () => {
    const own = platformServices.flatMap((service) =>
      isManifests(service) ? (service.namespace ?? []) : service.namespace,
    );
    expect(platformNamespaces).to.include.members(own);
  });

  it("does not let anybody else do the same", () => {
    const privileged = deployment({ container: { securityContext: { privileged: true } } });
    expect(refusals(fleet, siteOf("micro"), privileged, platformNamespaces).join("\n"))
      .to.include("no-privileged: Deployment room/thing")
      .and.include("securityContext.privileged is true");
  });
});
