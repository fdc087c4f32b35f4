import type { PropertyMap } from "../../../property/value";
import { isList, isMap } from "../../../property/shape";
import { ProviderError } from "../../failure";
import { textAt } from "../kinds";
import { qualifiedName } from "../object";

/** What the API server answered in place of the object: its `Status`. */
export class ApiError extends Error {
  constructor(
    /** HTTP status code, such as 404. */
    readonly code: number,
    /** Such as `NotFound` or `AlreadyExists`; empty if it named none. */
    readonly reason: string,
    message: string,
    /** Fields that it named, with what it said about each. */
    readonly causes: readonly { readonly field: string; readonly message: string; readonly reason: string }[],
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** No API server answers. */
export class Unreachable extends ProviderError {
  constructor(server: string, cause: unknown) {
    super(
      "EDGE-KUBERNETES-010",
      `the cluster at ${server} cannot be reached: ${(cause as Error).message}`,
      "Check the address in the kubeconfig and the way there",
      { cause },
    );
  }
}

/** The API server serves no such kind. */
export class NoSuchKind extends ProviderError {
  constructor(apiVersion: string, kind: string) {
    super(
      "EDGE-KUBERNETES-011",
      `the API server serves no ${kind} of ${apiVersion}`,
      "Create its CustomResourceDefinition first and name it in dependsOn, or correct apiVersion and kind",
    );
  }
}

/** Reads an answer that is no success. */
export function apiError(code: number, body: PropertyMap | undefined, text: string): ApiError {
  const details = body !== undefined && isMap(body["details"]) ? body["details"] : {};
  const causes = isList(details["causes"]) ? details["causes"].filter(isMap) : [];
  return new ApiError(
    code,
    body === undefined ? "" : textAt(body, "reason"),
    (body === undefined ? "" : textAt(body, "message")) || text.trim().slice(0, 500) || `HTTP status ${code}`,
    causes.map((cause) => ({
      field: textAt(cause, "field"),
      message: textAt(cause, "message"),
      reason: textAt(cause, "reason"),
    })),
  );
}

/**
 * Words what the API server said for people: which object, which fields, what to do.
 *
 * @param doing such as `created`.
 */
export function explained(error: unknown, doing: string, object: PropertyMap): unknown {
  if (!(error instanceof ApiError)) return error;
  const subject = `${textAt(object, "kind")} ${qualifiedName(object)}`;
  const { code, what, next } = advice(error);
  return new ProviderError(code, `${subject} was not ${doing}: ${what}`, next, { cause: error });
}

function advice(error: ApiError): { readonly code: string; readonly what: string; readonly next: string } {
  if (error.code === 409 && error.reason === "AlreadyExists") {
    return {
      code: "EDGE-KUBERNETES-012",
      what: `it exists in the cluster already: ${error.message}`,
      next: "Import it with the import option, give the other one up, or name an alias if this resource was renamed",
    };
  }
  const conflicts = error.causes.filter(({ reason }) => reason === "FieldManagerConflict");
  if (error.code === 409 && conflicts.length > 0) {
    const fields = conflicts.map(({ field, message }) => `${field} (${message})`).join(", ");
    return {
      code: "EDGE-KUBERNETES-013",
      what: `others manage fields of it: ${fields}`,
      next:
        "Take these fields out of the program or name them in ignoreChanges; to take them over, set the annotation " +
        'pulumi.com/patchForce: "true"',
    };
  }
  if (error.code === 422) {
    const fields = error.causes.map(({ field, message }) => `${field}: ${message}`).join("; ");
    const immutable = error.message.includes("immutable");
    return {
      code: "EDGE-KUBERNETES-014",
      what: `the API server finds it invalid: ${fields || error.message}`,
      next: immutable
        ? "Such a field only changes with a new object: name it in replaceOnChanges"
        : "Correct these fields in the program",
    };
  }
  if (error.code === 401 || error.code === 403) {
    return {
      code: "EDGE-KUBERNETES-015",
      what: `the API server does not allow it: ${error.message}`,
      next: "Give the user of the kubeconfig this permission, or another kubeconfig to the provider",
    };
  }
  return {
    code: "EDGE-KUBERNETES-016",
    what: `the API server answered ${error.code}: ${error.message}`,
    next: "Correct what it names, then run again",
  };
}
