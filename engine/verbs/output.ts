import { EngineError } from "../errors";
import { mapToCheckpoint, toCheckpoint } from "../property/checkpoint";
import { hasSecret, mapValues, withoutSecrets } from "../property/shape";
import type { PropertyMap } from "../property/value";
import { showValue } from "../display/value";
import { maskingCodec } from "../secrets/manager";
import type { FlagSpec } from "./arguments";
import type { Session } from "./session";
import { stackAlone, stackOutputs } from "./state";

export const OUTPUT_FLAGS: FlagSpec = { json: "switch", "show-secrets": "switch" };

/** Prints all outputs of a stack, or one. */
export async function printOutputs(session: Session): Promise<void> {
  const name = await session.stackName();
  const { snapshot } = await session.open(stackAlone(await session.checkpoint(name)));
  const show = session.args.has("show-secrets");
  // The CLI masks a whole output if anything in it is secret; the SDK tells secret outputs by that.
  const outputs: PropertyMap = mapValues(stackOutputs(snapshot), (value) =>
    hasSecret(value) && !show ? "[secret]" : withoutSecrets(value),
  );
  const wanted = session.args.positional[0];
  if (wanted !== undefined) {
    const value = outputs[wanted];
    if (value === undefined) {
      throw new EngineError(`current stack does not have output property '${wanted}'`);
    }
    const plain = typeof value === "string" && !session.args.has("json");
    session.output.out(`${plain ? value : JSON.stringify(toCheckpoint(value, maskingCodec))}\n`);
    return;
  }
  if (session.args.has("json")) {
    session.output.out(`${JSON.stringify(mapToCheckpoint(outputs, maskingCodec), null, 2)}\n`);
    return;
  }
  const keys = Object.keys(outputs).sort();
  if (keys.length === 0) {
    session.output.out("No output values currently in this stack\n");
    return;
  }
  const width = Math.max(6, ...keys.map((key) => key.length));
  session.output.out(`Current stack outputs (${keys.length}):\n    ${"OUTPUT".padEnd(width)}  VALUE\n`);
  for (const key of keys) {
    const value = outputs[key] ?? null;
    session.output.out(`    ${key.padEnd(width)}  ${typeof value === "string" ? value : showValue(value, "    ")}\n`);
  }
}
