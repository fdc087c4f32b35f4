import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { kubernetesProvider } from "../../../../engine/providers/kubernetes/provider";
import { failureOf } from "../../support/failure";
import { Bench } from "../../support/workspace";

const manifest = (name: string): string => `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
data:
  a: "1"
`;

describe("manifests, charts and overlays in a program", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), "edgewave-manifests-"))));
  afterEach(async () => await rm(folder, { recursive: true, force: true }));

  const up = async (declare: (own: pulumi.ComponentResourceOptions) => void): Promise<void> => {
    await Bench.with([kubernetesProvider()], async (bench) => {
      const stack = await bench.stack(async () => {
        declare({ provider: new k8s.Provider("files", { renderYamlToDirectory: folder }) });
        return {};
      });
      await stack.up();
    });
  };

  it("are served as the SDK's ConfigGroup declares them, one resource for each object", async () => {
    await up((own) => void new k8s.yaml.ConfigGroup("two", { yaml: [manifest("one"), manifest("other")] }, own));
    expect(await readdir(path.join(folder, "1-manifest"))).to.have.members([
      "v1-configmap-default-one.yaml",
      "v1-configmap-default-other.yaml",
    ]);
  });

  const refused: readonly (readonly [string, (own: pulumi.ComponentResourceOptions) => void])[] = [
    ["kubernetes:yaml/v2:ConfigGroup", (own) => void new k8s.yaml.v2.ConfigGroup("it", { yaml: manifest("a") }, own)],
    ["kubernetes:yaml/v2:ConfigFile", (own) => void new k8s.yaml.v2.ConfigFile("it", { file: "a.yaml" }, own)],
    ["kubernetes:kustomize/v2:Directory", (own) => void new k8s.kustomize.v2.Directory("it", { directory: "." }, own)],
    ["kubernetes:helm.sh/v4:Chart", (own) => void new k8s.helm.v4.Chart("it", { chart: "a" }, own)],
    ["kubernetes:helm.sh/v3:Release", (own) => void new k8s.helm.v3.Release("it", { chart: "a" }, own)],
    ["kubernetes:kustomize:directory", (own) => void new k8s.kustomize.Directory("it", { directory: "." }, own)],
    ["kubernetes:helm:template", (own) => void new k8s.helm.v3.Chart("it", { chart: "a", path: "." }, own)],
  ];
  for (const [token, declare] of refused) {
    it(`are refused by name where the provider would have to work on them: ${token}`, async () => {
      const { message } = await failureOf(up(declare));
      expect(message).to.include(token);
    });
  }
});
