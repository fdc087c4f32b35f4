import type { Diagnostic } from "../events/observer";
import type { Op, Step } from "../steps/step";
import { parseUrn, ROOT_STACK_TYPE } from "../urn";
import { diffOfDetails } from "./diff/detailed";
import type { ObjectDiff } from "./diff/objectDiff";
import { Changes, diffMaps, isInternalKey } from "./diff/objectDiff";
import { label, wordsOf } from "./words";

/** What the lines about one resource are made of. Source: `pkg/backend/display/rows.go`. */
export class Row {
  /** As it stands; `undefined` if only messages have come. */
  step: Step | undefined;
  /** Whether nothing has come yet that a person wants to see. */
  hidden = true;
  failed = false;
  readonly diagnostics: Diagnostic[] = [];
  private readonly ended: Step[] = [];
  private startedAt = 0;
  private endedAt = 0;

  constructor(readonly urn: string) {}

  get op(): Op {
    return this.step === undefined ? "same" : (this.step.result ?? this.step.op);
  }

  get isStack(): boolean {
    return parseUrn(this.urn).qualifiedType === ROOT_STACK_TYPE;
  }

  start(step: Step): void {
    this.step = step;
    this.startedAt = performance.now();
    this.endedAt = 0;
  }

  end(step: Step): void {
    this.step = step;
    this.endedAt = performance.now();
    this.ended.push(step);
  }

  /** @param over whether the whole run is. */
  isDone(over: boolean): boolean {
    const ended = () => this.ended.some((step) => (step.result ?? step.op) === this.op);
    return this.failed || over || (!this.isStack && ended());
  }

  count(severity: Diagnostic["severity"]): number {
    return this.diagnostics.filter((one) => one.severity === severity && !one.ephemeral).length;
  }

  /** The line that tells how the resource stands. */
  text(preview: boolean, over: boolean): string {
    return ` ${wordsOf(this.op).mark} ${label(this.urn)} ${this.status(preview, over)} ${this.info(over)}\n`;
  }

  private status(preview: boolean, over: boolean): string {
    const { doing, done, plan } = wordsOf(this.op);
    const ends: readonly Op[] = ["delete", "replace", "create-replacement", "delete-replaced"];
    const retained = this.step?.old?.fields.retainOnDelete === true && ends.includes(this.op) ? "[retain]" : "";
    const isDone = this.isDone(over);
    if (isDone && (this.failed || this.count("error") > 0) && !preview) {
      return `**${this.op === "same" ? "failed" : `${doing} failed`}**${retained}`;
    }
    if (this.op === "same") {
      return this.isStack && !isDone ? "running" : "";
    }
    if (preview) {
      return plan + retained;
    }
    const time = isDone ? `(${((this.endedAt - this.startedAt) / 1000).toFixed(2)}s)` : `(${this.runningSeconds}s)`;
    const timed = isDone && this.endedAt === 0 ? done : `${isDone ? done : doing} ${time}`;
    return timed + retained;
  }

  private get runningSeconds(): number {
    return Math.floor((performance.now() - this.startedAt) / 1000);
  }

  private info(over: boolean): string {
    const difference = this.difference();
    const parts = difference === "" ? [] : [`[${difference}]`];
    if (over) {
      parts.push(...this.counts());
    } else {
      const last = this.diagnostics.at(-1);
      const message = last === undefined ? "" : messageText(last).trimEnd();
      parts.push(...(message === "" ? [] : [message]));
    }
    return parts.join("; ");
  }

  private counts(): string[] {
    const errors = this.count("error");
    const warnings = this.count("warning");
    const messages = this.count("info") + this.count("info#err");
    const debugs = this.count("debug");
    const some = (count: number, one: string) => (count === 0 ? [] : [`${count} ${one}${count === 1 ? "" : "s"}`]);
    const debug = debugs === 0 ? [] : [`${debugs} debug`];
    return [...some(errors, "error"), ...some(warnings, "warning"), ...some(messages, "message"), ...debug];
  }

  private difference(): string {
    const steps: readonly Op[] = ["create-replacement", "delete-replaced"];
    const shown = steps.includes(this.op)
      ? (this.ended.findLast(({ op }) => op === "replace") ?? this.step)
      : this.step;
    return shown === undefined ? "" : differenceText(shown, shown === this.step ? this.op : shown.op);
  }
}

/** A message with what it is. */
export function messageText({ severity, message }: Diagnostic): string {
  return severity === "error" || severity === "warning" || severity === "debug" ? `${severity}: ${message}` : message;
}

/** The names of what differs, as in `diff: +a,b~c`. */
function differenceText(step: Step, op: Op): string {
  const { old, made } = step;
  if (old === undefined || made === undefined) {
    return "";
  }
  let diff: ObjectDiff | undefined;
  if (op !== "same") {
    diff =
      step.detailedDiff === undefined
        ? diffMaps(old.fields.inputs, made.fields.inputs, (path) => isInternalKey(String(path.at(-1))))
        : diffOfDetails(step, false, [], []);
  }
  const updates = new Set(diff?.updates.keys());
  const changed = {
    provider: old.fields.provider !== made.fields.provider,
    protect: old.fields.protect !== made.fields.protect,
  };
  for (const [name, differs] of Object.entries(changed)) {
    if (differs) {
      diff ??= new Changes<string>();
      updates.add(name);
    }
  }
  if (diff === undefined) {
    return "";
  }
  const wanted = (names: Iterable<string>) =>
    [...names].filter((name) => step.diffs.length === 0 || step.diffs.includes(name)).sort();
  const list = (mark: string, names: string[]) => (names.length === 0 ? "" : mark + names.join(","));
  return `diff: ${list("+", wanted(diff.adds.keys()))}${list("-", wanted(diff.deletes.keys()))}${list("~", wanted(updates))}`;
}
