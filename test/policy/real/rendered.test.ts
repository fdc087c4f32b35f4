import { expect } from "chai";
import path from "node:path";
import { siteResources } from "../../../check/siteResources";
import type { Fleet } from "../../../fleet/model";
import type { FleetPolicy } from "../../../fleet/policy";
import { readFleet } from "../../../fleet/read";
import { cutForSite } from "../../../gitops/cut";
import { siteObjects } from "../../../gitops/overrides/siteObjects";
import { renderRelease } from "../../../gitops/render/release";
import { podSource } from "../../../policy/objects/pods";
import { kubernetesObject } from "../../../policy/resource";
import { profileNames } from "../../components/samples";
import { aRelease, aSite } from "../../support/fleet";
import { digest } from "../support";
import { kyverno, refusedByKyverno } from "./kyverno";

const harbours = path.join(__dirname, "../../../examples/harbours");

/** The policies that Flux applies at a site. */
function policiesAt(site = aSite(), policy?: FleetPolicy, release = aRelease()): readonly object[] {
  return siteObjects(cutForSite(renderRelease(release, [site], { policy }), site.name), site.name)
    .map(({ object }) => object)
    .filter(({ kind }) => kind === "ValidatingPolicy");
}

const asksTheNode = {
  containers: [
    {
      name: "driver",
      image: `ghcr.io/a/b:1@${digest}`,
      resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "1", memory: "1Gi" } },
      securityContext: { privileged: false, allowPrivilegeEscalation: false },
    },
  ],
  volumes: [{ name: "dev", hostPath: { path: "/dev" } }],
};
const controlled = {
  selector: { matchLabels: { a: "b" } },
  template: { metadata: { labels: { a: "b" } }, spec: asksTheNode },
};
const made = (kind: string, name: string, namespace: string, spec: object) => ({
  apiVersion: kind === "Pod" ? "v1" : "apps/v1",
  kind,
  metadata: { name, namespace },
  spec,
});
const ownedBy = (kind: string, owner: string, name: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "legacy", ownerReferences: [{ apiVersion: "apps/v1", kind, name: owner, uid: "1" }] },
  spec: asksTheNode,
});

(kyverno === undefined ? describe.skip : describe)(
  `the policies that Flux applies at a site, by Kyverno's own command line${kyverno === undefined ? " (not built: npm run test:real)" : ""}`,
  function () {
    this.timeout(600_000);

    for (const profile of profileNames) {
      it(`refuse nothing that edgewave brings to ${profile}, and what others must not do`, async () => {
        const fleet = (await readFleet(harbours)).fleet as Fleet;
        const release = fleet.releases[0]!;
        const site = fleet.sites.find((one) => one.profile === profile)!;
        const args = { site, release, fleet, signers: [], outputDirectory: "/nowhere" };
        const objects = (await siteResources(args))
          .filter((one) => podSource(one) !== undefined || kubernetesObject(one)?.kind === "Namespace")
          .map((one) => ({ ...(one.props as object) }));
        const foreign = made("DaemonSet", "foreign", "room", controlled);
        // What a chart may make in a namespace of the platform.
        const unseen = made("DaemonSet", "unseen", "loki", controlled);
        const policies = policiesAt(site, fleet.policy, release);
        const refused = await refusedByKyverno(policies, [...objects, foreign, unseen]);
        expect(Object.fromEntries(refused)).to.deep.equal({ "DaemonSet foreign": ["no-host-path"] });
      });
    }

    it("leave be what is exempt and the pods that it makes, and no more once the exemption's last day is over", async () => {
      const objects = [
        made("DaemonSet", "crane", "legacy", controlled),
        made("DaemonSet", "crane-2", "elsewhere", controlled),
        made("Deployment", "crane-3", "legacy", controlled),
        ownedBy("DaemonSet", "crane", "crane-x1"),
        ownedBy("StatefulSet", "crane", "crane-0"),
        ownedBy("ReplicaSet", "gate-5b7d", "gate-5b7d-x"),
        ownedBy("ReplicaSet", "gates-5b7d", "gates-5b7d-x"),
      ];
      const until = (day: string): FleetPolicy => ({
        environmentLabel: "environment",
        rules: {},
        exemptions: [
          {
            rule: "no-host-path",
            sites: ["porto"],
            resources: ["DaemonSet legacy/*", "Deployment legacy/gate"],
            reason: "The crane's driver",
            owner: "crane team",
            until: day,
          },
        ],
        source: { file: "policy.yaml", line: 1 },
      });
      const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
      const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
      const refused = async (day: string) => [
        ...(await refusedByKyverno(policiesAt(aSite(), until(day)), objects)).keys(),
      ];
      const never = ["DaemonSet crane-2", "Deployment crane-3", "Pod crane-0", "Pod gates-5b7d-x"];
      expect(await refused(tomorrow)).to.have.members(never);
      expect(await refused(yesterday)).to.have.members([
        ...never,
        "DaemonSet crane",
        "Pod crane-x1",
        "Pod gate-5b7d-x",
      ]);
    });
  },
);
