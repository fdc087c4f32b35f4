import type { Diagnostic, PolicyRemediation, PolicyViolation, RunObserver, Summary } from "../events/observer";
import type { Step } from "../steps/step";
import { nameOf, typeOf } from "../urn";
import { outputsText } from "./diff/outputs";
import { messageText, Row } from "./rows";
import type { ShowOptions } from "./shown";
import { isDefaultProvider, isShown } from "./shown";
import { changesText, durationText } from "./summary";
import { label, shortType } from "./words";

export interface DisplayOptions extends Pick<ShowOptions, "showSames"> {
  /** As in `Updating (dev):`. */
  readonly title: string;
  /** As in `@ updating....`. */
  readonly progress: string;
  readonly stackUrn: string;
  readonly preview: boolean;
  readonly debug: boolean;
  readonly suppressOutputs: boolean;
  readonly suppressProgress: boolean;
  /** Whether resources that are only read have lines of their own. */
  readonly showReads: boolean;
  /** Whether long texts are cut. */
  readonly truncate: boolean;
}

/**
 * Plain lines as the official CLI prints them where there is no terminal: one each time that a resource's state changes.
 *
 * Source: `pkg/backend/display/progress.go`.
 */
export class ProgressDisplay implements RunObserver {
  private readonly rows = new Map<string, Row>();
  private readonly policies: string[] = [];

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
    if (isDefaultProvider(step) || this.isHiddenRead(step, true)) {
      return;
    }
    const row = this.row(step.urn, step);
    row.start(step);
    this.tell(row);
  }

  stepEnded(step: Step): void {
    if (isDefaultProvider(step) || this.isHiddenRead(step, false)) {
      return;
    }
    const row = this.row(step.urn, step);
    row.end(step);
    const custom = (step.made ?? step.old)?.fields.custom === true;
    if (step.op === "refresh" || (!this.options.preview && custom && step.op !== "same")) {
      this.tell(row);
    }
  }

  stepFailed(step: Step): void {
    const row = this.row(step.urn, step);
    row.failed = true;
    this.tell(row);
  }

  diagnostic(diagnostic: Diagnostic): void {
    if (diagnostic.severity === "debug" && !this.options.debug) {
      return;
    }
    const row = this.row(diagnostic.urn === "" ? this.options.stackUrn : diagnostic.urn);
    row.hidden = false;
    row.diagnostics.push(diagnostic);
    this.tell(row);
  }

  policyViolated({ urn, policy, pack, version, description, level, message }: PolicyViolation): void {
    const at = urn === "" ? "" : `  (${label(urn)})`;
    const text = `${description}\n${message}`.trim().split("\n").join("\n            ");
    this.policies.push(`    ${pack}@v${version}\n        - [${level}]  ${policy}${at}\n            ${text}\n`);
  }

  policyRemediated({ urn, policy, pack, version }: PolicyRemediation): void {
    this.policies.push(`    ${pack}@v${version}\n        - [remediate]  ${policy}  (${label(urn)})\n`);
  }

  summary({ preview, seconds, changes }: Summary): void {
    for (const row of this.rows.values()) {
      if (!row.isDone(false) && !row.hidden) {
        this.print(row.text(preview, true));
      }
    }
    if (this.policies.length > 0) {
      this.print(`Policies:\n${this.policies.join("")}\n`);
    }
    this.print(this.diagnosticText());
    this.print(this.stackOutputs());
    const errored = [...this.rows.values()].filter((row) => row.count("error") > 0);
    this.print(changesText(changes, preview, errored.length));
    if (!preview) {
      this.print(durationText(seconds));
    }
  }

  end(): void {
    this.rows.clear();
  }

  private row(urn: string, step?: Step): Row {
    let row = this.rows.get(urn);
    if (row === undefined) {
      row = new Row(urn);
      row.step = step;
      this.rows.set(urn, row);
    }
    const { showSames } = this.options;
    if (step !== undefined && isShown(step, { showSames, showReplacementSteps: true })) {
      row.hidden = false;
    }
    return row;
  }

  private tell(row: Row): void {
    if (!row.hidden) {
      this.print(row.text(this.options.preview, false));
    }
  }

  /** What a program only reads is told once, at the stack. */
  private isHiddenRead({ op, urn }: Step, begins: boolean): boolean {
    if (this.options.showReads || !["read", "read-replacement", "discard"].includes(op)) {
      return false;
    }
    if (begins && op === "read") {
      this.diagnostic({ urn: "", severity: "info", message: `read ${label(urn)}`, streamId: 0, ephemeral: true });
    }
    return true;
  }

  private stackOutputs(): string {
    const { preview, showSames, truncate, suppressOutputs, stackUrn } = this.options;
    const step = this.rows.get(stackUrn)?.step;
    // A destroy tells of no outputs.
    if (step?.made === undefined || suppressOutputs) {
      return "";
    }
    const text = outputsText(step, 1, { planning: preview, refresh: false, showSames, truncate });
    return text === "" ? "" : `Outputs:\n${text}\n`;
  }

  private diagnosticText(): string {
    const parts = [...this.rows.values()].map(({ urn, diagnostics }) => {
      const lines = diagnostics
        .filter(({ ephemeral, message }) => !ephemeral && message.trim() !== "")
        .map((diagnostic) => `    ${messageText(diagnostic).trimEnd().split("\n").join("\n    ")}\n`);
      return lines.length === 0 ? "" : `  ${shortType(typeOf(urn))} (${nameOf(urn)}):\n${lines.join("")}\n`;
    });
    const text = parts.join("");
    return text === "" ? "" : `Diagnostics:\n${text}`;
  }
}
