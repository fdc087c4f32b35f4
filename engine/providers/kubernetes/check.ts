import { isMap, mapValues } from "../../property/shape";
import { Unknown } from "../../property/value";
import type { PropertyMap } from "../../property/value";
import { ProviderError } from "../failure";
import type { CheckRequest } from "../provider";
import type { KubernetesSettings } from "./config";
import { isListType, isNamespaced, isPatchType, kindOfObject, kindOfToken, textAt } from "./kinds";
import type { DefinedScopes } from "./kinds";
import { hasGenerateName, isNamed, named } from "./naming";
import { normalized } from "./normalize";
import { metadataOf, namespaceOf, objectOf, withMetadata } from "./object";
import { withSecrecyOf } from "./secrecy";

/** Modules of the package whose types are no Kubernetes objects. */
const noObjects = ["helm.sh", "kustomize", "yaml"];

const managedBy = "app.kubernetes.io/managed-by";

/**
 * Brings a resource's inputs to the form they are stored and applied in: normalized, named, in a namespace, labelled
 * where server-side apply is off, with the secrets that the program gave.
 *
 * @throws ProviderError for a type that cannot be created or is not served.
 */
export function checkObject(request: CheckRequest, settings: KubernetesSettings, defined: DefinedScopes): PropertyMap {
  const given = objectOf(request.news);
  refuseType(request.type);
  const isPatch = isPatchType(request.type, textAt(given, "kind"));
  if (isPatch) refusePatch(request.name, given, settings);
  const old = objectOf(request.olds);
  const isNew = Object.keys(old).length === 0;
  const object = named(normalized(given), old, request.name, request.randomSeed);
  if (hasGenerateName(object)) {
    throw new ProviderError(
      "EDGE-KUBERNETES-004",
      `${request.name}: .metadata.generateName is not supported with server-side apply or rendering`,
      "Set .metadata.name, or leave both out for a name made from the resource's own",
    );
  }
  const labels = isNew ? !settings.serverSideApply : hasManagedByLabel(old);
  const checked = housed(labels ? labelled(object) : object, request.type, settings.namespace, defined);
  return withSecrecyOf(
    checked,
    mapValues(request.news, (value) => value),
  );
}

/** Types of the package that are no objects, or none that can be created one by one. */
function refuseType(type: string): void {
  if (isListType(type)) {
    throw new ProviderError(
      "EDGE-KUBERNETES-001",
      `${type} is a list, which exists for manifests and cannot be created`,
      "Create the resources in it one by one",
    );
  }
  const served = kindOfToken(type);
  if (served === undefined || noObjects.includes(served.group)) {
    throw new ProviderError(
      "EDGE-KUBERNETES-002",
      `the embedded engine does not serve ${type}`,
      "Declare the objects themselves, or run this stack with the official engine",
    );
  }
}

/** A patch takes some fields of an object that is there already: it must say which, and how fields are managed. */
function refusePatch(resource: string, object: PropertyMap, settings: KubernetesSettings): void {
  if (!settings.serverSideApply) {
    throw new ProviderError(
      "EDGE-KUBERNETES-020",
      `${resource}: a patch needs server-side apply, which its provider has switched off`,
      "Take enableServerSideApply: false out of the provider",
    );
  }
  if (!isNamed(object)) {
    throw new ProviderError(
      "EDGE-KUBERNETES-021",
      `${resource}: a patch does not say which object it changes`,
      "Set .metadata.name to that object's name",
    );
  }
}

function housed(object: PropertyMap, type: string, namespace: string, defined: DefinedScopes): PropertyMap {
  const metadata = object["metadata"];
  const unknown = metadata instanceof Unknown || metadataOf(object)["namespace"] instanceof Unknown;
  if (unknown || namespaceOf(object) !== "") return object;
  const kind = isPatchType(type, textAt(object, "kind")) ? undefined : kindOfToken(type);
  return isNamespaced(kind ?? kindOfObject(object), defined) ? withMetadata(object, { namespace }) : object;
}

function hasManagedByLabel(object: PropertyMap): boolean {
  const { labels } = metadataOf(object);
  return isMap(labels) && labels[managedBy] === "pulumi";
}

function labelled(object: PropertyMap): PropertyMap {
  const { labels } = metadataOf(object);
  if (object["metadata"] instanceof Unknown || labels instanceof Unknown) return object;
  return withMetadata(object, { labels: { ...(isMap(labels) ? labels : {}), [managedBy]: "pulumi" } });
}
