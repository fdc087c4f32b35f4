import { EngineError, RefusedError } from "../errors";
import { splitWords } from "./words";

/** What the runtime options of a program or a policy pack mean for the process that runs it. */
export interface NodejsOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** Arguments of node itself. */
  readonly nodeArguments: readonly string[];
}

/**
 * Reads the options under `runtime` of a Pulumi.yaml or a PulumiPolicy.yaml.
 *
 * Source: `parseOptions` of `sdk/nodejs/cmd/pulumi-language-nodejs/main.go`.
 *
 * @throws for an option that this engine does not have, by name, or with a value of the wrong type.
 */
export function nodejsOptions(file: string, options: Readonly<Record<string, unknown>>): NodejsOptions {
  const { typescript = true, nodeargs = "", tsconfig, ...rest } = options;
  // How packages would be installed does not matter here: nothing is installed.
  const foreign = Object.keys(rest).filter((key) => key !== "packagemanager");
  if (foreign.length > 0) {
    throw new RefusedError(`the runtime option(s) ${foreign.join(", ")}`);
  }
  if (typeof typescript !== "boolean" || typeof nodeargs !== "string") {
    throw new EngineError(`${file}: 'typescript' must be a boolean and 'nodeargs' a string`);
  }
  return {
    environment: {
      ...(typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
      ...(typeof tsconfig === "string" ? { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig } : {}),
    },
    nodeArguments: splitWords(nodeargs),
  };
}
