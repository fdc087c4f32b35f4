import { randomBytes } from "node:crypto";
import { equalValues } from "../../property/equal";
import { hasUnknown, withoutSecrets } from "../../property/shape";
import { Unknown } from "../../property/value";
import type { PropertyMap } from "../../property/value";
import type {
  CallContext,
  CreateRequest,
  CreateResponse,
  DeleteRequest,
  UpdateRequest,
  UpdateResponse,
} from "../provider";
import { textOf } from "./inputs";
import type { CommandOutput } from "./run";

/** Runs a command line with a resource's inputs, here or on another host. */
export type Execute = (
  command: string,
  inputs: PropertyMap,
  previous: CommandOutput,
  context: CallContext,
) => Promise<CommandOutput>;

/** Creates a command: runs `create` if there is one. The id is the name and 8 random hex digits. */
export async function createWith(
  execute: Execute,
  request: CreateRequest,
  context: CallContext,
): Promise<CreateResponse> {
  if (request.preview) {
    return { id: "", outputs: { ...request.inputs, ...unknownOutput(request.inputs) } };
  }
  const id = request.name + randomBytes(4).toString("hex");
  const command = textOf(request.inputs, "create");
  const none = { stdout: "", stderr: "" };
  const output = command === undefined ? none : await execute(command, request.inputs, none, context);
  return { id, outputs: { ...request.inputs, ...output } };
}

/** Updates a command: runs `update`, or `create` if there is no `update`, or nothing. */
export async function updateWith(
  execute: Execute,
  request: UpdateRequest,
  context: CallContext,
): Promise<UpdateResponse> {
  const inputs = request.newInputs;
  const kept = {
    stdout: request.oldOutputs["stdout"] ?? "",
    stderr: request.oldOutputs["stderr"] ?? "",
    ...(request.oldOutputs["assets"] === undefined ? {} : { assets: request.oldOutputs["assets"] }),
    ...(request.oldOutputs["archive"] === undefined ? {} : { archive: request.oldOutputs["archive"] }),
  };
  if (request.preview) {
    const unsure = changesOutput(request.oldOutputs, inputs);
    return { outputs: { ...inputs, ...(unsure ? unknownOutput(inputs) : kept) } };
  }
  const command = textOf(inputs, "update") ?? textOf(inputs, "create");
  if (command === undefined) return { outputs: { ...inputs, ...kept } };
  const output = await execute(command, inputs, previousOutput(request.oldOutputs), context);
  return { outputs: { ...inputs, ...kept, ...output } };
}

/** Deletes a command: runs `delete` with what the resource was last made with, if there is one. */
export async function deleteWith(execute: Execute, request: DeleteRequest, context: CallContext): Promise<void> {
  const command = textOf(request.outputs, "delete");
  if (command === undefined) return;
  await execute(command, request.outputs, previousOutput(request.outputs), context);
}

const outputKeys: readonly string[] = ["stdout", "stderr", "assets", "archive"];

function unknownOutput(inputs: PropertyMap): PropertyMap {
  return {
    stdout: Unknown.value,
    stderr: Unknown.value,
    ...(inputs["assetPaths"] === undefined ? {} : { assets: Unknown.value }),
    ...(inputs["archivePaths"] === undefined ? {} : { archive: Unknown.value }),
  };
}

/** Whether a preview cannot know the output: an input is unknown, or differs from what the last run had. */
function changesOutput(olds: PropertyMap, news: PropertyMap): boolean {
  return (
    Object.values(news).some(hasUnknown) ||
    Object.entries(olds).some(
      ([key, old]) => !outputKeys.includes(key) && !equalValues(withoutSecrets(old), withoutSecrets(news[key] ?? null)),
    )
  );
}

function previousOutput(outputs: PropertyMap): CommandOutput {
  return { stdout: textOf(outputs, "stdout") ?? "", stderr: textOf(outputs, "stderr") ?? "" };
}
