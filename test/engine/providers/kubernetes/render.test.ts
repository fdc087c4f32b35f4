import { expect } from "chai";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { Secret, Unknown } from "../../../../engine/property/value";
import type { PropertyMap } from "../../../../engine/property/value";
import { manifestPath } from "../../../../engine/providers/kubernetes/manifestFile";
import { kubernetesProvider } from "../../../../engine/providers/kubernetes/provider";
import type { ConfiguredProvider } from "../../../../engine/providers/provider";
import { recordedResources, recordingContext } from "../recording";

const seed = new Uint8Array(32).fill(7);
const configMapType = "kubernetes:core/v1:ConfigMap";

describe("the kubernetes provider in render mode", () => {
  let folder: string;
  let provider: ConfiguredProvider;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "edgewave-render-"));
    provider = await configured();
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const configured = async (settings: PropertyMap = {}): Promise<ConfiguredProvider> =>
    await kubernetesProvider().configure(
      { renderYamlToDirectory: path.join(folder, "out"), ...settings },
      recordingContext(),
    );
  const check = async (type: string, news: PropertyMap, olds: PropertyMap = {}, context = recordingContext()) =>
    (await provider.check({ urn: "u", type, name: "config", olds, news, randomSeed: seed }, context)).inputs;
  const create = async (type: string, inputs: PropertyMap, context = recordingContext()) =>
    await provider.create({ urn: "u", type, name: "config", inputs, timeout: 0, preview: false }, context);
  const configMap = (metadata: PropertyMap, data: PropertyMap = {}): PropertyMap => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata,
    data,
  });

  it("creates what the official provider recorded: ids, outputs, files and messages", async () => {
    const files = [
      "apps_v1-statefulset-gitea-gitea.yaml",
      "source.toolkit.fluxcd.io_v1-gitrepository-flux-system-fleet.yaml",
      "v1-configmap-gitea-config.yaml",
      "v1-namespace-default-gitea.yaml",
      "v1-secret-gitea-admin.yaml",
    ];
    const messages: string[] = [];
    for (const recorded of await recordedResources("render", "2-up")) {
      if (recorded.type.startsWith("pulumi:")) continue;
      const context = recordingContext();
      const created = await provider.create({ ...recorded, timeout: 0, preview: false }, context);
      expect(created.id).to.equal(recorded.id);
      expect(created.outputs["__fieldManager"]).to.match(/^pulumi-kubernetes-[0-9a-f]{8}$/);
      const same = { ...created.outputs, __fieldManager: recorded.outputs["__fieldManager"] };
      expect(same).to.deep.equal(recorded.outputs);
      messages.push(...context.logged.map(({ severity, message }) => `${severity}: ${message.replace(folder, "")}`));
    }
    expect((await readdir(path.join(folder, "out/1-manifest"))).sort()).to.deep.equal(files);
    expect(await readdir(path.join(folder, "out/0-crd"))).to.deep.equal([]);
    expect(messages.sort()).to.deep.equal([
      ...files.map((file) => `info: rendered /out/1-manifest/${file}`),
      "warning: rendered file /out/1-manifest/v1-secret-gitea-admin.yaml contains a secret value in plaintext",
    ]);
    const secret = parse(await readFile(path.join(folder, "out/1-manifest", files[4] ?? ""), "utf8")) as unknown;
    expect(secret).to.deep.equal({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "admin", namespace: "gitea" },
      data: { password: "aHVudGVyMg==" },
    });
  });

  it("finds what the official provider recorded between two runs", async () => {
    const after = await recordedResources("render", "5-up-changed");
    const found: Record<string, unknown> = {};
    for (const old of await recordedResources("render", "2-up")) {
      const now = after.find((one) => one.urn === old.urn);
      if (now === undefined || old.type.startsWith("pulumi:")) continue;
      const request = {
        ...old,
        oldInputs: old.inputs,
        oldOutputs: old.outputs,
        newInputs: now.inputs,
        ignoreChanges: [],
      };
      const { changes, ...rest } = await provider.diff(request, recordingContext());
      if (changes === "some") found[old.name] = rest;
    }
    expect(found).to.deep.equal({
      config: {
        diffs: [],
        replaces: ['data["app.ini"]'],
        stables: [],
        deleteBeforeReplace: true,
        detailedDiff: { 'data["app.ini"]': { kind: "update-replace", inputDiff: false } },
      },
    });
  });

  it("rewrites a file on update and keeps the field manager and first version", async () => {
    const created = await create(configMapType, await check(configMapType, configMap({ name: "c" }, { a: "1" })));
    const newInputs = await check(configMapType, configMap({ name: "c" }, { a: "2" }));
    const request = {
      urn: "u",
      type: configMapType,
      id: created.id,
      oldInputs: {},
      oldOutputs: created.outputs,
      newInputs,
    };
    const updated = await provider.update(
      { ...request, ignoreChanges: [], timeout: 0, preview: false },
      recordingContext(),
    );
    const file = path.join(folder, "out/1-manifest/v1-configmap-default-c.yaml");
    expect(await readFile(file, "utf8")).to.include('a: "2"');
    expect(updated.outputs).to.include({
      __fieldManager: created.outputs["__fieldManager"],
      __initialApiVersion: "v1",
    });
  });

  it("removes a file on delete, and does not mind one that is gone", async () => {
    const { id, outputs } = await create(configMapType, await check(configMapType, configMap({ name: "c" })));
    const file = path.join(folder, "out/1-manifest/v1-configmap-default-c.yaml");
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    const request = { urn: "u", type: configMapType, id, inputs: {}, outputs, timeout: 0 };
    const context = recordingContext();
    await provider.delete(request, context);
    expect(await readdir(path.dirname(file))).to.deep.equal([]);
    expect(context.logged).to.deep.equal([{ severity: "info", message: `deleted ${file}`, ephemeral: true }]);
    await provider.delete(request, recordingContext());
  });

  it("writes nothing in a preview", async () => {
    const inputs = await check(configMapType, configMap({ name: "c" }, { a: Unknown.value }));
    const request = { urn: "u", type: configMapType, name: "config", inputs, timeout: 0, preview: true };
    expect(await provider.create(request, recordingContext())).to.deep.equal({ id: "", outputs: inputs });
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it("starts a relative folder at the project's", async () => {
    const relative = await kubernetesProvider().configure({ renderYamlToDirectory: "here" }, recordingContext());
    const inputs = await check(configMapType, configMap({ name: "c" }));
    const request = { urn: "u", type: configMapType, name: "config", inputs, timeout: 0, preview: false };
    await relative.create(request, recordingContext({ directory: folder }));
    expect(await readdir(path.join(folder, "here/1-manifest"))).to.deep.equal(["v1-configmap-default-c.yaml"]);
  });

  describe("check", () => {
    it("names an object after its resource and its seed, and keeps the name", async () => {
      const inputs = await check(configMapType, configMap({}));
      const metadata = inputs["metadata"] as PropertyMap;
      expect(metadata["name"]).to.match(/^config-[0-9a-f]{8}$/);
      expect(metadata).to.deep.include({ namespace: "default", annotations: { "pulumi.com/autonamed": "true" } });
      expect(await check(configMapType, configMap({}))).to.deep.equal(inputs);
      expect((await check(configMapType, configMap({ labels: { a: "b" } }), inputs))["metadata"]).to.deep.equal({
        ...metadata,
        labels: { a: "b" },
      });
    });

    it("leaves a name and a namespace that are not known yet", async () => {
      const metadata = { name: Unknown.value, namespace: Unknown.value };
      expect((await check(configMapType, configMap(metadata)))["metadata"]).to.deep.equal(metadata);
    });

    it("puts an object into the provider's namespace, but not what lives in none", async () => {
      provider = await configured({ namespace: "edge" });
      const housed = async (type: string, object: PropertyMap) =>
        ((await check(type, { ...object, metadata: { name: "n" } }))["metadata"] as PropertyMap)["namespace"];
      expect(await housed(configMapType, { apiVersion: "v1", kind: "ConfigMap" })).to.equal("edge");
      expect(await housed("kubernetes:core/v1:Namespace", { apiVersion: "v1", kind: "Namespace" })).to.equal(undefined);
      const custom = { apiVersion: "a.b/v1", kind: "K" };
      expect(await housed("kubernetes:a.b/v1:K", custom)).to.equal("edge");
      await check("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: "ks.a.b" },
        spec: { group: "a.b", names: { kind: "K" }, scope: "Cluster" },
      });
      expect(await housed("kubernetes:a.b/v1:K", custom)).to.equal(undefined);
    });

    it("labels objects only without server-side apply, and those that have the label", async () => {
      const labels = async (olds: PropertyMap = {}) =>
        ((await check(configMapType, configMap({ name: "n" }), olds))["metadata"] as PropertyMap)["labels"];
      const label = { "app.kubernetes.io/managed-by": "pulumi" };
      expect(await labels()).to.equal(undefined);
      expect(await labels(configMap({ name: "n", labels: label }))).to.deep.equal(label);
      provider = await configured({ enableServerSideApply: "false" });
      expect(await labels()).to.deep.equal(label);
      expect(await labels(configMap({ name: "n" }))).to.equal(undefined);
    });

    it("keeps secrets where they are, a list's as a whole, and warns of them", async () => {
      const context = recordingContext();
      const inputs = await check(
        "kubernetes:a.b/v1:K",
        {
          apiVersion: "a.b/v1",
          kind: "K",
          metadata: { name: "n", namespace: "x" },
          spec: { token: new Secret("s3cret"), plain: 1, list: ["a", new Secret("b")] },
        },
        {},
        context,
      );
      expect(inputs["spec"]).to.deep.equal({ token: new Secret("s3cret"), plain: 1, list: new Secret(["a", "b"]) });
      expect(context.logged).to.deep.equal([
        { severity: "warning", message: "rendered YAML will contain a secret value in plaintext", ephemeral: false },
      ]);
    });

    it("keeps a Secret's data secret, whoever gave it", async () => {
      const inputs = await check("kubernetes:core/v1:Secret", {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "n" },
        stringData: { a: "hunter2" },
      });
      expect(inputs["data"]).to.deep.equal(new Secret({ a: "aHVudGVyMg==" }));
      expect(inputs).not.to.have.property("stringData");
    });

    for (const [type, object, code] of [
      ["kubernetes:core/v1:ConfigMapList", {}, "EDGE-KUBERNETES-001"],
      ["kubernetes:core/v1:ConfigMapPatch", { kind: "ConfigMap" }, "EDGE-KUBERNETES-021"],
      ["kubernetes:helm.sh/v3:Release", {}, "EDGE-KUBERNETES-002"],
      ["kubernetes:yaml/v2:ConfigFile", {}, "EDGE-KUBERNETES-002"],
      [configMapType, { kind: "ConfigMap", metadata: { generateName: "a-" } }, "EDGE-KUBERNETES-004"],
    ] as const) {
      it(`refuses ${type} ${Object.keys(object).join(" ")} with ${code}`, async () => {
        const message = await check(type, object as PropertyMap).catch((error: Error) => error.message);
        expect(message).to.include(code);
      });
    }
  });

  for (const [field, object] of [
    ["metadata.name", configMap({ name: "../../etc/passwd" })],
    ["metadata.namespace", configMap({ name: "n", namespace: "a/b" })],
    ["kind", { apiVersion: "v1", kind: "../K", metadata: { name: "n" } }],
    ["metadata.name", configMap({ name: "a\\b" })],
    ["metadata.name", configMap({})],
  ] as const) {
    it(`writes no file for a ${field} that cannot be part of its name`, () => {
      expect(() => manifestPath("/out", object as PropertyMap)).to.throw(`EDGE-KUBERNETES-005: ${field}`);
    });
  }

  it("keeps an API version with a path in it within the folder", () => {
    expect(manifestPath("/out", { apiVersion: "../x/v1", kind: "K", metadata: { name: "n" } })).to.equal(
      "/out/1-manifest/.._x_v1-k-default-n.yaml",
    );
  });

  it("puts definitions into a folder of their own", () => {
    const object = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "ks.a.b" },
    };
    expect(manifestPath("/out", object)).to.equal(
      "/out/0-crd/apiextensions.k8s.io_v1-customresourcedefinition-default-ks.a.b.yaml",
    );
  });

  it("reads nothing from a cluster it does not know", async () => {
    const request = { urn: "u", type: configMapType, name: "c", id: "default/c", inputs: {}, outputs: {} };
    const message = await provider.read(request, recordingContext()).catch((error: Error) => error.message);
    expect(message).to.include("EDGE-KUBERNETES-006");
  });

  it("serves yaml:decode and refuses Helm by name", async () => {
    const { result } = await provider.invoke(
      "kubernetes:yaml:decode",
      { text: "kind: A\napiVersion: v1" },
      recordingContext(),
    );
    expect(result).to.deep.equal({ result: [{ kind: "A", apiVersion: "v1" }] });
    const helm = provider.invoke("kubernetes:helm:template", {}, recordingContext());
    expect(await helm.catch((error: Error) => error.message)).to.include("EDGE-KUBERNETES-008");
  });
});

describe("the kubernetes provider's settings", () => {
  const provider = kubernetesProvider();
  const failures = async (news: PropertyMap) =>
    (await provider.checkConfig({ urn: "u", type: "t", name: "n", olds: {}, news, randomSeed: seed })).failures.map(
      (failure) => failure.property,
    );
  const replaces = async (oldInputs: PropertyMap, newInputs: PropertyMap) =>
    (
      await provider.diffConfig({
        urn: "u",
        type: "t",
        id: "i",
        oldInputs,
        oldOutputs: {},
        newInputs,
        ignoreChanges: [],
      })
    ).replaces;
  const kubeconfig = (server: string, extra = ""): string =>
    `current-context: c\ncontexts: [{name: c, context: {cluster: k}}]\nclusters: [{name: k, cluster: {server: ${server}}}]\n${extra}`;

  it("do not mix rendering with a cluster", async () => {
    expect(await failures({ renderYamlToDirectory: "out", context: "a", cluster: "b", kubeconfig: "c" })).to.deep.equal(
      ["kubeconfig", "context", "cluster"],
    );
    expect(await failures({ alwaysRender: "true" })).to.deep.equal(["alwaysRender"]);
    expect(await failures({ renderYamlToDirectory: "out", alwaysRender: true })).to.deep.equal([]);
  });

  it("replace the provider for another folder or another cluster, not for another user of the same", async () => {
    expect(await replaces({ renderYamlToDirectory: "a" }, { renderYamlToDirectory: "b" })).to.deep.equal([
      "renderYamlToDirectory",
    ]);
    expect(await replaces({ kubeconfig: kubeconfig("a") }, { kubeconfig: kubeconfig("b") })).to.deep.equal([
      "kubeconfig",
    ]);
    expect(await replaces({ kubeconfig: kubeconfig("a") }, { kubeconfig: kubeconfig("a", "users: []") })).to.deep.equal(
      [],
    );
    const same = { clusterIdentifier: "id" };
    expect(
      await replaces({ kubeconfig: kubeconfig("a"), ...same }, { kubeconfig: kubeconfig("b"), ...same }),
    ).to.deep.equal([]);
    expect(await replaces({ clusterIdentifier: "a" }, { clusterIdentifier: "b" })).to.deep.equal(["clusterIdentifier"]);
  });

  it("let a provider without a folder serve functions, and refuse every resource by name", async () => {
    const clusterless = await provider.configure({}, recordingContext());
    const request = { urn: "urn:x", type: configMapType, name: "n", olds: {}, news: {}, randomSeed: seed };
    const message = await clusterless.check(request, recordingContext()).catch((error: Error) => error.message);
    expect(message).to.include("EDGE-KUBERNETES-003").and.include("urn:x").and.include("renderYamlToDirectory");
    const { result } = await clusterless.invoke("kubernetes:yaml:decode", { text: "" }, recordingContext());
    expect(result).to.deep.equal({ result: [] });
  });

  it("write every object on every run if told so", async () => {
    const always = await provider.configure({ renderYamlToDirectory: "out", alwaysRender: true }, recordingContext());
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "n", namespace: "x" } };
    const request = {
      urn: "u",
      type: configMapType,
      id: "i",
      oldInputs: object,
      oldOutputs: { ...object, __inputs: object },
    };
    const found = await always.diff({ ...request, newInputs: object, ignoreChanges: [] }, recordingContext());
    expect(found).to.deep.include({ changes: "some", replaces: [], detailedDiff: {} });
  });
});
