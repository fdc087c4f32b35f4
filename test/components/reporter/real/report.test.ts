import { expect } from "chai";
import { KubeConfig, type KubernetesObject } from "@kubernetes/client-node";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { customResourceDefinition } from "../../../../components/flux/crdSchema";
import { fluxKinds } from "../../../../components/flux/crds";
import { rules } from "../../../../components/reporter/plan";
import type { SiteReport } from "../../../../probes/siteReport/form";
import { judge } from "../../../../probes/siteReport/judge";
import { objectsOf, rowsOf } from "../../../../probes/siteReport/parts";
import { readSiteReport, reportPlace } from "../../../../probes/siteReport/read";
import { rulesOf } from "../../../../probes/siteReport/rules";
import { describeReal, type Live, RealCluster } from "../../../engine/providers/kubernetes/real/cluster";
import { aSite } from "../../../support/fleet";
import { ReporterBench } from "../reporterBench";

const commit = "c0ffee".padEnd(40, "0");
const site = aSite();
const namespace = "flux-system";
const group = (name: string) => `/apis/${name}.toolkit.fluxcd.io`;
const at = {
  kustomization: `${group("kustomize")}/v1/namespaces/${namespace}/kustomizations/deploy`,
  repository: `${group("source")}/v1/namespaces/${namespace}/gitrepositories/deploy`,
  release: `${group("helm")}/v2/namespaces/${namespace}/helmreleases/loki`,
};

const condition = (type: string, status: string, reason: string, message: string, observedGeneration = 1) => ({
  ...{ type, status, reason, message, observedGeneration, lastTransitionTime: "2026-11-28T12:00:00Z" },
});
const ready = [condition("Ready", "True", "ReconciliationSucceeded", "Applied")];
const revision = `deploy@sha1:${commit}`;

describeReal("the reporter, with a real API server", function () {
  this.timeout(120_000);
  let cluster: RealCluster;
  let bench: ReporterBench;
  const made: KubernetesObject[] = [];
  const create = async (object: object) => void made.push(await cluster.client().create(object as KubernetesObject));

  before(async function () {
    cluster = await RealCluster.get();
    const guest = cluster.guestConfig;
    if (guest === undefined) {
      console.log("      skipped: the cluster that was given has no user without rights");
      return this.skip();
    }
    bench = await ReporterBench.make();
    const config = new KubeConfig();
    config.loadFromString(guest);
    const authority = Buffer.from(config.getCurrentCluster()!.caData!, "base64");
    writeFileSync(path.join(bench.root, "account", "ca.crt"), authority);
    writeFileSync(path.join(bench.root, "account", "token"), config.getCurrentUser()!.token!);
    bench.settings = { API: config.getCurrentCluster()!.server };

    const kinds = [fluxKinds.source[0]!, ...fluxKinds.kustomize, ...fluxKinds.helm];
    for (const kind of kinds) {
      const { metadata, spec } = customResourceDefinition(kind);
      // As it is: the client's own types of definitions have other names for the keys that begin with x-kubernetes.
      const definition = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata, spec };
      made.push(await cluster.send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition));
    }
    await create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    const metadata = { name: "site-reporter" };
    await create({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata, rules });
    await create({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "site-reporter" },
      subjects: [{ kind: "User", name: "guest", apiGroup: "rbac.authorization.k8s.io" }],
    });
    for (const { name } of site.nodes) {
      await create({ apiVersion: "v1", kind: "Node", metadata: { name } });
      await cluster.report(`/api/v1/nodes/${name}`, {
        conditions: [{ type: "Ready", status: "True", reason: "KubeletReady", message: "" }],
        nodeInfo: { kubeletVersion: "v1.35.4" },
      });
    }
    const object = (apiVersion: string, kind: string, name: string, spec: object) => ({
      ...{ apiVersion, kind, metadata: { name, namespace }, spec },
    });
    const sourceRef = { kind: "GitRepository", name: "deploy" };
    const url = "https://gitea/deploy/porto.git";
    const objects = [
      object("source.toolkit.fluxcd.io/v1", "GitRepository", "deploy", { interval: "30m", url }),
      object("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "deploy", { interval: "30m", prune: true, sourceRef }),
      object("helm.toolkit.fluxcd.io/v2", "HelmRelease", "loki", { interval: "30m" }),
    ];
    for (const one of objects) await cluster.until(async () => ((await served(one)) ? true : undefined));
  });
  /** A definition takes a moment until it is served. */
  async function served(object: object): Promise<boolean> {
    try {
      await create(object);
      return true;
    } catch (error) {
      if ((error as { code?: number }).code === 404) return false;
      throw error;
    }
  }
  after(async () => {
    for (const object of made.toReversed())
      await cluster
        .client()
        .delete(object)
        .catch(() => undefined);
    await bench?.stop();
  });

  async function reported(): Promise<SiteReport> {
    expect(await bench.run()).to.deep.include({ code: 0 });
    const place = reportPlace(path.join(bench.root, "git"), site.name);
    const reading = await readSiteReport(place, site.name, readFileSync(bench.signers, "utf8"));
    if (reading.kind !== "report") throw new Error(JSON.stringify(reading));
    return reading.report;
  }
  const judged = (report: SiteReport) =>
    judge({ kind: "report", report }, { commit, at: Date.now() - 60_000 }, Date.now(), rulesOf(site));

  it("tells by the server's own tables that nothing is applied yet, then that all is, then what failed", async () => {
    expect(judged(await reported()).state).to.equal("converging");

    await cluster.report(at.repository, { observedGeneration: 1, conditions: ready, artifact: { revision } });
    const applied = { lastAttemptedRevision: revision, lastAppliedRevision: revision };
    await cluster.report(at.kustomization, { observedGeneration: 1, conditions: ready, ...applied });
    const history = [{ chartVersion: "18.11.0", status: "deployed" }];
    await cluster.report(at.release, { observedGeneration: 1, conditions: ready, history });
    const report = await reported();
    expect(judged(report)).to.deep.include({ state: "converged", warnings: [] });
    const kustomizations = objectsOf(report.parts.kustomizations);
    expect("value" in kustomizations && kustomizations.value[0]).to.deep.include({
      spec: { suspend: undefined, sourceRef: { kind: "GitRepository", name: "deploy" } },
    });
    const releases = rowsOf(report.parts.helmReleases);
    expect("value" in releases && releases.value[0]).to.include({ Name: "loki", Chart: "18.11.0" });
    const nodes = rowsOf(report.parts.nodes);
    const own = "value" in nodes ? nodes.value.find(({ Name }) => Name === site.nodes[0]!.name) : undefined;
    expect(own).to.include({ Status: "Ready", Version: "v1.35.4" });

    const stalled = [
      condition("Stalled", "True", "RetriesExceeded", "no retries left"),
      condition("Ready", "False", "InstallFailed", "chart not found"),
    ];
    await cluster.report(at.release, { observedGeneration: 1, conditions: stalled });
    expect(judged(await reported())).to.deep.include({ state: "drifted" });
    expect(judged(await reported()).reason).to.match(/^HelmRelease flux-system\/loki: .*no retries left/);
  });

  it("may read nothing else, not even one node", async () => {
    const client = cluster.client(cluster.guestConfig);
    const refused = async (object: Live) =>
      await client.read(object as never).then(
        () => "read",
        (error: { code?: number }) => error.code,
      );
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "any", namespace } } as Live;
    expect(await refused(secret)).to.equal(403);
    expect(await refused({ apiVersion: "v1", kind: "Node", metadata: { name: site.nodes[0]!.name } } as Live)).to.equal(
      403,
    );
  });
});
