import { expect } from "chai";
import type { FleetPolicy } from "../../../fleet/policy";
import { cutForSite } from "../../../gitops/cut";
import { siteObjects } from "../../../gitops/overrides/siteObjects";
import type { Additions } from "../../../gitops/render/additions";
import { renderRelease } from "../../../gitops/render/release";
import { platformServices } from "../../../gitops/render/services";
import { rules } from "../../../policy/rules";
import { aLock, aRelease, aSite } from "../../support/fleet";

describe("the fleet's policies on a site", () => {
  interface Policy {
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
    readonly spec: {
      readonly failurePolicy?: string;
      readonly validationActions?: readonly string[];
      readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[];
      readonly validations?: readonly { readonly expression: string }[];
    };
  }
  const rendered = (additions: Additions, site = aSite(), release = aRelease()): readonly Policy[] =>
    siteObjects(cutForSite(renderRelease(release, [site], additions), site.name), site.name)
      .map(({ object }) => object as unknown as Policy)
      .filter(({ kind }) => kind === "ClusterPolicy" || kind === "ValidatingPolicy");
  const policies = (imageSigning?: { publicKeys: readonly string[]; images: readonly string[] }) =>
    rendered({ imageSigning });
  const named = (all: readonly Policy[], name: string) => all.find(({ metadata }) => metadata.name === name);
  const policy = (changes: Partial<FleetPolicy>): FleetPolicy => ({
    environmentLabel: "environment",
    rules: {},
    exemptions: [],
    source: { file: "policy.yaml", line: 1 },
    ...changes,
  });

  it("are those that admission can enforce of the rules that check and CrossGuard have", () => {
    const names = rules.filter(({ admission }) => admission !== undefined).map(({ name }) => name);
    expect(names).to.include("image-through-bastion").and.include("no-privileged");
    expect(policies().map(({ metadata }) => metadata.name)).to.have.members(names);
  });

  it("judge what runs beside the platform, and never the platform itself", () => {
    const key = { publicKeys: ["KEY"], images: ["registry.example/*"] };
    for (const { metadata, spec } of policies(key)) {
      const text = JSON.stringify(spec);
      for (const namespace of ["kube-system", "flux-system", "monitoring", "site-report"]) {
        expect(text, metadata.name).to.include(namespace);
      }
    }
  });

  it("know the registries that the release has, and the bastion's", () => {
    const text = named(policies(), "image-through-bastion")?.spec.validations?.[0]?.expression;
    for (const registry of ["docker.io", "ghcr.io", "quay.io", "bastion.porto.harbours.example:5000"]) {
      expect(text).to.include(`${registry.replaceAll(".", "\\\\.")}/`);
    }
  });

  it("deny what is mandatory, by the fleet's own levels and the site's environment, unless the fleet only audits", () => {
    const actions = (additions: Additions, site = aSite(), release = aRelease()) =>
      Object.fromEntries(
        rendered(additions, site, release).map(({ metadata, spec }) => [metadata.name, spec.validationActions?.[0]]),
      );
    expect(actions({})).to.include({ "no-privileged": "Deny", "image-by-digest": "Audit" });
    expect(actions({}, aSite(), aRelease({ lock: aLock() }))).to.include({ "image-by-digest": "Deny" });
    const chosen = policy({
      rules: {
        "no-privileged": { level: undefined, environments: { lab: "advisory" }, settings: {} },
        "no-host-path": { level: "disabled", environments: {}, settings: {} },
      },
    });
    expect(actions({ policy: chosen }))
      .to.include({ "no-privileged": "Deny" })
      .and.not.have.property("no-host-path");
    expect(actions({ policy: chosen }, aSite({ labels: { environment: "lab" } }))).to.include({
      "no-privileged": "Audit",
      "no-host-namespaces": "Deny",
    });
    expect(new Set(Object.values(actions({ policy: policy({ admission: "audit" }) })))).to.deep.equal(
      new Set(["Audit"]),
    );
  });

  it("leave be what is exempt at the site, until the exemption's last day is over by the site's clock", () => {
    const exemption = { resources: ["DaemonSet legacy/*"], reason: "The crane's driver", owner: "crane team" };
    const exempt = policy({
      exemptions: [
        { ...exemption, rule: "no-host-path", sites: [], until: "2027-12-31" },
        { ...exemption, rule: "no-host-path", sites: ["lagos"], until: "2028-02-28" },
      ],
    });
    const found = named(rendered({ policy: exempt }), "no-host-path");
    expect(found?.metadata.annotations["edgewave.dev/exemptions"]).to.equal(
      "DaemonSet legacy/* until 2027-12-31: The crane's driver (crane team)",
    );
    const text = found?.spec.matchConditions?.map(({ expression }) => expression).join("\n");
    expect(text).to.include("time.now() < timestamp('2028-01-01T00:00:00Z')").and.not.include("2028-02");
    expect(JSON.stringify(named(rendered({ policy: exempt }), "no-privileged"))).not.to.include("time.now()");
  });

  it("let a site with one Kyverno start its pods while it is away, and none past two of them", () => {
    const failing = (profile: "micro" | "mini" | "standard" | "ha-edge") =>
      new Set(
        rendered({}, aSite({ profile }))
          .filter(({ kind }) => kind === "ValidatingPolicy")
          .map(({ spec }) => spec.failurePolicy),
      );
    expect([...failing("micro")]).to.deep.equal(["Ignore"]);
    expect([...failing("mini")]).to.deep.equal(["Ignore"]);
    expect([...failing("standard")]).to.deep.equal(["Fail"]);
    expect([...failing("ha-edge")]).to.deep.equal(["Fail"]);
  });

  it("are applied after Kyverno, which brings their definitions", () => {
    const service = platformServices.find(({ name }) => name === "kyverno-policies");
    expect(service?.after).to.deep.equal(["kyverno"]);
  });

  it("ask for signatures by key and without a transparency log, where the fleet has keys", () => {
    expect(policies().map(({ metadata }) => metadata.name)).not.to.include("signed-images");
    const key = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
    const signed = policies({ publicKeys: [key], images: ["registry.example/*"] }).find(
      ({ metadata }) => metadata.name === "signed-images",
    ) as unknown as {
      spec: { rules: { verifyImages: { attestors: { entries: unknown[] }[]; required: boolean }[] }[] };
    };
    const [verify] = signed.spec.rules[0]?.verifyImages ?? [];
    expect(verify?.required).to.equal(true);
    expect(verify?.attestors[0]?.entries).to.deep.equal([
      { keys: { publicKeys: key, rekor: { ignoreTlog: true }, ctlog: { ignoreSCT: true } } },
    ]);
  });
});
