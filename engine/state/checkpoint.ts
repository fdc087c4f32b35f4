import { EngineError, RefusedError } from "../errors";
import type { Json, SecretCodec } from "../property/checkpoint";
import type { StackName } from "./names";
import { qualifiedName } from "./names";
import type { ResourceState } from "./resource";
import { resourceFromJson } from "./resource";

export type OperationType = "creating" | "updating" | "deleting" | "reading" | "importing";

/** An operation that had begun and not ended when the state was written. */
export interface PendingOperation {
  readonly resource: ResourceState;
  readonly type: OperationType;
}

type JsonMap = { readonly [key: string]: Json };

/** A checkpoint as it is read from disk, its secrets still closed. */
export interface RawCheckpoint {
  readonly version: number;
  readonly features: readonly string[];
  /** `undefined` before the first update. */
  readonly deployment: JsonMap | undefined;
}

/** What a stack's state holds, opened. */
export interface Snapshot {
  readonly resources: readonly ResourceState[];
  readonly pending: readonly PendingOperation[];
}

// Features of version 4 that this engine carries along without loss; see `pkg/resource/stack/deployment.go`.
const KNOWN_FEATURES: readonly string[] = [];

/** @throws if the text is not a checkpoint that this engine can read and write without loss. */
export function parseCheckpoint(text: string, where: string): RawCheckpoint {
  let json: { version?: Json; features?: Json; checkpoint?: { latest?: Json } };
  try {
    json = JSON.parse(text) as typeof json;
  } catch (cause) {
    throw new EngineError(`${where} is not JSON; its backup is beside it with the ending .bak`, { cause });
  }
  const version = json.version;
  const latest = (json.checkpoint?.latest ?? undefined) as JsonMap | undefined;
  // The official CLI writes version 0 for a stack that has never been updated.
  if (version === 0 && latest === undefined) {
    return { version: 3, features: [], deployment: undefined };
  }
  return checkDeployment(Number(version), json.features, latest);
}

/** @throws for versions and features that would be lost or misread. */
export function checkDeployment(
  version: number,
  features: Json | undefined,
  deployment: JsonMap | undefined,
): RawCheckpoint {
  if (version !== 3 && version !== 4) {
    throw new RefusedError(`checkpoint version ${version}`, "an update by the official CLI brings it to version 3");
  }
  const names = Array.isArray(features) ? features.map(String) : [];
  const foreign = names.filter((name) => !KNOWN_FEATURES.includes(name));
  if (foreign.length > 0) {
    throw new RefusedError(`checkpoints with the features ${foreign.join(", ")}`);
  }
  for (const key of ["snippets", "extensions"]) {
    if (deployment?.[key] !== undefined) {
      throw new RefusedError(`checkpoints with ${key}`);
    }
  }
  return { version, features: names, deployment };
}

/** Opens the secrets and reads the resources. */
export function openDeployment(deployment: JsonMap | undefined, codec: SecretCodec): Snapshot {
  const resources = (deployment?.["resources"] ?? []) as readonly JsonMap[];
  const pending = (deployment?.["pending_operations"] ?? []) as readonly { resource: JsonMap; type: OperationType }[];
  return {
    resources: resources.map((resource) => resourceFromJson(resource, codec)),
    pending: pending.map(({ resource, type }) => ({ resource: resourceFromJson(resource, codec), type })),
  };
}

/** The text of a checkpoint before the first update. */
export function emptyCheckpoint(name: StackName): string {
  return JSON.stringify({ version: 3, checkpoint: { stack: qualifiedName(name) } });
}

/** The text of a checkpoint around a deployment. */
export function checkpointText(name: StackName, deployment: string): string {
  return `{"version":3,"checkpoint":{"stack":${JSON.stringify(qualifiedName(name))},"latest":${deployment}}}`;
}

/** A deployment's text; each resource's part is kept from the last time if it has not changed. */
export function deploymentText(snapshot: Snapshot, salt: string, codec: SecretCodec, time: Date): string {
  const parts = [
    `"manifest":${JSON.stringify({ time: time.toISOString(), magic: "", version: "" })}`,
    `"secrets_providers":${JSON.stringify({ type: "passphrase", state: { salt } })}`,
  ];
  if (snapshot.resources.length > 0) {
    parts.push(`"resources":[${snapshot.resources.map((resource) => resource.serialize(codec)).join(",")}]`);
  }
  if (snapshot.pending.length > 0) {
    const pending = snapshot.pending.map(
      ({ resource, type }) => `{"resource":${resource.serialize(codec)},"type":${JSON.stringify(type)}}`,
    );
    parts.push(`"pending_operations":[${pending.join(",")}]`);
  }
  parts.push(`"metadata":{}`);
  return `{${parts.join(",")}}`;
}
