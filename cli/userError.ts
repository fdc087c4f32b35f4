import { exitCode, type ExitCode } from "./exitCodes";

/** An error that a person can act on: what is wrong, then what to do next. Shown without a stack. */
export class UserError extends Error {
  override readonly name = "UserError";

  constructor(
    /** Stable code such as `EDGE-CLI-003`. */
    readonly code: string,
    message: string,
    /** What to do next. */
    readonly hint: string,
    readonly exit: ExitCode = exitCode.wrongInput,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
