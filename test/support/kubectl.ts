import type { Context } from "mocha";
import { needsPipProgram } from "./pipProgram";

export { firstTime } from "./pipProgram";

/** Path of a real kubectl; see `needsPipProgram`. */
export async function needsKubectl(context: Context): Promise<string> {
  return await needsPipProgram(context, {
    name: "kubectl",
    asks: ["version", "--client"],
    requirements: "kubectl-requirements.txt",
    file: "bin/kubectl",
  });
}
