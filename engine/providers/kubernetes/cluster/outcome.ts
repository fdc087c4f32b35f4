import type { PropertyMap } from "../../../property/value";
import { hide, secretTexts } from "../../command/secrets";
import { ProviderError } from "../../failure";
import { PartialFailure } from "../../provider";
import type { CallContext } from "../../provider";
import { textAt } from "../kinds";
import { qualifiedName } from "../object";
import { awaitReady, timeoutOf } from "./await";
import type { Cluster } from "./cluster";
import { ApiError, explained, NoSuchKind, Unreachable } from "./failure";

/** Does what may fail at the API server, and words its failures for people, with the secrets of the inputs hidden. */
export async function guarded<T>(
  doing: string,
  object: PropertyMap,
  inputs: PropertyMap,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw hidden(explained(error, doing, object), inputs);
  }
}

/** The error with the secrets of the inputs hidden in its message. */
export function hidden(error: unknown, inputs: PropertyMap): unknown {
  if (error instanceof ProviderError) error.message = hide(error.message, secretTexts(inputs));
  return error;
}

/** The answer of the API server behind an error, whether it has been worded for people or not. */
export function answerIn(error: unknown): ApiError | undefined {
  const answer = error instanceof ProviderError ? error.cause : error;
  return answer instanceof ApiError ? answer : undefined;
}

/** What keeps a preview from asking the server, and is no failure of the program. */
export function cannotPreview(error: unknown): boolean {
  if (error instanceof NoSuchKind || error instanceof Unreachable) return true;
  const answer = answerIn(error);
  return answer !== undefined && (answer.code === 403 || /dry ?run/i.test(answer.message));
}

/**
 * Waits for what was made.
 *
 * @param state the resource's outputs from the object as it is.
 * @returns the outputs of the object when it is ready.
 * @throws PartialFailure with the outputs as they are then if it does not become so.
 */
export async function awaited(
  { objects }: Cluster,
  object: PropertyMap,
  made: PropertyMap,
  inputs: PropertyMap,
  timeout: number,
  state: (live: PropertyMap) => PropertyMap,
  context: CallContext,
): Promise<PropertyMap> {
  const named = `${textAt(made, "kind")} ${qualifiedName(made)}`;
  let failure: string | undefined;
  let live = made;
  try {
    ({ live, failure } = await awaitReady(objects, object, made, timeoutOf(object, timeout), context));
  } catch (error) {
    // The object is there: the state must know it, whatever kept it from being watched.
    failure = context.signal.aborted ? "waiting for it was cancelled" : (error as Error).message;
  }
  if (failure === undefined) return state(live);
  const what = hide(`${named} exists but does not become ready: ${failure}`, secretTexts(inputs));
  throw new PartialFailure(qualifiedName(made), state(live), [`EDGE-KUBERNETES-018: ${what}`]);
}
