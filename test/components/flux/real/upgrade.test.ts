import { expect } from "chai";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { customResourceDefinition } from "../../../../components/flux/crdSchema";
import { fluxKinds, type FluxKind } from "../../../../components/flux/crds";
import type { PropertyMap } from "../../../../engine/property/value";
import {
  describeControllers,
  describeReal,
  type Live,
  RealCluster,
} from "../../../engine/providers/kubernetes/real/cluster";
import { Kit } from "../../../engine/providers/kubernetes/real/kit";
import { PlayedKubelet } from "../../../engine/providers/kubernetes/real/kubelet";
import { PlayedProvisioner } from "../../../engine/providers/kubernetes/real/provisioner";
import { edgewave } from "../../../support/edgewave";
import { stages, steps, UpgradeStory } from "../upgradeStory";

const [older = "", newer = ""] = steps.at(-1) ?? [];
const definitionKind = ["apiextensions.k8s.io/v1", "CustomResourceDefinition"] as const;

describeControllers(`Flux ${older} that becomes ${newer} on a real API server`, function () {
  this.timeout(900_000);
  let folder: string;
  let cluster: RealCluster;
  let story: UpgradeStory;
  let provisioner: PlayedProvisioner;
  const kubelets: PlayedKubelet[] = [];
  const namespaces = ["gitea", "flux-system", "ingestion"];

  before(async () => {
    cluster = await RealCluster.get();
    await PlayedKubelet.addNode(cluster).catch(() => undefined);
    provisioner = await PlayedProvisioner.start(cluster, namespaces);
    for (const namespace of namespaces) kubelets.push(new PlayedKubelet(cluster, namespace));
    folder = await mkdtemp(path.join(tmpdir(), "edgewave-flux-upgrade-"));
    story = new UpgradeStory(folder, "cluster", older, newer);
    await mkdir(path.join(folder, "kubeconfigs"));
    await writeFile(path.join(folder, "kubeconfigs", "porto"), cluster.kubeconfig, { mode: 0o600 });
    await story.up("older");
  });
  after(async () => {
    const places = [
      "--fleet",
      folder,
      "--out",
      path.join(folder, "out"),
      "--engine",
      "embedded",
      "--json",
      "--yes",
      "--release",
      "2026.12.0",
    ];
    if (folder !== undefined) {
      const { code, stdout, stderr } = await edgewave(["site", "destroy", "porto", ...places]);
      expect(code, stdout + stderr).to.equal(0);
    }
    await Promise.all(kubelets.map((kubelet) => kubelet.stop()));
    await provisioner?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  /** Every object of Flux that has an identity of its own, with what may not change about it. */
  async function identities(): Promise<ReadonlyMap<string, string | undefined>> {
    const wanted = story.flux().flatMap(({ type, inputs }) => {
      const [, apiVersion = "", kind = ""] = /^kubernetes:([^:]+):(.+)$/.exec(type) ?? [];
      return kind === "" ? [] : [[apiVersion, kind, inputs.metadata?.name ?? ""] as const];
    });
    const found = new Map<string, string | undefined>();
    for (const [apiVersion, kind, name] of wanted) {
      const namespace = kind === "CustomResourceDefinition" || kind.startsWith("Cluster") ? "" : "flux-system";
      const live = await cluster.find(apiVersion.replace(/^core\//, ""), kind, namespace, name);
      found.set(`${kind}/${name}`, live?.metadata?.uid);
    }
    return found;
  }
  const theirs = [
    {
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      metadata: { name: "theirs", namespace: "flux-system" },
      spec: { url: "https://git.example/theirs.git", interval: "10m", suspend: true },
    },
    {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata: { name: "theirs", namespace: "flux-system" },
      spec: { interval: "10m", prune: true, sourceRef: { kind: "GitRepository", name: "theirs" } },
    },
    {
      apiVersion: "helm.toolkit.fluxcd.io/v2",
      kind: "HelmRelease",
      metadata: { name: "theirs", namespace: "flux-system" },
      spec: { interval: "10m", chartRef: { kind: "OCIRepository", name: "theirs" } },
    },
  ] as const;

  it("replaces nothing and keeps what is reconciled, its own and what others have made", async () => {
    const made = new Map<string, string | undefined>();
    for (const object of theirs) {
      const live: Live = await cluster.client().create<Live>(structuredClone(object) as unknown as Live);
      made.set(object.kind, live.metadata?.uid);
    }
    const before = await identities();
    expect([...before].filter(([, uid]) => uid === undefined)).to.deep.equal([]);
    expect(before.size).to.be.greaterThan(20);

    const changes = await story.up("newer");
    expect(changes).not.to.have.any.keys("delete", "replace", "create-replacement", "delete-replaced");
    const after = await identities();
    for (const [what, uid] of before) expect(after.get(what), what).to.equal(uid);
    for (const { apiVersion, kind, metadata, spec } of theirs) {
      const live = await cluster.find(apiVersion, kind, metadata.namespace, metadata.name);
      expect(live?.metadata?.uid, kind).to.equal(made.get(kind));
      expect(live?.spec, kind).to.deep.include(spec);
    }
  });

  it("runs each controller in its newer version, once all its definitions are there", async () => {
    const controllers = story.flux().filter(stages.controller);
    expect(controllers).to.have.length.greaterThan(2);
    for (const { inputs } of controllers) {
      const name = inputs.metadata?.name ?? "";
      const live = await cluster.find("apps/v1", "Deployment", "flux-system", name);
      expect(live?.spec, name).to.deep.include(JSON.parse(JSON.stringify({ replicas: 1 })));
      expect(live?.status, name).to.include({ updatedReplicas: 1, readyReplicas: 1 });
      expect(JSON.stringify(live?.spec), name).to.include(JSON.stringify(imageOf(inputs.spec)));
    }
  });

  it("stores every kind in the one version in which it was stored before", async () => {
    for (const kind of Object.values(fluxKinds).flat()) {
      const live = await cluster.find(...definitionKind, "", `${kind.plural}.${kind.group}`);
      if (live === undefined) continue;
      expect(live.status, kind.kind).to.deep.include({ storedVersions: [kind.version] });
    }
  });
});

function imageOf(spec: Record<string, unknown> | undefined): string {
  const { template } = spec as { template: { spec: { containers: readonly [{ image: string }] } } };
  return template.spec.containers[0].image;
}

describeReal("a definition of Flux that gains something", function () {
  this.timeout(240_000);
  let kit: Kit;
  before(async () => {
    kit = await Kit.make();
  });
  after(async () => await kit?.close());

  it("is changed in its place: what is stored of its kind stays, and gets the new default", async () => {
    const now = fluxKinds.source.find(({ kind }) => kind === "GitRepository")!;
    // Beside the site's own definitions, which other tests bring and take away.
    const group = `${kit.namespace}.test` as FluxKind["group"];
    const newest: FluxKind = { ...now, group, category: "test", shortNames: [] };
    const { timeout: _, ...without } = newest.defaults;
    const definition = (kind: FluxKind) => {
      const { metadata, spec } = customResourceDefinition(kind);
      return { apiVersion: definitionKind[0], kind: definitionKind[1], metadata, spec } as unknown as PropertyMap;
    };
    const type = "apiextensions.k8s.io/v1:CustomResourceDefinition";
    const { outputs } = await kit.create(type, definition({ ...newest, defaults: without }));
    const spec = { url: "https://git.example/x.git", interval: "10m" };
    await kit.create(`${group}/v1:GitRepository`, kit.object(`${group}/v1`, "GitRepository", "kept", { spec }));
    const find = () => kit.cluster.find(`${group}/v1`, "GitRepository", kit.namespace, "kept");
    const findDefinition = () => kit.cluster.find(...definitionKind, "", `gitrepositories.${group}`);
    const [object, defined] = [await find(), await findDefinition()];
    expect(object?.spec).not.to.have.property("timeout");

    expect(await kit.diff(type, outputs, definition(newest)))
      .to.have.property("replaces")
      .with.length(0);
    const updated = await kit.update(type, outputs, definition(newest));
    await kit.cluster.until(async () => ((await find())?.spec?.["timeout"] as unknown) === "60s" || undefined);
    expect((await find())?.metadata?.uid).to.equal(object?.metadata?.uid);
    expect((await findDefinition())?.metadata?.uid).to.equal(defined?.metadata?.uid);
    expect((await findDefinition())?.status).to.deep.include({ storedVersions: ["v1"] });
    await kit.delete(type, updated);
  });
});
