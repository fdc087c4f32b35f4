import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import type { Gate } from "../../../../fleet/gates";
import { createProbe } from "../../../../probes";
import { systemClock } from "../../../../rollout/clock";
import { gateProgress } from "../../../../rollout/gates/progress";
import { runGate } from "../../../../rollout/gates/runGate";
import { describeReal, type Live, RealCluster } from "../../../engine/providers/kubernetes/real/cluster";
import { aGate } from "../../../rollout/gates/aGate";
import { TestAuthority } from "../../../support/certificates";
import { aRequest, Bench, commit } from "../../request";
import { helmRelease, kustomization, node, revision } from "../objects";

/** The API servers' own pages are of ten: a site of twelve nodes takes two. */
const nodes = Array.from({ length: 12 }, (_, index) => `edge-${randomUUID().slice(0, 8)}-${index}`);
const namespace = `flux-${randomUUID().slice(0, 8)}`;

const flux = {
  kustomizations: { group: "kustomize.toolkit.fluxcd.io", version: "v1", kind: "Kustomization" },
  helmreleases: { group: "helm.toolkit.fluxcd.io", version: "v2", kind: "HelmRelease" },
} as const;
type FluxKind = keyof typeof flux;

/** As much of Flux's definitions as an API server needs to serve such objects: status is its controllers' own. */
function definition(plural: FluxKind): Live {
  const { group, version, kind } = flux[plural];
  const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          ...{ name: version, served: true, storage: true, subresources: { status: {} } },
          schema: { openAPIV3Schema: { type: "object", properties: { spec: open, status: open } } },
        },
      ],
    } as never,
  };
}

const collection = (plural: FluxKind) =>
  `/apis/${flux[plural].group}/${flux[plural].version}/namespaces/${namespace}/${plural}`;

describeReal("gates that ask a real API server", function () {
  this.timeout(120_000);
  let cluster: RealCluster;
  let bench: Bench;
  const mine: string[] = [];

  before(async () => {
    cluster = await RealCluster.get();
    bench = new Bench();
    await cluster.send("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
  });
  after(async () => {
    bench?.remove();
    for (const name of nodes) await cluster.send("DELETE", `/api/v1/nodes/${name}`);
    for (const at of mine.reverse()) await cluster.send("DELETE", at);
    await cluster.send("DELETE", `/api/v1/namespaces/${namespace}`);
  });

  const kubeconfigs = (text: string) => ({
    ...bench.options,
    kubeconfigOf: () => Promise.resolve({ text, trusted: false }),
  });
  const requestOf = (gate: Gate) =>
    aRequest(gate, {
      target: "cluster",
      nodes: nodes.map((name, index) => ({ ...aRequest(gate).site.nodes[0]!, name, address: `10.20.1.${11 + index}` })),
    });

  /** One answer, as the site's kubeconfig gets it. */
  async function ask(gate: Gate, kubeconfig = cluster.kubeconfig): Promise<string> {
    const { answer, detail } = await createProbe(kubeconfigs(kubeconfig)).check(
      requestOf(gate),
      AbortSignal.timeout(60_000),
    );
    return `${answer}: ${detail}`;
  }

  /** What becomes of a gate with no time left but for one look. */
  async function verdict(gate: Gate, kubeconfig: string): Promise<string> {
    const probe = createProbe(kubeconfigs(kubeconfig));
    const late = gateProgress(gate, Date.now() - gate.timeoutSeconds * 1000);
    const never = new AbortController().signal;
    const found = await runGate(
      late,
      (signal) => probe.check(requestOf(gate), signal),
      systemClock,
      () => undefined,
      never,
    );
    return `${found?.verdict}: ${found?.reason}`;
  }

  describe("nodesReady", () => {
    const gate = aGate("nodesReady");
    const [first = "", second = ""] = nodes;
    const ready = async (name: string, state: "True" | "False" | "Unknown") =>
      cluster.report(`/api/v1/nodes/${name}`, node(name, state).status);

    it("fails while no node has joined", async () => {
      expect(await ask(gate)).to.match(/^fail: 0 of 12 nodes are ready; edge-\S+: it is not in the cluster/);
    });

    it("fails while nodes have joined and say nothing yet", async () => {
      for (const name of nodes) {
        await cluster.send("POST", "/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata: { name } });
      }
      expect(await ask(gate)).to.match(/^fail: 0 of 12 nodes are ready; edge-\S+: it has no condition Ready/);
    });

    it("passes when each has said that it is ready, in as many pages as they take", async () => {
      for (const name of nodes) await ready(name, "True");
      expect(await ask(gate)).to.equal("pass: 12 of 12 nodes are ready");
    });

    it("fails with one that is not ready, and with one that is not heard of", async () => {
      await ready(first, "False");
      await ready(second, "Unknown");
      expect(await ask(gate)).to.equal(
        `fail: 10 of 12 nodes are ready; ${first}: Ready is False (KubeletNotReady): about KubeletNotReady, ` +
          `${second}: Ready is Unknown (NodeStatusUnknown): about NodeStatusUnknown`,
      );
      expect(await ask({ ...gate, minReady: { count: 10 } })).to.match(/^pass: 10 of 12/);
      await ready(first, "True");
      await ready(second, "True");
    });

    it("fails with one that is cordoned", async () => {
      const cordon = (unschedulable: boolean) =>
        cluster.send("PATCH", `/api/v1/nodes/${first}`, { spec: { unschedulable } }, "application/merge-patch+json");
      await cordon(true);
      expect(await ask(gate)).to.equal(`fail: 11 of 12 nodes are ready; ${first}: it is cordoned`);
      await cordon(false);
      expect(await ask(gate)).to.match(/^pass/);
    });
  });

  describe("fluxReady", () => {
    const gate = aGate("fluxReady", { namespaces: [namespace] });

    /** Puts an object there as a person would, and its status as a controller would. */
    async function put(
      plural: FluxKind,
      object: ReturnType<typeof kustomization | typeof helmRelease>,
    ): Promise<string> {
      const { group, version, kind } = flux[plural];
      const { metadata, spec, status } = object;
      const at = `${collection(plural)}/${metadata.name}`;
      const old = await cluster.send("GET", at);
      if (old.kind === kind) await cluster.send("PATCH", at, { spec }, "application/merge-patch+json");
      else {
        const made = { apiVersion: `${group}/${version}`, kind, metadata: { name: metadata.name, namespace }, spec };
        await cluster.send("POST", collection(plural), made);
        mine.push(at);
      }
      await cluster.report(at, status);
      return at;
    }

    it("waits while Flux is not installed", async function () {
      const served = (await cluster.send("GET", "/apis")) as Live & { groups: { name: string }[] };
      // A cluster that other tests have been in before may serve them already.
      if (served.groups.some(({ name }) => name === flux.kustomizations.group)) return this.skip();
      expect(await ask(gate)).to.equal(
        "inconclusive: the API server serves no Kustomizations: Flux is not installed yet",
      );
    });

    it("waits while nothing follows deploy", async () => {
      for (const plural of Object.keys(flux) as FluxKind[]) {
        const { group, version } = flux[plural];
        const at = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.${group}`;
        const there = await cluster.send("GET", at);
        if (there.kind !== "CustomResourceDefinition") {
          await cluster.send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition(plural));
          mine.push(at);
        }
        await cluster.until(async () => {
          const list = await cluster.send("GET", `/apis/${group}/${version}/${plural}`);
          return list.kind?.endsWith("List") === true ? list : undefined;
        });
      }
      expect(await ask(gate)).to.equal("inconclusive: no Kustomization follows the source deploy yet");
    });

    it("passes when all is ready at the promoted commit", async () => {
      await put("kustomizations", kustomization());
      await put("helmreleases", helmRelease({ generation: 1 }));
      expect(await ask(gate)).to.equal(`pass: 2 objects of Flux are ready at ${commit.slice(0, 12)}`);
    });

    it("waits while a commit of before is what was applied", async () => {
      const earlier = `deploy@sha1:${"0".repeat(40)}`;
      await put("kustomizations", kustomization({ attempted: earlier, applied: earlier }));
      expect(await ask(gate)).to.equal(
        `inconclusive: 1 of 2 not ready; Kustomization ${namespace}/deploy: it is at ${earlier}, not ${revision}`,
      );
      await put("kustomizations", kustomization());
    });

    it("waits for a generation, which the API server counts, that no controller has seen", async () => {
      const at = `${collection("helmreleases")}/loki`;
      await cluster.send("PATCH", at, { spec: { interval: "7m" } }, "application/merge-patch+json");
      const live = await cluster.send("GET", at);
      expect(live.metadata?.generation).to.equal(2);
      expect(await ask(gate)).to.equal(
        `inconclusive: 1 of 2 not ready; HelmRelease ${namespace}/loki: its controller has seen generation 1, not 2`,
      );
      await cluster.report(at, helmRelease({ generation: 2 }).status);
      expect(await ask(gate)).to.match(/^pass/);
    });

    it("fails with what has failed at its generation", async () => {
      await cluster.report(
        `${collection("helmreleases")}/loki`,
        helmRelease({
          generation: 2,
          conditions: [
            ["Stalled", "True", "RetriesExceeded"],
            ["Ready", "False", "UpgradeFailed"],
          ],
        }).status,
      );
      expect(await ask(gate)).to.match(new RegExp(`^fail: HelmRelease ${namespace}/loki: Stalled is True`));
      await cluster.report(`${collection("helmreleases")}/loki`, helmRelease({ generation: 2 }).status);
    });

    it("waits for what is being deleted and has not gone yet", async () => {
      const at = `${collection("helmreleases")}/loki`;
      const finalizers = (list: readonly string[] | null) =>
        cluster.send("PATCH", at, { metadata: { finalizers: list } }, "application/merge-patch+json");
      await finalizers(["finalizers.fluxcd.io/test"]);
      await cluster.send("DELETE", at);
      expect(await ask(gate)).to.equal(
        `inconclusive: 1 of 2 not ready; HelmRelease ${namespace}/loki: it is being deleted`,
      );
      await finalizers(null);
      expect(await ask(gate)).to.equal(`pass: 1 objects of Flux are ready at ${commit.slice(0, 12)}`);
    });
  });

  describe("without an answer to be had are inconclusive, never failed:", () => {
    const gates = [aGate("nodesReady"), aGate("fluxReady", { namespaces: [namespace] })];

    it("with a token that is wrong", async () => {
      const wrong = cluster.kubeconfig.replace(/"token":"[^"]+"/, '"token":"not-this-one"');
      expect(wrong).not.to.equal(cluster.kubeconfig);
      for (const gate of gates) {
        const found = await verdict(gate, wrong);
        expect(found).to.match(/^inconclusive: .*the API server answered 401 to \S+: Unauthorized$/);
        expect(found).not.to.contain("not-this-one");
      }
    });

    it("with a server that is not there", async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      await new Promise((closed) => server.close(closed));
      const elsewhere = cluster.kubeconfig.replace(/"server":"[^"]+"/, `"server":"https://127.0.0.1:${port}"`);
      expect(elsewhere).not.to.equal(cluster.kubeconfig);
      for (const gate of gates) expect(await verdict(gate, elsewhere)).to.match(/^inconclusive: .*ECONNREFUSED/);
    });

    it("with an authority that did not sign the server's certificate", async () => {
      const other = Buffer.from(new TestAuthority().cert).toString("base64");
      const strange = cluster.kubeconfig.replace(
        /"certificate-authority-data":"[^"]+"/,
        `"certificate-authority-data":"${other}"`,
      );
      expect(strange).not.to.equal(cluster.kubeconfig);
      for (const gate of gates) expect(await verdict(gate, strange)).to.match(/^inconclusive: .*certificate/);
    });

    it("with a user who may not look, until exactly that is granted", async function () {
      const { guestConfig } = cluster;
      if (guestConfig === undefined) return this.skip();
      const [nodesReady, fluxReady] = gates as [Gate, Gate];
      expect(await verdict(nodesReady, guestConfig)).to.match(
        /^inconclusive: .*answered 403 to \/api\/v1\/nodes: nodes is forbidden: User "guest" cannot list resource "nodes"/,
      );
      expect(await verdict(fluxReady, guestConfig)).to.match(
        /^inconclusive: .*answered 403 to \S+kustomizations: kustomizations\S+ is forbidden: User "guest" cannot list/,
      );
      const rbac = "/apis/rbac.authorization.k8s.io/v1";
      const name = `edgewave-gates-${namespace}`;
      await cluster.send("POST", `${rbac}/clusterroles`, {
        metadata: { name },
        rules: [
          { apiGroups: [""], resources: ["nodes"], verbs: ["list"] },
          ...(Object.keys(flux) as FluxKind[]).map((plural) => ({
            ...{ apiGroups: [flux[plural].group], resources: [plural], verbs: ["list"] },
          })),
        ],
      });
      await cluster.send("POST", `${rbac}/clusterrolebindings`, {
        metadata: { name },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
        subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "guest" }],
      });
      mine.push(`${rbac}/clusterroles/${name}`, `${rbac}/clusterrolebindings/${name}`);
      // The authorizer hears of it a moment later.
      const granted = await cluster.until(async () => {
        const found = await ask(nodesReady, guestConfig);
        return found.startsWith("pass") ? found : undefined;
      });
      expect(granted).to.equal("pass: 12 of 12 nodes are ready");
      expect(await ask(fluxReady, guestConfig)).to.match(/^pass/);
    });
  });
});
