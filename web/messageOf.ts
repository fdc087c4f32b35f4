/** What an error says, with its code or cause where it says nothing itself, as errors of sockets do. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.message === "") return error.errors.map(messageOf).join(", ");
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}
