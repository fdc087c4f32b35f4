import { expect } from "chai";
import { Unknown } from "../../../../engine/property/value";
import type { PropertyMap } from "../../../../engine/property/value";
import { normalized } from "../../../../engine/providers/kubernetes/normalize";

const pod = (container: PropertyMap, spec: PropertyMap = {}): PropertyMap => ({
  apiVersion: "v1",
  kind: "Pod",
  spec: { ...spec, containers: [{ name: "c", ...container }] },
});
const secret = (parts: PropertyMap): PropertyMap => ({ apiVersion: "v1", kind: "Secret", ...parts });

describe("normalized", () => {
  // Each was checked against client-go 0.36's conversion to types and back, as pulumi-kubernetes uses it.
  for (const [title, given, expected] of [
    [
      "writes quantities in canonical form, numbers included",
      pod({ resources: { limits: { cpu: "1000m", memory: "1024Mi" }, requests: { cpu: 1 } } }),
      pod({ resources: { limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "1" } } }),
    ],
    [
      "leaves out empty optional fields, but not those that say something when empty",
      pod({ stdin: false, env: [], args: [""] }, { hostNetwork: false, nodeSelector: {}, enableServiceLinks: false }),
      pod({ args: [""] }, { enableServiceLinks: false }),
    ],
    ["leaves out fields that the kind does not have", pod({ iamge: "x", image: "y" }), pod({ image: "y" })],
    [
      "leaves an object alone if a value does not fit",
      pod({ image: 1, stdin: false, resources: { limits: { cpu: "1000m" } } }),
      pod({ image: 1, stdin: false, resources: { limits: { cpu: "1000m" } } }),
    ],
    [
      "leaves an object with unknown values alone",
      pod({ image: Unknown.value, stdin: false }),
      pod({ image: Unknown.value, stdin: false }),
    ],
    [
      "leaves a custom resource alone",
      { apiVersion: "a.b/v1", kind: "Pod", spec: { cpu: "1000m", empty: {} } },
      { apiVersion: "a.b/v1", kind: "Pod", spec: { cpu: "1000m", empty: {} } },
    ],
    [
      "takes read-only metadata away, of custom resources too",
      { apiVersion: "a.b/v1", kind: "K", metadata: { name: "n", uid: "u", resourceVersion: "1", managedFields: [] } },
      { apiVersion: "a.b/v1", kind: "K", metadata: { name: "n" } },
    ],
    [
      "encodes a Secret's text into its data, where it wins",
      secret({ stringData: { a: "hunter2" }, data: { a: "eA==", b: "eQ==" } }),
      secret({ data: { a: "aHVudGVyMg==", b: "eQ==" } }),
    ],
    [
      "takes line breaks out of a Secret's data and leaves what is no base64",
      secret({ data: { a: "aHVu\ndGVy\n", b: "not base64!" } }),
      secret({ data: { a: "aHVudGVy", b: "not base64!" } }),
    ],
    [
      "takes a definition's status and default away",
      {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        spec: { preserveUnknownFields: false, scope: "Cluster" },
        status: {},
      },
      { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", spec: { scope: "Cluster" } },
    ],
    [
      "keeps a port that is a name and one that is a number",
      {
        apiVersion: "v1",
        kind: "Service",
        spec: {
          ports: [
            { port: 80, targetPort: "http" },
            { port: 81, targetPort: 0 },
          ],
        },
      },
      {
        apiVersion: "v1",
        kind: "Service",
        spec: {
          ports: [
            { port: 80, targetPort: "http" },
            { port: 81, targetPort: 0 },
          ],
        },
      },
    ],
  ] as const) {
    it(title, () => {
      expect(normalized(given as PropertyMap)).to.deep.equal(expected);
    });
  }

  it("is a fixed point", () => {
    const once = normalized(pod({ resources: { limits: { cpu: "0.5" } }, env: [{ name: "A", value: "" }] }));
    expect(normalized(once)).to.deep.equal(once);
  });
});
