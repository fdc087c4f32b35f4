/** What is read here of an engine event, as `--event-log` writes it. */
interface Event {
  readonly resourcePreEvent?: {
    readonly metadata: {
      readonly op: string;
      readonly urn: string;
      readonly keys?: string[];
      readonly diffs?: string[];
      readonly logical?: boolean;
    };
  };
  readonly summaryEvent?: { readonly resourceChanges: Record<string, number>; readonly result: string };
}

function events(text: string): Event[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
}

/** The steps of an update by their lines: operation, logical name, keys and properties that differ. */
export function steps(text: string): string[] {
  return events(text).flatMap(({ resourcePreEvent: event }) => {
    if (event === undefined) {
      return [];
    }
    const { op, urn, keys, diffs, logical } = event.metadata;
    return [
      `${op} ${urn.split("::")[3]} ${(keys ?? []).join()} ${[...(diffs ?? [])].sort().join()} ${logical === true}`,
    ];
  });
}

/** How often each operation was done, and how it ended. */
export function summary(text: string): unknown {
  const found = events(text).find(({ summaryEvent }) => summaryEvent !== undefined)?.summaryEvent;
  return { changes: found?.resourceChanges, result: found?.result };
}
