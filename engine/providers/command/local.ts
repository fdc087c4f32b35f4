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
import { runCommand } from "./run";
import type { CommandOutput } from "./run";

/** Creates a `command:local:Command`: runs `create` if there is one. The id is the name and 8 random hex digits. */
export async function createCommand(request: CreateRequest, context: CallContext): Promise<CreateResponse> {
  if (request.preview) {
    return { id: "", outputs: { ...request.inputs, stdout: Unknown.value, stderr: Unknown.value } };
  }
  const id = request.name + randomBytes(4).toString("hex");
  const command = textOf(request.inputs, "create");
  const none = { stdout: "", stderr: "" };
  const output = command === undefined ? none : await runCommand(command, request.inputs, none, context);
  return { id, outputs: { ...request.inputs, ...output } };
}

/** Updates a `command:local:Command`: runs `update`, or `create` if there is no `update`, or nothing. */
export async function updateCommand(request: UpdateRequest, context: CallContext): Promise<UpdateResponse> {
  const inputs = request.newInputs;
  const kept = {
    stdout: request.oldOutputs["stdout"] ?? "",
    stderr: request.oldOutputs["stderr"] ?? "",
  };
  if (request.preview) {
    const unsure = changesOutput(request.oldOutputs, inputs);
    return { outputs: { ...inputs, ...(unsure ? { stdout: Unknown.value, stderr: Unknown.value } : kept) } };
  }
  const command = textOf(inputs, "update") ?? textOf(inputs, "create");
  if (command === undefined) return { outputs: { ...inputs, ...kept } };
  const output = await runCommand(command, inputs, previousOutput(request.oldOutputs), context);
  return { outputs: { ...inputs, ...output } };
}

/** Deletes a `command:local:Command`: runs `delete` with what the resource was last made with, if there is one. */
export async function deleteCommand(request: DeleteRequest, context: CallContext): Promise<void> {
  const command = textOf(request.outputs, "delete");
  if (command === undefined) return;
  await runCommand(command, request.outputs, previousOutput(request.outputs), context);
}

/** Whether a preview cannot know the output: an input is unknown, or differs from what the last run had. */
function changesOutput(olds: PropertyMap, news: PropertyMap): boolean {
  return (
    Object.values(news).some(hasUnknown) ||
    Object.entries(olds).some(
      ([key, old]) =>
        key !== "stdout" && key !== "stderr" && !equalValues(withoutSecrets(old), withoutSecrets(news[key] ?? null)),
    )
  );
}

function previousOutput(outputs: PropertyMap): CommandOutput {
  return { stdout: textOf(outputs, "stdout") ?? "", stderr: textOf(outputs, "stderr") ?? "" };
}
