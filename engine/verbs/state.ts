import { EngineError } from "../errors";
import type { Json } from "../property/checkpoint";
import type { PropertyMap } from "../property/value";
import { EncryptingCodec } from "../secrets/manager";
import type { Crypter } from "../secrets/passphrase";
import type { FileBackend } from "../state/backend";
import type { RawCheckpoint, Snapshot } from "../state/checkpoint";
import { checkpointText, deploymentText, parseCheckpoint } from "../state/checkpoint";
import type { SnapshotWriter } from "../state/journal";
import type { StackName } from "../state/names";
import { parseStackName } from "../state/names";
import { ROOT_STACK_TYPE } from "../urn";
import type { Session } from "./session";

/** A stack's state, opened for a run. */
export interface OpenState {
  readonly snapshot: Snapshot;
  readonly writer: SnapshotWriter;
}

/** Opens the state; what is written goes under the stack file's salt. */
export async function openState(
  session: Session,
  name: StackName,
  raw: RawCheckpoint,
  crypter: Crypter,
  salt: string,
): Promise<OpenState> {
  const { snapshot, codec } = await session.open(raw);
  verify(snapshot, name);
  const former = (raw.deployment?.["secrets_providers"] as { state?: { salt?: string } } | undefined)?.state?.salt;
  if (codec !== undefined && former === salt) {
    return { snapshot, writer: writerOf(await session.backend(), name, codec, salt) };
  }
  // Under another salt everything must be encrypted anew.
  snapshot.resources.forEach((resource) => resource.update({}));
  return { snapshot, writer: writerOf(await session.backend(), name, new EncryptingCodec(crypter), salt) };
}

/** Writes snapshots to the stack's checkpoint. */
export function writerOf(backend: FileBackend, name: StackName, codec: EncryptingCodec, salt: string): SnapshotWriter {
  return {
    save: (snapshot, durable) =>
      backend.write(name, checkpointText(name, deploymentText(snapshot, salt, codec, new Date())), durable),
  };
}

/** @throws if the state contradicts itself: an update would make it worse. */
export function verify(snapshot: Snapshot, name: StackName): void {
  const urns = new Set<string>();
  for (const { fields, urn } of snapshot.resources) {
    for (const needed of [fields.parent, ...fields.dependencies]) {
      if (needed !== "" && !urns.has(needed)) {
        throw new EngineError(
          `snapshot integrity failure; refusing to use it: resource ${urn} of stack '${name.stack}' refers to ${needed}, ` +
            "which is missing or comes after it; restore the .bak file beside the checkpoint, or repair it with `pulumi state repair`",
        );
      }
    }
    urns.add(urn);
  }
}

/** The checkpoint with the stack's own resource alone: who asks for outputs need not open every resource's secrets. */
export function stackAlone(raw: RawCheckpoint): RawCheckpoint {
  const resources = (raw.deployment?.["resources"] ?? []) as readonly { readonly type?: unknown }[];
  const root = resources.filter(({ type }) => type === ROOT_STACK_TYPE) as Json[];
  return raw.deployment === undefined ? raw : { ...raw, deployment: { ...raw.deployment, resources: root } };
}

/** The stack's outputs. */
export function stackOutputs(snapshot: Snapshot): PropertyMap {
  const root = snapshot.resources.find(({ fields }) => fields.type === ROOT_STACK_TYPE && !fields.delete);
  return root?.fields.outputs ?? {};
}

/** The outputs of a stack that a program refers to. @throws if the backend has none of that name. */
export async function outputsOfStack(session: Session, text: string): Promise<PropertyMap> {
  const name = parseStackName(text, (await session.findProject())?.name);
  const backend = await session.backend();
  const checkpoint = await backend.read(name);
  if (checkpoint === undefined) {
    throw new EngineError(`unknown stack "${text}": the backend ${backend.url} has none of that name`);
  }
  const { snapshot } = await session.open(stackAlone(parseCheckpoint(checkpoint, backend.checkpointPath(name))));
  return stackOutputs(snapshot);
}
