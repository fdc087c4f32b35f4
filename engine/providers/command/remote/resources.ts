import { randomBytes } from "node:crypto";
import path from "node:path";
import { equalValues } from "../../../property/equal";
import { withoutSecrets } from "../../../property/shape";
import { AssetOrArchive } from "../../../property/value";
import type { PropertyMap } from "../../../property/value";
import type {
  CallContext,
  CreateRequest,
  CreateResponse,
  DeleteRequest,
  UpdateRequest,
  UpdateResponse,
} from "../../provider";
import { surroundingsOf } from "../../surroundings";
import { textOf } from "../inputs";
import { createWith, deleteWith, updateWith } from "../local";
import { upload } from "./copy";
import { executeRemotely } from "./execute";
import { copyFile, remoteCommand } from "./inputs";
import { fileSource, sourceOf } from "./source";

/** Creates a remote resource: runs its `create`, or copies. A copy's id is 8 random hex digits. */
export async function createRemote(request: CreateRequest, context: CallContext): Promise<CreateResponse> {
  if (request.type === remoteCommand) return await createWith(executeRemotely, request, context);
  if (request.preview) return { id: "", outputs: request.inputs };
  await copy(request.type, request.inputs, context);
  return { id: randomBytes(4).toString("hex"), outputs: request.inputs };
}

/** Updates a remote resource; a copy is made anew if its content or its place has changed. */
export async function updateRemote(request: UpdateRequest, context: CallContext): Promise<UpdateResponse> {
  if (request.type === remoteCommand) return await updateWith(executeRemotely, request, context);
  const { newInputs, oldOutputs } = request;
  const moved = ["source", "remotePath"].some((key) => !equalValues(clear(oldOutputs, key), clear(newInputs, key)));
  if (moved && !request.preview) await copy(request.type, newInputs, context);
  return { outputs: newInputs };
}

/** Deletes a remote resource: runs its `delete` if there is one. A copied file stays, as with the official provider. */
export async function deleteRemote(request: DeleteRequest, context: CallContext): Promise<void> {
  if (request.type === remoteCommand) await deleteWith(executeRemotely, request, context);
}

async function copy(type: string, inputs: PropertyMap, context: CallContext): Promise<void> {
  const remotePath = textOf(inputs, "remotePath") ?? "";
  if (type === copyFile) {
    const file = path.resolve(surroundingsOf(context).directory, textOf(inputs, "localPath") ?? "");
    await upload(await fileSource(file), remotePath, inputs, context, { makeFolders: false });
    return;
  }
  const source = clear(inputs, "source");
  if (!(source instanceof AssetOrArchive)) throw new Error("source is neither an asset nor an archive");
  await upload(await sourceOf(source, context), remotePath, inputs, context, { makeFolders: true });
}

function clear(inputs: PropertyMap, key: string): PropertyMap[string] {
  return withoutSecrets(inputs[key] ?? null);
}
