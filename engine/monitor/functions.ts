import type { Run } from "../deployment/run";
import { UnconfiguredProvider } from "../deployment/providers";
import { EngineError, RefusedError } from "../errors";
import type { PropertyMap } from "../property/value";
import { Unknown } from "../property/value";
import type { InvokeResponse } from "../providers/provider";
import { packageOf } from "../urn";
import type { DefaultProviders } from "./defaults";

/** Calls a provider's function, or one of the engine's own. */
export async function invoke(
  run: Run,
  defaults: DefaultProviders,
  request: { readonly token: string; readonly args: PropertyMap; readonly provider: string; readonly version: string },
): Promise<InvokeResponse> {
  run.goOn();
  const { token, args } = request;
  const pkg = packageOf(token);
  if (pkg === "pulumi") {
    return builtin(run, token, args);
  }
  const { functions } = run.instances.definition(pkg);
  if (!functions.includes(token)) {
    throw new RefusedError(`the function '${token}'`);
  }
  const reference = await defaults.referenceFor(token, request.provider, request.version);
  return run.slots.run(async () => {
    run.goOn();
    try {
      const instance = await run.instances.get(reference);
      return await instance.invoke(token, args, run.context(""));
    } catch (error) {
      if (run.options.preview && error instanceof UnconfiguredProvider) {
        return { result: {}, failures: [] };
      }
      throw error;
    }
  });
}

function builtin(run: Run, token: string, args: PropertyMap): InvokeResponse {
  if (token !== "pulumi:pulumi:getResource") {
    throw new RefusedError(`the function '${token}'`);
  }
  const urn = args["urn"];
  const state = typeof urn === "string" ? run.news.get(urn) : undefined;
  if (state === undefined) {
    throw new EngineError(`unknown resource ${String(urn)}`);
  }
  const { id, outputs, custom } = state.fields;
  const known = id === "" && custom && run.options.preview ? Unknown.value : id;
  return { result: { urn: state.urn, id: known, state: outputs }, failures: [] };
}
