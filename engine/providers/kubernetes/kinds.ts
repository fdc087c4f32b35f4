import { isMap } from "../../property/shape";
import type { PropertyMap } from "../../property/value";

/** A kind with its API group (empty for the core group) and version. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** API groups that Kubernetes itself serves; any other comes from a custom resource definition. */
const builtInGroups = new Set([
  "",
  "core",
  "meta",
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "apps",
  "auditregistration.k8s.io",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "extensions",
  "flowcontrol.apiserver.k8s.io",
  "networking.k8s.io",
  "node.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "resource.k8s.io",
  "scheduling.k8s.io",
  "settings.k8s.io",
  "storage.k8s.io",
  "storagemigration.k8s.io",
]);

/** From `kubectl api-resources --namespaced=true`, as pulumi-kubernetes 4.34.2 holds it. */
const namespacedKinds = new Set(
  `Binding ConfigMap ControllerRevision CronJob CSIStorageCapacity DaemonSet Deployment Endpoints EndpointSlice Event
  HorizontalPodAutoscaler Ingress Job Lease LimitRange NetworkPolicy PersistentVolumeClaim Pod PodDisruptionBudget
  PodTemplate ReplicaSet ReplicationController ResourceQuota Role RoleBinding Secret Service ServiceAccount
  StatefulSet`.split(/\s+/),
);

/** From `kubectl api-resources --namespaced=false`, as pulumi-kubernetes 4.34.2 holds it. */
const clusterKinds = new Set(
  `APIService CertificateSigningRequest ClusterRole ClusterRoleBinding CSIDriver CSINode CustomResourceDefinition
  FlowSchema IngressClass MutatingWebhookConfiguration Namespace Node PersistentVolume PodSecurityPolicy PriorityClass
  PriorityLevelConfiguration RuntimeClass StorageClass ValidatingWebhookConfiguration VolumeAttachment`.split(/\s+/),
);

/** Scopes that the program's own custom resource definitions declare, by `GROUP/KIND`. */
export type DefinedScopes = ReadonlyMap<string, "Namespaced" | "Cluster">;

/** Reads a type token such as `kubernetes:apps/v1:Deployment`; undefined if it names no kind. */
export function kindOfToken(type: string): GroupVersionKind | undefined {
  const [, group, version, kind] = /^kubernetes:([^/:]+)\/([^/:]+):([^/:]+)$/.exec(type) ?? [];
  if (group === undefined || version === undefined || kind === undefined) return undefined;
  return { group: group === "core" ? "" : group, version, kind };
}

/** Reads an object's `apiVersion` and `kind`; what is not there or not known yet is empty. */
export function kindOfObject(object: PropertyMap): GroupVersionKind {
  const apiVersion = textAt(object, "apiVersion");
  const slash = apiVersion.indexOf("/");
  const group = slash === -1 ? "" : apiVersion.slice(0, slash);
  return {
    group: group === "core" ? "" : group,
    version: apiVersion.slice(slash + 1),
    kind: textAt(object, "kind"),
  };
}

/** Whether Kubernetes itself serves this API version. */
export function isBuiltIn(apiVersion: string): boolean {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? apiVersion === "v1" : builtInGroups.has(apiVersion.slice(0, slash));
}

/**
 * Whether objects of this kind live in a namespace. A kind that neither Kubernetes nor the program defines is taken to,
 * as the official provider does without a cluster.
 */
export function isNamespaced({ group, version, kind }: GroupVersionKind, defined: DefinedScopes): boolean {
  if (isBuiltIn(group === "" ? version : `${group}/${version}`)) {
    if (namespacedKinds.has(kind)) return true;
    if (clusterKinds.has(kind)) return false;
  }
  return defined.get(`${group}/${kind}`) !== "Cluster";
}

/** Whether this is a built-in `...List` type, which holds other objects and cannot be created. */
export function isListType(type: string): boolean {
  const kind = kindOfToken(type);
  return kind !== undefined && kind.kind.endsWith("List") && builtInGroups.has(kind.group);
}

/** Whether this is a `...Patch` type of the SDK, which holds some fields of an object whose kind has no such end. */
export function isPatchType(type: string, objectKind: string): boolean {
  return objectKind !== "" && type.endsWith(`:${objectKind}Patch`);
}

export function isSecretObject(object: PropertyMap): boolean {
  return object["kind"] === "Secret" && object["apiVersion"] === "v1";
}

export function isConfigMapObject(object: PropertyMap): boolean {
  return object["kind"] === "ConfigMap" && object["apiVersion"] === "v1";
}

export function isDefinition(object: PropertyMap): boolean {
  return (
    object["kind"] === "CustomResourceDefinition" && textAt(object, "apiVersion").startsWith("apiextensions.k8s.io/")
  );
}

/** The scope that a custom resource definition declares, by `GROUP/KIND`; undefined if it is not known yet. */
export function definedScope(definition: PropertyMap): readonly [string, "Namespaced" | "Cluster"] | undefined {
  const spec = definition["spec"];
  if (!isMap(spec) || !isMap(spec["names"])) return undefined;
  const key = `${textAt(spec, "group")}/${textAt(spec["names"], "kind")}`;
  return [key, spec["scope"] === "Cluster" ? "Cluster" : "Namespaced"];
}

/** The string at `key`, or an empty one. */
export function textAt(object: PropertyMap, key: string): string {
  const value = object[key];
  return typeof value === "string" ? value : "";
}
