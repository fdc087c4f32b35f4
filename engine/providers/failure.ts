/**
 * An error that a provider raises for people: a code to look up, what is wrong and what to do next.
 *
 * The message reads `CODE: what. next`, so it stays whole wherever only the message is shown.
 */
export class ProviderError extends Error {
  constructor(
    readonly code: string,
    what: string,
    readonly next: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${what}. ${next}.`, options);
    this.name = "ProviderError";
  }
}
