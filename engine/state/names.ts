import { EngineError } from "../errors";

/** A stack of a project; the file backend has one organization, named `organization`. */
export interface StackName {
  readonly project: string;
  readonly stack: string;
}

const NAME = /^[A-Za-z0-9_.-]{1,100}$/;

/**
 * Reads `STACK`, `organization/STACK` or `organization/PROJECT/STACK`.
 *
 * The characters are those that the official CLI allows (`sdk/go/common/tokens`); `.` and `..` are refused besides,
 * since names become file names.
 */
export function parseStackName(text: string, currentProject: string | undefined): StackName {
  const parts = text.split("/");
  const stack = parts[parts.length - 1] ?? "";
  const organization = parts.length > 1 ? parts[0] : "organization";
  const project = parts.length === 3 ? parts[1] : currentProject;
  if (parts.length > 3 || stack === "") {
    throw new EngineError(`'${text}' is not a stack name (STACK or organization/PROJECT/STACK)`);
  }
  if (organization !== "organization") {
    throw new EngineError("organization name must be 'organization'");
  }
  if (project === undefined) {
    throw new EngineError(
      "no Pulumi.yaml project file found; either run this command from a directory containing a Pulumi project, " +
        "or pass the fully qualified stack name (organization/project/stack)",
    );
  }
  return { project: checkName("project", project), stack: checkName("stack", stack) };
}

/** @throws if the name has characters that a file name or a URN cannot bear. */
export function checkName(kind: "project" | "stack", name: string): string {
  if (!NAME.test(name) || name === "." || name === "..") {
    throw new EngineError(
      `invalid ${kind} name '${name}': a ${kind} name may only contain alphanumeric, hyphens, underscores, or periods, ` +
        "100 characters at most",
    );
  }
  return name;
}

export function qualifiedName(name: StackName): string {
  return `organization/${name.project}/${name.stack}`;
}
