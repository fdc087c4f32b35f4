import type { EngineEvent, OpMap } from "@pulumi/pulumi/automation";

/** Lines of a message that a person gets; the log has all of it. */
const longestMessage = 8;
/** What engines say about every failure, whatever its cause. */
const generic = /^(update|preview|destroy|refresh|resource .*) failed$|^One or more errors occurred(\.|$)/;
const colour = /<\{%[^%]*%\}>/g;
const escape = /\u001b\[[0-9;]*m/g;

/** Gathers from an engine's events what the runner tells others: progress, changes, and the reason of a failure. */
export class EngineReport {
  private readonly done = new Set<string>();
  private readonly errors = new Map<string, string>();
  private summary: OpMap | undefined;

  constructor(private readonly onProgress: (resources: number) => void) {}

  readonly take = (event: EngineEvent): void => {
    const { resOutputsEvent, diagnosticEvent, summaryEvent } = event;
    if (resOutputsEvent !== undefined) {
      this.done.add(resOutputsEvent.metadata.urn);
      this.onProgress(this.done.size);
    }
    if (diagnosticEvent?.severity === "error") this.error(diagnosticEvent.message, diagnosticEvent.urn);
    if (summaryEvent !== undefined) this.summary = summaryEvent.resourceChanges;
  };

  /** By operation; empty before the engine has summed up. */
  get changes(): Record<string, number> {
    const counts = Object.entries(this.summary ?? {}).filter(([, count]) => (count ?? 0) > 0);
    return Object.fromEntries(counts) as Record<string, number>;
  }

  /** Resources that are in the stack after the run, or would be. */
  get resources(): number {
    const { create = 0, same = 0, update = 0, replace = 0, read = 0, import: imported = 0 } = this.changes;
    return create + same + update + replace + read + imported;
  }

  /** What went wrong, in the program's or the provider's words, or from the thrown error if no event said so. */
  failure(error: unknown): string {
    const chosen = this.messages(error);
    const lines = chosen.flatMap((message) => message.split("\n"));
    return lines.length <= longestMessage
      ? lines.join("\n")
      : [...lines.slice(0, longestMessage), `and ${lines.length - longestMessage} more lines in the log`].join("\n");
  }

  /** One text a failed resource, without what engines say about every failure; at least one. */
  messages(error: unknown): string[] {
    const said = [...this.errors.keys()];
    const telling = said.filter((message) => !generic.test(message.replace(/^\S+: /, "")));
    return telling.length > 0 ? telling : said.length > 0 ? said : [fromError(error)];
  }

  private error(text: string, urn: string | undefined): void {
    const message = withoutStack(text);
    const resource = urn === undefined || urn.includes("pulumi:pulumi:Stack") ? undefined : urn.split("::").at(-1);
    if (message !== "") this.errors.set(resource ? `${resource}: ${message}` : message, text);
  }
}

/** A message without colours, stack frames and empty lines. */
function withoutStack(text: string): string {
  return text
    .replace(colour, "")
    .replace(escape, "")
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== "" && !/^\s+at .*(:\d+:\d+\)?|<anonymous>\)?|native\)?)$/.test(line))
    .map((line) =>
      line.replace(/^(error: )?(Unhandled exception: |Running program '.*' failed with an unhandled exception:)/, ""),
    )
    .filter((line) => line !== "")
    .join("\n")
    .trim();
}

/** The telling lines of an engine's failed command, whose message is all of its output. */
function fromError(error: unknown): string {
  const text = withoutStack(error instanceof Error ? error.message : String(error));
  const lines = text.split("\n").filter((line) => !/^\s*(code: |stdout:\s*$|err\?:|stderr:\s*$)/.test(line));
  const errors = lines.filter((line) => /error: /.test(line)).map((line) => line.replace(/^.*?error: /, ""));
  return (errors.length > 0 ? errors : lines.slice(-3)).join("\n") || "the engine failed without a message";
}
