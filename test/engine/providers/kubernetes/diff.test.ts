import { expect } from "chai";
import { Secret, Unknown } from "../../../../engine/property/value";
import type { PropertyMap } from "../../../../engine/property/value";
import { diffObject } from "../../../../engine/providers/kubernetes/diff";
import { touches } from "../../../../engine/providers/kubernetes/replace";

const fixed = { configMaps: false, secrets: false };

describe("diffObject", () => {
  const diff = (
    before: PropertyMap,
    after: PropertyMap,
    { live = before, mutability = fixed, ignoreChanges = [] as string[], defined = new Map<string, "Cluster">() } = {},
  ) =>
    diffObject(
      {
        urn: "u",
        type: "t",
        id: "i",
        oldInputs: before,
        oldOutputs: { ...live, __inputs: before, __initialApiVersion: "v1", __fieldManager: "f" },
        newInputs: after,
        ignoreChanges,
      },
      defined,
      mutability,
    );
  const object = (apiVersion: string, kind: string, rest: PropertyMap): PropertyMap => ({
    apiVersion,
    kind,
    metadata: { name: "n", namespace: "ns" },
    ...rest,
  });
  const configMap = (rest: PropertyMap): PropertyMap => object("v1", "ConfigMap", rest);

  for (const [title, apiVersion, kind, before, after, path, change] of [
    [
      "a ConfigMap's data",
      "v1",
      "ConfigMap",
      { data: { "a.b": "1" } },
      { data: { "a.b": "2" } },
      'data["a.b"]',
      "update-replace",
    ],
    ["a key more in a ConfigMap", "v1", "ConfigMap", { data: {} }, { data: { a: "1" } }, "data", "add-replace"],
    ["a Secret's type", "v1", "Secret", { type: "a" }, { type: "b" }, "type", "update-replace"],
    [
      "a Deployment's replicas",
      "apps/v1",
      "Deployment",
      { spec: { replicas: 1 } },
      { spec: { replicas: 2 } },
      "spec.replicas",
      "update",
    ],
    [
      "a Deployment's selector",
      "apps/v1",
      "Deployment",
      { spec: { selector: { matchLabels: { a: "b" } } } },
      { spec: { selector: { matchLabels: { a: "c" } } } },
      "spec.selector.matchLabels.a",
      "update-replace",
    ],
    [
      "a StatefulSet's claims",
      "apps/v1",
      "StatefulSet",
      { spec: { volumeClaimTemplates: [{ metadata: { name: "a" } }] } },
      { spec: { volumeClaimTemplates: [{ metadata: { name: "b" } }] } },
      "spec.volumeClaimTemplates[0].metadata.name",
      "update-replace",
    ],
    [
      "a StatefulSet's image",
      "apps/v1",
      "StatefulSet",
      { spec: { template: { spec: { containers: [{ name: "c", image: "a" }] } } } },
      { spec: { template: { spec: { containers: [{ name: "c", image: "b" }] } } } },
      "spec.template.spec.containers[0].image",
      "update",
    ],
    [
      "a Job's template",
      "batch/v1",
      "Job",
      { spec: { template: { spec: { restartPolicy: "Never" } } } },
      { spec: { template: { spec: { restartPolicy: "OnFailure" } } } },
      "spec.template.spec.restartPolicy",
      "update-replace",
    ],
    [
      "a Service's cluster IP",
      "v1",
      "Service",
      { spec: { clusterIP: "10.0.0.1" } },
      { spec: { clusterIP: "None" } },
      "spec.clusterIP",
      "update-replace",
    ],
    [
      "a Service's ports",
      "v1",
      "Service",
      { spec: { ports: [{ port: 80 }] } },
      { spec: { ports: [{ port: 80 }, { port: 81 }] } },
      "spec.ports[1]",
      "add",
    ],
    [
      "a Pod's image",
      "v1",
      "Pod",
      {
        spec: {
          containers: [
            { name: "a", image: "x" },
            { name: "b", image: "x" },
          ],
        },
      },
      {
        spec: {
          containers: [
            { name: "a", image: "x" },
            { name: "b", image: "y" },
          ],
        },
      },
      "spec.containers[1].image",
      "update-replace",
    ],
    [
      "a binding's role",
      "rbac.authorization.k8s.io/v1",
      "RoleBinding",
      { roleRef: { kind: "Role", name: "a", apiGroup: "g" } },
      { roleRef: { kind: "Role", name: "b", apiGroup: "g" } },
      "roleRef.name",
      "update-replace",
    ],
    ["a custom resource's field", "a.b/v1", "K", { spec: { x: 1 } }, { spec: { x: 2 } }, "spec.x", "update"],
    ["a field gone", "a.b/v1", "K", { spec: { x: 1, y: 2 } }, { spec: { x: 1 } }, "spec.y", "delete"],
    ["a value not known yet", "a.b/v1", "K", { spec: { x: 1 } }, { spec: { x: Unknown.value } }, "spec.x", "update"],
  ] as const) {
    it(`finds ${change} for ${title}`, () => {
      const found = diff(
        object(apiVersion, kind, before as PropertyMap),
        object(apiVersion, kind, after as PropertyMap),
      );
      expect(found.detailedDiff).to.deep.equal({ [path]: { kind: change, inputDiff: change.startsWith("delete") } });
      expect(found.replaces).to.deep.equal(change.endsWith("-replace") ? [path] : []);
      expect(found.deleteBeforeReplace).to.equal(change.endsWith("-replace"));
    });
  }

  it("replaces for another name or namespace, and needs not delete first", () => {
    for (const metadata of [
      { name: "other", namespace: "ns" },
      { name: "n", namespace: "other" },
    ]) {
      const found = diff(configMap({}), { ...configMap({}), metadata });
      expect(found.replaces).to.have.length(1);
      expect(found.deleteBeforeReplace).to.equal(false);
    }
  });

  it("needs not delete an object first whose name it made up", () => {
    const metadata = { name: "n-1", namespace: "ns", annotations: { "pulumi.com/autonamed": "true" } };
    const found = diff(
      { ...configMap({ data: { a: "1" } }), metadata },
      { ...configMap({ data: { a: "2" } }), metadata },
    );
    expect(found.replaces).to.deep.equal(["data.a"]);
    expect(found.deleteBeforeReplace).to.equal(false);
  });

  it("updates a ConfigMap in place if that is on, unless it is immutable", () => {
    const change = (immutable: boolean) =>
      diff(configMap({ data: { a: "1" }, immutable }), configMap({ data: { a: "2" }, immutable }), {
        mutability: { configMaps: true, secrets: false },
      }).replaces;
    expect(change(false)).to.deep.equal([]);
    expect(change(true)).to.deep.equal(["data.a"]);
  });

  it("does not see what others added to the live object, but what they changed of ours", () => {
    const inputs = configMap({ data: { a: "1" } });
    const added = { ...inputs, data: { a: "1", b: "2" }, status: { x: 1 } };
    expect(diff(inputs, inputs, { live: added }).changes).to.equal("none");
    const changed = { ...inputs, data: { a: "3" } };
    expect(Object.keys(diff(inputs, inputs, { live: changed }).detailedDiff ?? {})).to.deep.equal(["data.a"]);
  });

  it("takes no namespace for default, and a namespace of what lives in none for none", () => {
    const bare = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "n" } };
    const housed = { ...bare, metadata: { name: "n", namespace: "default" } };
    expect(diff(bare, housed).changes).to.equal("none");
    const role = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "n", namespace: "x" },
    };
    expect(diff(role, { ...role, metadata: { name: "n" } }).changes).to.equal("none");
    const custom = { apiVersion: "a.b/v1", kind: "K", metadata: { name: "n", namespace: "x" } };
    const without = { ...custom, metadata: { name: "n" } };
    expect(diff(custom, without).changes).to.equal("some");
    expect(diff(custom, without, { defined: new Map([["a.b/K", "Cluster"]]) }).changes).to.equal("none");
  });

  it("leaves ignored paths out", () => {
    const found = diff(configMap({ data: { a: "1" } }), configMap({ data: { a: "2" } }), { ignoreChanges: ["data.a"] });
    expect(found).to.deep.include({ changes: "none", replaces: [], detailedDiff: {} });
  });

  it("takes neither another spelling nor secrecy for a change", () => {
    const limits = (cpu: string): PropertyMap =>
      object("v1", "Pod", { spec: { containers: [{ name: "c", resources: { limits: { cpu } } }] } });
    expect(diff(limits("1"), limits("1000m")).changes).to.equal("none");
    expect(diff(configMap({ data: { a: "1" } }), configMap({ data: { a: new Secret("1") } })).changes).to.equal("none");
  });
});

describe("touches", () => {
  for (const [field, path, value, expected] of [
    [".spec.template", ["spec", "template", "spec"], null, true],
    [".spec.template", ["spec"], { template: {} }, true],
    [".spec.template", ["spec"], { other: {} }, false],
    [".spec.template", ["spec"], null, false],
    [".spec.templates", ["spec", "template"], {}, false],
    [".spec.containers[*].image", ["spec", "containers", 3, "image"], "x", true],
    [".spec.containers[*].image", ["spec", "containers"], [{ name: "a" }, { image: "x" }], true],
    [".spec.containers[*].image", ["spec", "containers", 0, "name"], "x", false],
  ] as const) {
    it(`says ${expected} for ${field} at ${path.join(".")} with ${JSON.stringify(value)}`, () => {
      expect(touches(field, path, value)).to.equal(expected);
    });
  }
});
