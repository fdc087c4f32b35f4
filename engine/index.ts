/**
 * The embedded engine: Pulumi's engine in this process, behind the Automation API's `PulumiCommand`.
 *
 * It knows nothing of what a program describes; it is given the providers that it may use.
 */
export { EmbeddedPulumiCommand } from "./command";
export type { EmbeddedOptions } from "./command";
export type { CommandResult, Version } from "./sdk";
