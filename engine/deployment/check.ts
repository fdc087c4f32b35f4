import type { PropertyMap } from "../property/value";
import type { CheckRequest, CheckResponse } from "../providers/provider";
import type { Goal } from "../steps/goal";
import { isProviderType } from "../urn";
import { UnconfiguredProvider } from "./providers";
import type { Run } from "./run";
import { Stopped } from "./run";

/**
 * The inputs as the resource's provider has checked and completed them; a component's are taken as they are.
 *
 * @throws Stopped if the provider finds something wrong with them; each finding has then been reported.
 */
export async function checkedInputs(
  run: Run,
  urn: string,
  goal: Goal,
  olds: PropertyMap,
  news: PropertyMap,
  randomSeed: Uint8Array,
): Promise<PropertyMap> {
  if (!goal.custom) {
    return news;
  }
  const request = { urn, type: goal.type, name: goal.name, olds, news, randomSeed };
  const response = await check(run, goal, request);
  for (const { property, reason } of response.failures) {
    run.fail(
      urn,
      property === ""
        ? `${goal.type} resource '${goal.name}' has a problem: ${reason}`
        : `${goal.type} resource '${goal.name}': property ${property} has a problem: ${reason}`,
    );
  }
  if (response.failures.length > 0) {
    throw new Stopped();
  }
  return response.inputs;
}

async function check(run: Run, goal: Goal, request: CheckRequest): Promise<CheckResponse> {
  if (isProviderType(goal.type)) {
    return run.instances.checkConfig(request);
  }
  try {
    const instance = await run.instances.get(goal.provider);
    return await instance.check(request, run.context(request.urn));
  } catch (error) {
    if (run.options.preview && error instanceof UnconfiguredProvider) {
      return { inputs: request.news, failures: [] };
    }
    throw error;
  }
}
