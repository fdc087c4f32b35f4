import type { CallContext } from "./provider";

/** What a provider takes from the machine. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute folder that relative paths start from. */
  readonly directory: string;
}

/** The surroundings that a call brings, or those of this process, as an official plugin would see them. */
export function surroundingsOf(context: CallContext): Surroundings {
  const own = processSurroundings();
  return { environment: context.environment ?? own.environment, directory: context.directory ?? own.directory };
}

/** The surroundings of this process. */
export function processSurroundings(): Surroundings {
  // eslint-disable-next-line no-restricted-syntax -- an official plugin inherits the environment of its process too
  return { environment: process.env, directory: process.cwd() };
}
