import { parse } from "yaml";
import { equalValues } from "../../property/equal";
import { isList, isMap, withoutSecrets } from "../../property/shape";
import { Unknown } from "../../property/value";
import type { PropertyMap, PropertyValue } from "../../property/value";
import type { CheckFailure, DiffRequest, DiffResponse } from "../provider";
import { diffConfigKeys } from "../providerConfig";
import { clientFailure, readClientSettings } from "./client";
import type { ClientSettings } from "./client";
import type { Mutability } from "./replace";

/** Settings of the provider, after defaults. */
export interface KubernetesSettings {
  /** Folder for rendered manifests as it was given; undefined outside render mode. */
  readonly renderDirectory: string | undefined;
  /** Whether every object is written on every run, changed or not. */
  readonly alwaysRender: boolean;
  /** Namespace of objects that name none. */
  readonly namespace: string;
  readonly serverSideApply: boolean;
  readonly mutability: Mutability;
  /** Text or path of a kubeconfig; empty for the one of the environment. */
  readonly kubeconfig: string;
  /** Names of a context and of a cluster in it; empty for its own choice. */
  readonly context: string;
  readonly cluster: string;
  /** Whether an apply takes fields over from other managers. */
  readonly patchForce: boolean;
  /** Whether a create takes over an object that is there already. */
  readonly upsert: boolean;
  /** What to do with objects of a cluster that does not answer: take them for gone, or leave the state as it is. */
  readonly deleteUnreachable: boolean;
  readonly skipUpdateUnreachable: boolean;
  readonly client: ClientSettings;
}

type Environment = Readonly<Record<string, string | undefined>>;

const clusterKeys = ["kubeconfig", "context", "cluster"];

/**
 * Reads the provider's inputs, and what they leave out from the environment, as `PULUMI_K8S_DELETE_UNREACHABLE` and so
 * on. Booleans come as such or as text.
 */
export function readKubernetesSettings(inputs: PropertyMap, environment: Environment = {}): KubernetesSettings {
  const directory = textOf(inputs, "renderYamlToDirectory");
  const isOn = (key: string, variable: string): boolean => isTrue(settingOf(inputs, key, environment, variable));
  const apply = settingOf(inputs, "enableServerSideApply", environment, "ENABLE_SERVER_SIDE_APPLY");
  return {
    renderDirectory: directory === "" ? undefined : directory,
    alwaysRender: isTrue(inputs["alwaysRender"]),
    namespace: textOf(inputs, "namespace") || "default",
    serverSideApply: apply === undefined || isTrue(apply),
    mutability: {
      configMaps: isOn("enableConfigMapMutable", "ENABLE_CONFIGMAP_MUTABLE"),
      secrets: isOn("enableSecretMutable", "ENABLE_SECRET_MUTABLE"),
    },
    kubeconfig: textOf(inputs, "kubeconfig"),
    context: textOf(inputs, "context"),
    cluster: textOf(inputs, "cluster"),
    patchForce: isOn("enablePatchForce", "ENABLE_PATCH_FORCE"),
    upsert: isOn("upsertExistingObjects", "UPSERT_EXISTING_OBJECTS"),
    deleteUnreachable: isOn("deleteUnreachable", "DELETE_UNREACHABLE"),
    skipUpdateUnreachable: isOn("skipUpdateUnreachable", "SKIP_UPDATE_UNREACHABLE"),
    client: readClientSettings(inputs["kubeClientSettings"], environment),
  };
}

function settingOf(
  inputs: PropertyMap,
  key: string,
  environment: Environment,
  variable: string,
): PropertyValue | undefined {
  return inputs[key] ?? environment[`PULUMI_K8S_${variable}`];
}

/**
 * Finds settings that do not go together.
 *
 * @param environment of the run. Its KUBECONFIG the SDK puts into the inputs by itself, which is no wish for a cluster.
 */
export function configFailures(inputs: PropertyMap, environment: Environment): readonly CheckFailure[] {
  const render = inputs["renderYamlToDirectory"];
  if (!isGiven(render)) {
    return isTrue(inputs["alwaysRender"])
      ? [{ property: "alwaysRender", reason: '"alwaysRender" requires "renderYamlToDirectory" to be set' }]
      : clusterFailures(inputs, environment);
  }
  const ambient = environment["KUBECONFIG"];
  return clusterKeys
    .filter((key) => isGiven(inputs[key]) && !(key === "kubeconfig" && textOf(inputs, key) === ambient))
    .map((property) => ({ property, reason: `"${property}" arg is not compatible with "renderYamlToDirectory" arg` }));
}

/** Settings for a cluster that this engine does not follow, and such as make no sense. */
function clusterFailures(inputs: PropertyMap, environment: Environment): readonly CheckFailure[] {
  const failures: CheckFailure[] = [];
  const apply = settingOf(inputs, "enableServerSideApply", environment, "ENABLE_SERVER_SIDE_APPLY");
  if (apply !== undefined && withoutSecrets(apply) !== null && !isUnknownOrTrue(apply)) {
    const reason = "false is not served by the embedded engine: leave it out, or use the official engine";
    failures.push({ property: "enableServerSideApply", reason });
  }
  const client = clientFailure(inputs["kubeClientSettings"], environment);
  if (client !== undefined) failures.push({ property: "kubeClientSettings", reason: client });
  return failures;
}

function isUnknownOrTrue(value: PropertyValue): boolean {
  return withoutSecrets(value) instanceof Unknown || isTrue(value);
}

/**
 * Compares settings. A new folder for rendered manifests needs a new provider, and so does a new cluster, unless the
 * same `clusterIdentifier` says that it is the one there was.
 */
export function diffKubernetesConfig(request: DiffRequest): DiffResponse {
  const { oldInputs: olds, newInputs: news } = request;
  const identifier = [olds, news].map((inputs) => textOf(inputs, "clusterIdentifier")) as [string, string];
  const moved = otherCluster(olds, news);
  return diffConfigKeys(request, (key) => {
    if (identifier[1] !== "" && identifier[0] === identifier[1]) return false;
    if (key === "renderYamlToDirectory") return true;
    if (key === "clusterIdentifier") return identifier[0] !== "" && identifier[1] !== "";
    return clusterKeys.includes(key) && (moved || withoutSecrets(news[key] ?? null) instanceof Unknown);
  });
}

/** Whether both settings name a cluster in their kubeconfig, and not the same one. */
function otherCluster(olds: PropertyMap, news: PropertyMap): boolean {
  const before = activeCluster(olds);
  const after = activeCluster(news);
  return before !== undefined && after !== undefined && !equalValues(before, after);
}

function activeCluster(inputs: PropertyMap): PropertyValue | undefined {
  const text = textOf(inputs, "kubeconfig");
  let config: PropertyValue;
  try {
    config = parse(text) as PropertyValue;
  } catch {
    return undefined;
  }
  if (!isMap(config)) return undefined;
  const context = named(
    config["contexts"],
    textOf(inputs, "context") || String(config["current-context"] ?? ""),
    "context",
  );
  const cluster = textOf(inputs, "cluster") || (isMap(context) ? String(context["cluster"] ?? "") : "");
  return named(config["clusters"], cluster, "cluster");
}

function named(entries: PropertyValue | undefined, name: string, part: string): PropertyValue | undefined {
  const entry = isList(entries) ? entries.find((found) => isMap(found) && found["name"] === name) : undefined;
  return isMap(entry) ? entry[part] : undefined;
}

function isGiven(value: PropertyValue | undefined): boolean {
  const clear = withoutSecrets(value ?? null);
  return clear === true || (typeof clear === "string" && clear !== "");
}

function isTrue(value: PropertyValue | undefined): boolean {
  const clear = withoutSecrets(value ?? null);
  return clear === true || clear === "true";
}

function textOf(inputs: PropertyMap, key: string): string {
  const value = withoutSecrets(inputs[key] ?? null);
  return typeof value === "string" ? value : "";
}
