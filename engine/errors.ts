/**
 * An error that ends a command with a message for a person and nothing else: no stack trace, exit code 255 as the CLI's.
 */
export class EngineError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "EngineError";
  }
}

/** A run that already reported what went wrong through its diagnostics. */
export class ReportedError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ReportedError";
  }
}

/** Something that the embedded engine does not do. It names the thing and the way out. */
export class RefusedError extends EngineError {
  constructor(what: string, hint = "use the official pulumi CLI for it") {
    super(`the embedded engine does not support ${what}; ${hint}`);
    this.name = "RefusedError";
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
