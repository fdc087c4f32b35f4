import type { CallContext } from "./provider";

/** What a provider takes from the machine. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute folder that relative paths start from. */
  readonly directory: string;
}

/** The surroundings that a call brings, or those of this process, as an official plugin would see them. */
export function surroundingsOf(context: CallContext): Surroundings {
  return {
    // eslint-disable-next-line no-restricted-syntax -- an official plugin inherits the environment of its process too
    environment: context.environment ?? process.env,
    directory: context.directory ?? process.cwd(),
  };
}
