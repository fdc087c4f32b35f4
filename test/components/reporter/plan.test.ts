import { expect } from "chai";
import fc from "fast-check";
import { reporter, reportParts, reportSigner, siteReport } from "../../../components/reporter/address";
import { configData, cronJobSpec, networkPolicySpec, rules, scheduleOf } from "../../../components/reporter/plan";
import { queriesOf } from "../../../components/reporter/questions";
import { networkPolicySpec as giteaPolicy } from "../../../components/gitea/plan";
import { readAllowedSigners } from "../../../signing/allowedSigners";
import { kubePrometheusStack } from "../../../gitops/render/services/kubePrometheusStack";
import { profileOf, profiles, workloadsOf } from "../../../profiles";
import { aFleet, aRelease, aSite } from "../../support/fleet";
import { everySite } from "../samples";

const { hub } = aFleet();
const release = aRelease();
const jobOf = (site: ReturnType<typeof aSite>) => {
  const profile = profileOf(site.profile);
  return cronJobSpec(site, release, hub, profile, workloadsOf(profile)["site-reporter"]!);
};

describe("the site's reporter", () => {
  it("reports at a minute of its own, as often as the profile says", () => {
    for (const { reportMinutes } of profiles) {
      expect(60 % reportMinutes).to.equal(0);
      const offsets = new Set<string>();
      for (let index = 0; index < 200; index += 1) {
        const [, offset = "", every] = /^(\d+)-59\/(\d+) \* \* \* \*$/.exec(
          scheduleOf({ name: `site-${index}` }, { reportMinutes }),
        )!;
        expect(Number(offset)).to.be.below(reportMinutes);
        expect(Number(every)).to.equal(reportMinutes);
        offsets.add(offset);
      }
      expect(offsets.size).to.equal(reportMinutes);
    }
  });

  it("may list what it reports of, and nothing else", () => {
    expect(rules.flatMap(({ verbs }) => verbs)).to.deep.equal(["list", "list", "list", "list"]);
    expect(rules.flatMap(({ resources }) => resources)).to.deep.equal([
      "nodes",
      "gitrepositories",
      "kustomizations",
      "helmreleases",
    ]);
  });

  for (const { title, site } of everySite()) {
    it(`runs one job at a time without privileges, ended before its next turn, on ${title}`, () => {
      const job = jobOf(site);
      const { spec } = job.jobTemplate;
      expect(job.concurrencyPolicy).to.equal("Forbid");
      expect(spec.activeDeadlineSeconds).to.be.below(profileOf(site.profile).reportMinutes * 60);
      const [container] = spec.template.spec.containers;
      expect(container!.securityContext).to.include({ readOnlyRootFilesystem: true, privileged: false });
      expect(container!.image).to.match(/^docker\.gitea\.com\/gitea:/);
    });

    it(`has a query for each part that Prometheus answers on ${title}`, () => {
      const parts = Object.keys(configData(site, hub)).flatMap((key) => /^query\.(.+)$/.exec(key)?.[1] ?? []);
      expect(parts).to.have.length(5);
      expect(reportParts).to.include.members(parts);
    });
  }

  it("is given the hub's own authority as a file, if it has one, and starts anew with another", () => {
    const own = { ...hub, gitAuthority: "-----BEGIN CERTIFICATE-----" };
    const site = aSite();
    const profile = profileOf(site.profile);
    const template = (of: typeof hub) =>
      cronJobSpec(site, release, of, profile, workloadsOf(profile)["site-reporter"]!).jobTemplate.spec.template;
    const setting = (of: typeof hub) =>
      template(of).spec.containers[0]!.env.find(({ name }) => name === "HUB_AUTHORITY")?.value;
    expect(setting(hub)).to.equal("");
    expect(configData(site, hub)).not.to.have.property("hub-ca.pem");
    const file = setting(own)!;
    expect(configData(site, own)[file.split("/").at(-1)!]).to.equal(own.gitAuthority);
    expect(template(own).spec.containers[0]!.volumeMounts.map(({ mountPath }) => mountPath)).to.include(
      file.replace(/\/[^/]+$/, ""),
    );
    expect(template(own).metadata.annotations).not.to.deep.equal(template(hub).metadata.annotations);
  });

  it("starts anew when what it asks changes, and has no secret in what is plain", () => {
    const annotation = (site: ReturnType<typeof aSite>) =>
      jobOf(site).jobTemplate.spec.template.metadata.annotations["edgewave.dev/configuration"];
    const strimzi = aSite({ ingestion: { buffer: "strimzi" } });
    expect(annotation(aSite())).not.to.equal(annotation(strimzi));
    expect(queriesOf(strimzi).bufferMessages).to.include("records_lag");
    const environment = jobOf(aSite()).jobTemplate.spec.template.spec.containers[0]!.env.map(({ name }) => name);
    expect(environment).not.to.include.members(["PASSWORD", "TOKEN", "KEY"]);
  });

  it("is let in by Gitea, lets nobody in, and reaches the API server at its nodes", () => {
    const site = aSite({ profile: "standard" });
    const { ingress, egress } = networkPolicySpec(site, hub);
    expect(ingress).to.deep.equal([]);
    const addresses = site.nodes.filter(({ roles }) => roles.includes("control-plane")).map(({ address }) => address);
    for (const address of addresses) expect(JSON.stringify(egress)).to.include(`${address}/32`);
    expect(JSON.stringify(egress)).not.to.include('"0.0.0.0/0"}');
    expect(JSON.stringify(giteaPolicy(site, hub).ingress)).to.include(reporter.namespace);
  });

  it("asks the Prometheus that Flux installs, which scrapes what the report tells of", () => {
    const values = JSON.stringify(kubePrometheusStack.baseValues(release));
    expect(JSON.stringify(networkPolicySpec(aSite(), hub).egress)).to.include(`"${kubePrometheusStack.namespace}"`);
    expect(values).to.include('"podMetricsEndpoints":[{"port":"metrics"}]');
    expect(values).to.include('"podMetricsEndpoints":[{"port":"tcp-prometheus"}]');
    const { namespace } = kubePrometheusStack;
    const { env } = jobOf(aSite()).jobTemplate.spec.template.spec.containers[0]!;
    expect(env.find(({ name }) => name === "PROMETHEUS")?.value).to.include(`.${namespace}.svc:`);
  });

  it("lets its key sign reports of its own site alone", () => {
    const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGiHTpMqTbJVBhYIOMURXIVv2hBkQaNvOHvVpTq5oHKI";
    fc.assert(
      fc.property(fc.constantFrom("", " a comment", "\n"), (comment) => {
        const { signers, faults } = readAllowedSigners(reportSigner("porto", key + comment));
        expect(faults).to.deep.equal([]);
        expect(signers.map(({ principals, namespaces }) => [principals, namespaces])).to.deep.equal([
          ["porto", siteReport.namespace],
        ]);
      }),
    );
  });
});
