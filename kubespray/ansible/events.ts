import { z } from "zod";

const line = z.object({
  edgewave: z.enum(["play", "task", "nobody", "host", "ok", "skipped", "failed", "unreachable", "retry", "stats"]),
  play: z.string().optional(),
  task: z.string().optional(),
  host: z.string().optional(),
  changed: z.boolean().optional(),
  ignored: z.boolean().optional(),
  message: z.string().optional(),
  log: z.string().nullish(),
  attempt: z.number().nullish(),
  of: z.number().nullish(),
});

/** One line of the callback plugin. */
export type AnsibleEvent = z.output<typeof line>;

/** @returns undefined for a line that is none of the plugin's, such as a warning of Ansible. */
export function readEvent(text: string): AnsibleEvent | undefined {
  if (!text.startsWith('{"edgewave":')) return undefined;
  try {
    const read = line.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

/** Where a playbook is. */
export interface Doing {
  readonly play: string;
  readonly task: string;
  /** Undefined while no host has begun the task. */
  readonly host: string | undefined;
}

/** A task that went wrong at a host, and was not caught by the playbook as far as is known. */
export interface TaskFailure extends Doing {
  readonly unreachable: boolean;
  readonly message: string;
}

/** Follows a playbook by its events. */
export class Course {
  private play = "";
  private task = "";
  readonly failures: TaskFailure[] = [];
  /** Whether a play found no host. */
  nobody = false;

  /** @returns where the playbook is if that has changed. */
  take(event: AnsibleEvent): Doing | undefined {
    switch (event.edgewave) {
      case "play":
        this.play = event.play ?? "";
        this.task = "";
        return undefined;
      case "task":
        this.task = event.task ?? "";
        return { play: this.play, task: this.task, host: undefined };
      case "host":
        return { play: this.play, task: event.task ?? this.task, host: event.host };
      case "failed":
      case "unreachable":
        if (event.ignored === true) return undefined;
        this.failures.push({
          play: this.play,
          task: event.task ?? this.task,
          host: event.host ?? "",
          unreachable: event.edgewave === "unreachable",
          message: event.message ?? "it does not say why",
        });
        return undefined;
      case "nobody":
        this.nobody = true;
        return undefined;
      default:
        return undefined;
    }
  }
}

/** Hosts whose failures are told; the log has all. */
const mostFailures = 3;
/** Characters of one message that a person gets. */
const longestMessage = 600;

/** What went wrong, for people: the failing tasks with their hosts, and what they say. Pure. */
export function failureText(failures: readonly TaskFailure[]): string {
  // The last failures are those that ended the run: a rescued block comes before.
  const last = failures.slice(-mostFailures);
  const lines = last.map(({ task, host, unreachable, message }) => {
    const short = message.length > longestMessage ? `${message.slice(0, longestMessage)} ...` : message;
    const what = unreachable ? "does not answer" : "failed";
    return `${host ?? ""} ${what} at the task "${task}": ${short.split("\n").join("\n  ").trim()}`;
  });
  const more = failures.length - last.length;
  return [...lines, ...(more > 0 ? [`and ${more} earlier failures in the log`] : [])].join("\n");
}
