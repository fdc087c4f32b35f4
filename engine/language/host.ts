import type { OpenValue } from "../project/values";

/** What a program is run with. */
export interface ProgramRequest {
  readonly project: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, OpenValue>>;
  readonly preview: boolean;
  /** 0 for no limit. */
  readonly parallel: number;
  readonly monitorAddress: string;
  /** Aborted when the program is to end at once. */
  readonly signal: AbortSignal;
}

/** How a program ended: well, badly with everything already said, or with a message that nobody has seen yet. */
export type ProgramEnd =
  | { readonly kind: "succeeded" }
  | { readonly kind: "reported" }
  | { readonly kind: "failed"; readonly message: string };

/** Runs a program to its end. */
export type LanguageHost = (request: ProgramRequest) => Promise<ProgramEnd>;
