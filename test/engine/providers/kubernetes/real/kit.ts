import { randomUUID } from "node:crypto";
import type { PropertyMap } from "../../../../../engine/property/value";
import { kubernetesProvider } from "../../../../../engine/providers/kubernetes/provider";
import type { ConfiguredProvider, CreateResponse } from "../../../../../engine/providers/provider";
import { recordingContext } from "../../recording";
import { RealCluster } from "./cluster";

/** A provider of the real cluster with a namespace of its own, and short ways to call it. */
export class Kit {
  readonly context = recordingContext();

  private constructor(
    readonly cluster: RealCluster,
    readonly provider: ConfiguredProvider,
    readonly namespace: string,
  ) {}

  static async make(settings: PropertyMap = {}, kubeconfig?: string): Promise<Kit> {
    const cluster = await RealCluster.get();
    const inputs = { kubeconfig: kubeconfig ?? cluster.kubeconfig, ...settings };
    const namespace = `edge-${randomUUID().slice(0, 8)}`;
    await cluster.client().create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    return new Kit(cluster, await kubernetesProvider().configure(inputs, recordingContext()), namespace);
  }

  object(
    apiVersion: string,
    kind: string,
    name: string,
    rest: PropertyMap = {},
    metadata: PropertyMap = {},
  ): PropertyMap {
    return { apiVersion, kind, metadata: { name, namespace: this.namespace, ...metadata }, ...rest };
  }

  map(name: string, data: PropertyMap, metadata: PropertyMap = {}): PropertyMap {
    return this.object("v1", "ConfigMap", name, { data }, metadata);
  }

  /** @param type such as `core/v1:ConfigMap`. */
  async create(type: string, inputs: PropertyMap, preview = false, timeout = 60): Promise<CreateResponse> {
    const request = { urn: urnOf(type), type: `kubernetes:${type}`, name: "it", inputs, timeout, preview };
    return await this.provider.create(request, this.context);
  }

  async update(
    type: string,
    old: PropertyMap,
    newInputs: PropertyMap,
    { preview = false, ignoreChanges = [] as string[], timeout = 60 } = {},
  ): Promise<PropertyMap> {
    const oldInputs = (old["__inputs"] ?? {}) as PropertyMap;
    const request = { urn: urnOf(type), type: `kubernetes:${type}`, id: "", oldInputs, oldOutputs: old, newInputs };
    return (await this.provider.update({ ...request, ignoreChanges, timeout, preview }, this.context)).outputs;
  }

  async diff(type: string, old: PropertyMap, newInputs: PropertyMap) {
    const oldInputs = (old["__inputs"] ?? {}) as PropertyMap;
    const request = { urn: urnOf(type), type: `kubernetes:${type}`, id: "", oldInputs, oldOutputs: old, newInputs };
    return await this.provider.diff({ ...request, ignoreChanges: [] }, this.context);
  }

  async read(type: string, id: string, inputs: PropertyMap = {}, outputs: PropertyMap = {}) {
    const request = { urn: urnOf(type), type: `kubernetes:${type}`, name: "it", id, inputs, outputs };
    return await this.provider.read(request, this.context);
  }

  async delete(type: string, outputs: PropertyMap, timeout = 60): Promise<void> {
    const request = { urn: urnOf(type), type: `kubernetes:${type}`, id: "", inputs: {}, outputs, timeout };
    await this.provider.delete(request, this.context);
  }

  async check(type: string, news: PropertyMap, olds: PropertyMap = {}): Promise<PropertyMap> {
    const request = { urn: urnOf(type), type: `kubernetes:${type}`, name: "it", olds, news };
    return (await this.provider.check({ ...request, randomSeed: new Uint8Array(32) }, this.context)).inputs;
  }

  async close(): Promise<void> {
    await this.provider.close();
    await this.cluster.client().delete({ apiVersion: "v1", kind: "Namespace", metadata: { name: this.namespace } });
  }
}

/** The error of what must fail. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

function urnOf(type: string): string {
  return `urn:pulumi:dev::p::kubernetes:${type}::it`;
}
