import { EngineError, RefusedError } from "../errors";
import { hasSecret } from "../property/shape";
import type { PropertyMap } from "../property/value";
import type { ReadRequest, ReadResponse, ResourceProvider } from "../providers/provider";
import { NO_DIFF } from "../steps/diff";

export const STACK_REFERENCE_TYPE = "pulumi:pulumi:StackReference";

/** Reads the outputs of a stack, by its name as a program writes it. */
export type OutputsOfStack = (name: string) => Promise<PropertyMap>;

/**
 * The engine's own package, `pulumi`: stack references, which read the outputs of another stack of the same backend.
 *
 * Source: `pkg/resource/deploy/builtins.go`.
 */
export function builtinProvider(outputsOf: OutputsOfStack): ResourceProvider {
  const read = async ({ id, inputs }: ReadRequest): Promise<ReadResponse> => {
    const { name, ...rest } = inputs;
    const foreign = Object.keys(rest)[0];
    if (foreign !== undefined) {
      throw new EngineError(`unknown property "${foreign}" of a stack reference`);
    }
    if (typeof name !== "string") {
      throw new EngineError("a stack reference needs the name of a stack, and cannot be imported");
    }
    const outputs = await outputsOf(name);
    const secretOutputNames = Object.keys(outputs)
      .filter((key) => hasSecret(outputs[key]))
      .sort();
    return { id, inputs, outputs: { name, outputs, secretOutputNames } };
  };
  const unread = async (): Promise<never> => {
    throw new RefusedError(
      "managing a resource of the package 'pulumi'",
      "read a stack by `new pulumi.StackReference`",
    );
  };
  return {
    name: "pulumi",
    version: "",
    types: [STACK_REFERENCE_TYPE],
    functions: [],
    checkConfig: async ({ news }) => ({ inputs: news, failures: [] }),
    diffConfig: async () => NO_DIFF,
    configure: async () => ({
      check: unread,
      diff: async () => NO_DIFF,
      create: unread,
      read,
      update: unread,
      delete: async () => undefined,
      invoke: unread,
      close: async () => undefined,
    }),
  };
}
