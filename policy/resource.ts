import { once } from "./objects/once";
import { at, mapping, text, texts, type Mapping, type Step } from "./objects/json";

/** Something that is deployed, before it is: a resource of a stack, or an object that Flux takes from Git. */
export interface Resource {
  /** Pulumi's type, such as `kubernetes:apps/v1:Deployment`; content of Git has the same for the same object. */
  readonly type: string;
  /** Its name in the stack, or its file in Git. */
  readonly name: string;
  /** Inputs: anything that JSON can hold. Secrets are plain values here; see `secrets`. */
  readonly props: unknown;
  readonly origin: "stack" | "git";
  /**
   * Paths (`fieldText`) of inputs that the stack keeps encrypted. Undefined where nobody can say, as in a CrossGuard
   * pack, which gets all inputs in clear.
   */
  readonly secrets?: readonly string[] | undefined;
  readonly urn?: string | undefined;
  /** Of what is deployed: what came of the inputs, with what its provider filled in. */
  readonly outputs?: unknown;
}

/** Type of the merged Helm values of a release in Git; `props` are `HelmValues`. */
export const helmValuesType = "edgewave:git:HelmValues";

/** What a Helm release is given, with all layers of values merged. */
export interface HelmValues {
  readonly service: string;
  readonly namespace: string;
  readonly values: Mapping;
}

export interface KubernetesObject {
  readonly apiVersion: string;
  /** Of `apiVersion`, without the version; empty for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** Empty for what has none. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly object: Mapping;
}

/** @returns the object if the resource is one of Kubernetes. */
export const kubernetesObject = once((resource: Resource): KubernetesObject | undefined => {
  if (!resource.type.startsWith("kubernetes:")) return undefined;
  const object = mapping(resource.props);
  const apiVersion = text(at(object, "apiVersion"));
  const kind = text(at(object, "kind"));
  if (apiVersion === undefined || kind === undefined) return undefined;
  return {
    apiVersion,
    group: apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "",
    kind,
    name: text(at(object, "metadata", "name")) ?? resource.name,
    namespace: text(at(object, "metadata", "namespace")) ?? "",
    labels: texts(at(object, "metadata", "labels")),
    object,
  };
});

/** @returns the object if it is of that kind; groups keep apart what has one kind's name. */
export function objectOf(resource: Resource, group: string, kind: string): KubernetesObject | undefined {
  const object = kubernetesObject(resource);
  return object?.group === group && object.kind === kind ? object : undefined;
}

/** @returns the values if the resource is a Helm release's. */
export function helmValues(resource: Resource): HelmValues | undefined {
  if (resource.type !== helmValuesType) return undefined;
  return {
    service: text(at(resource.props, "service")) ?? resource.name,
    namespace: text(at(resource.props, "namespace")) ?? "",
    values: mapping(at(resource.props, "values")),
  };
}

/** How messages and exemptions call a resource: `Deployment gitea/gitea`, or `HelmValues loki`. */
export function titleOf(resource: Resource): string {
  const object = kubernetesObject(resource);
  if (object !== undefined) {
    return `${object.kind} ${object.namespace === "" ? "" : `${object.namespace}/`}${object.name}`;
  }
  const kind = resource.type.split(":").at(-1) || resource.type;
  const values = helmValues(resource);
  return `${kind} ${values === undefined ? resource.name : values.service}`;
}

/** A file that the stack writes on a site's folder, such as `inventory/hosts.yaml`. */
export function writtenFile(resource: Resource): { readonly path: string; readonly content: string } | undefined {
  if (resource.type !== "command:local:Command") return undefined;
  const path = text(at(resource.props, "environment", "RELATIVE"));
  const content = text(at(resource.props, "stdin"));
  return path === undefined || content === undefined ? undefined : { path, content };
}

/** Where in `props` a path is, for messages. */
export type Field = readonly Step[];
