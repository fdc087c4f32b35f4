import type { LockCode } from "./codes";

/** A registry did not give what was asked for. The message names the registry and no credentials. */
export class RegistryFailure extends Error {
  override readonly name = "RegistryFailure";

  /** @param hint the code's own fix unless given. */
  constructor(
    readonly code: LockCode,
    message: string,
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Worth asking again for, after `afterSeconds` if the registry said so. */
export class Passing extends Error {
  override readonly name = "Passing";

  constructor(
    message: string,
    readonly afterSeconds?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What work comes to, or why a registry kept it from coming to anything. @throws whatever else went wrong */
export async function orFailure<T>(work: Promise<T>): Promise<T | RegistryFailure> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RegistryFailure) return error;
    throw error;
  }
}
