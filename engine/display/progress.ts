import type { Diagnostic, PolicyRemediation, PolicyViolation, RunObserver, Summary } from "../events/observer";
import type { PropertyMap } from "../property/value";
import type { Op, Step } from "../steps/step";
import { isProviderType, nameOf, ROOT_STACK_TYPE, typeOf } from "../urn";
import { showOutputs } from "./value";
import { label, shortType, wordsOf } from "./words";

export interface DisplayOptions {
  /** As in `Updating (dev):`. */
  readonly title: string;
  /** As in `@ updating....`. */
  readonly progress: string;
  readonly stackUrn: string;
  readonly preview: boolean;
  readonly debug: boolean;
  readonly suppressOutputs: boolean;
  readonly suppressProgress: boolean;
  /** The stack's outputs before the run. */
  readonly oldOutputs: PropertyMap;
  /** The stack's outputs now; `undefined` where a run does not change them. */
  readonly newOutputs: () => PropertyMap | undefined;
}

/** Plain lines as the official CLI prints them where there is no terminal. */
export class ProgressDisplay implements RunObserver {
  private readonly starts = new Map<Step, number>();
  private readonly policies: string[] = [];
  private readonly diagnostics = new Map<string, Diagnostic[]>();

  constructor(
    private readonly options: DisplayOptions,
    private readonly print: (text: string) => void,
  ) {}

  prelude(): void {
    this.print(`${this.options.title}:\n\n`);
    if (!this.options.suppressProgress) {
      this.print(`@ ${this.options.progress}....\n`);
    }
  }

  stepStarted(step: Step): void {
    this.starts.set(step, performance.now());
    const { doing } = wordsOf(step.op);
    if (doing !== "" && !this.options.preview && !hidden(step)) {
      this.line(step.op, `${label(step.urn)} ${doing} (0s) ${differences(step)}`);
    }
  }

  stepEnded(step: Step): void {
    const started = this.starts.get(step);
    this.starts.delete(step);
    if (hidden(step) || wordsOf(step.op).doing === "" || started === undefined) {
      return;
    }
    const { done, plan } = wordsOf(step.result === "update" || step.result === "delete" ? step.result : step.op);
    if (step.op === "refresh" && step.result === "same") {
      this.line("same", `${label(step.urn)}  `);
    } else if (this.options.preview) {
      this.line(step.op, `${label(step.urn)} ${plan} ${differences(step)}`);
    } else {
      this.line(step.op, `${label(step.urn)} ${done} (${seconds(started)}s) ${differences(step)}`);
    }
  }

  stepFailed(step: Step): void {
    const started = this.starts.get(step) ?? performance.now();
    this.starts.delete(step);
    this.line(step.op, `${label(step.urn)} **${wordsOf(step.op).doing} failed** (${seconds(started)}s)`);
  }

  diagnostic(diagnostic: Diagnostic): void {
    if (diagnostic.severity === "debug" && !this.options.debug) {
      return;
    }
    const { urn, message, ephemeral } = diagnostic;
    if (ephemeral) {
      if (urn !== "" && !this.options.suppressProgress) {
        this.print(`    ${label(urn)} ${message.trimEnd()}\n`);
      }
      return;
    }
    const at = urn === "" ? this.options.stackUrn : urn;
    this.diagnostics.set(at, [...(this.diagnostics.get(at) ?? []), diagnostic]);
  }

  policyViolated({ urn, policy, pack, version, description, level, message }: PolicyViolation): void {
    const at = urn === "" ? "" : `  (${label(urn)})`;
    const text = `${description}\n${message}`.trim().split("\n").join("\n            ");
    this.policies.push(`    ${pack}@v${version}\n        - [${level}]  ${policy}${at}\n            ${text}\n`);
  }

  policyRemediated({ urn, policy, pack, version }: PolicyRemediation): void {
    this.policies.push(`    ${pack}@v${version}\n        - [remediate]  ${policy}  (${label(urn)})\n`);
  }

  summary({ preview, seconds: duration, changes }: Summary): void {
    this.print(this.diagnosticText());
    if (this.policies.length > 0) {
      this.print(`Policies:\n${this.policies.join("")}\n`);
    }
    const outputs = this.options.newOutputs();
    if (outputs !== undefined && !this.options.suppressOutputs) {
      this.print(showOutputs(this.options.oldOutputs, outputs));
    }
    this.print(changesText(changes, preview));
    if (!preview) {
      this.print(`\nDuration: ${humanSeconds(duration)}\n`);
    }
  }

  end(): void {
    this.starts.clear();
  }

  private diagnosticText(): string {
    if (this.diagnostics.size === 0) {
      return "";
    }
    const parts = [...this.diagnostics].map(([urn, list]) => {
      const lines = list.map(({ severity, message }) => {
        const prefix = severity === "error" || severity === "warning" || severity === "debug" ? `${severity}: ` : "";
        return `    ${prefix}${message.trimEnd().split("\n").join("\n    ")}\n`;
      });
      return `  ${shortType(typeOf(urn))} (${nameOf(urn)}):\n${lines.join("")}\n`;
    });
    return `Diagnostics:\n${parts.join("")}`;
  }

  private line(op: Op, text: string): void {
    if (!this.options.suppressProgress) {
      this.print(` ${wordsOf(op).mark} ${text}\n`);
    }
  }
}

function hidden(step: Step): boolean {
  return (
    (isProviderType(step.type) && /^default(_|$)/.test(nameOf(step.urn))) ||
    (step.op === "refresh" && step.type === ROOT_STACK_TYPE)
  );
}

function differences(step: Step): string {
  const names = step.diffs.length > 0 ? step.diffs : step.keys;
  return names.length === 0 ? "" : `[diff: ~${names.join(",")}]`;
}

function seconds(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(2);
}

function humanSeconds(duration: number): string {
  const whole = Math.max(1, Math.round(duration));
  const minutes = Math.floor(whole / 60);
  return minutes > 0 ? `${minutes}m${whole % 60}s` : `${whole}s`;
}

const ORDER: readonly (readonly [string, string, string, string])[] = [
  ["create", "+ ", "created", "to create"],
  ["import", "= ", "imported", "to import"],
  ["read", "> ", "read", "to read"],
  ["update", "~ ", "updated", "to update"],
  ["delete", "- ", "deleted", "to delete"],
  ["discard", "< ", "discarded", "to discard"],
  ["replace", "+-", "replaced", "to replace"],
];

/** The summary of what has changed, or would. */
export function changesText(changes: Readonly<Record<string, number>>, preview: boolean): string {
  const lines: string[] = [];
  let sum = 0;
  for (const [op, mark, done, plan] of ORDER) {
    const count = changes[op] ?? 0;
    if (count > 0) {
      sum += count;
      lines.push(`    ${mark}${count} ${preview ? plan : done}\n`);
    }
  }
  const same = changes["same"] ?? 0;
  if (sum === 0) {
    return `Resources:\n    ${same} unchanged\n`;
  }
  const rest = [...(lines.length > 1 ? [`${sum} changes`] : []), ...(same > 0 ? [`${same} unchanged`] : [])];
  return `Resources:\n${lines.join("")}${rest.length > 0 ? `    ${rest.join(". ")}\n` : ""}`;
}
