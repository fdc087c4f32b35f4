import type { Diagnostic, PolicyRemediation, PolicyViolation, RunObserver, Summary } from "../../events/observer";
import type { Op, Step } from "../../steps/step";
import { printChanges } from "./changes";
import { nameOf, parseUrn, ROOT_STACK_TYPE, typeOf } from "../../urn";
import { changesText, durationText } from "../summary";
import { shortType } from "../words";
import { diffMaps } from "./objectDiff";
import { outputsText } from "./outputs";
import { Printer } from "./printer";
import { detailsText, headerText } from "./step";
import type { ShowOptions } from "../shown";
import { isShown } from "../shown";

export interface DiffDisplayOptions extends ShowOptions {
  /** As in `Updating (dev):`. */
  readonly title: string;
  readonly preview: boolean;
  readonly debug: boolean;
  readonly suppressOutputs: boolean;
  /** Whether long texts are cut. */
  readonly truncate: boolean;
}

/**
 * The view of `--diff`: each resource with its properties and how they change.
 *
 * Source: `pkg/backend/display/diff.go`, without colours. Diagnostics go to the error stream.
 */
export class DiffDisplay implements RunObserver {
  /** By URN, the step that a resource was last seen with, as it was then. */
  private readonly seen = new Map<string, { readonly step: Step; readonly op: Op }>();
  private readonly packs = new Map<string, string>();
  private errored = 0;

  constructor(
    private readonly options: DiffDisplayOptions,
    private readonly print: (text: string) => void,
    private readonly printError: (text: string) => void,
  ) {}

  prelude(): void {
    this.print(`${this.options.title}:\n`);
  }

  stepStarted(step: Step): void {
    this.seen.set(step.urn, { step, op: step.op });
    if (step.op !== "refresh" && step.op !== "import" && this.shows(step)) {
      this.print(this.stepText(step, step.op, false));
    }
  }

  stepEnded(step: Step): void {
    const op = this.opOf(step);
    if (!this.shows(step)) {
      return;
    }
    const refresh = this.seen.get(step.urn)?.op === "refresh";
    if (op === "import" || (refresh && op === "update")) {
      this.print(this.stepText(step, op, refresh));
      return;
    }
    const { preview, showSames, truncate, suppressOutputs } = this.options;
    const indent = this.indentOf(step);
    const text = outputsText({ ...step, op }, indent + 1, { planning: preview, refresh, showSames, truncate });
    if (refresh && (op !== "refresh" || text !== "" || isRoot(step))) {
      this.print(headerText(step, op, indent));
    }
    if (text !== "" && !suppressOutputs) {
      this.print(`${"    ".repeat(indent + 1)}--outputs:--\n${text}`);
    }
  }

  stepFailed(): void {
    this.errored += 1;
  }

  diagnostic({ severity, message }: Diagnostic): void {
    if (severity !== "debug" || this.options.debug) {
      const prefix = severity === "error" || severity === "warning" || severity === "debug" ? `${severity}: ` : "";
      this.printError(`${prefix}${message.endsWith("\n") ? message : `${message}\n`}`);
    }
  }

  policyViolated({ urn, policy, pack, version, description, level, message }: PolicyViolation): void {
    this.packs.set(pack, version);
    const text = `${description}\n${message}`.replace(/\n$/, "");
    this.print(`    ${pack}@v${version} [${level}]  ${policy}${clause(urn)}${text}\n`);
  }

  policyRemediated({ urn, policy, pack, version, before, after }: PolicyRemediation): void {
    this.packs.set(pack, version);
    const diff = diffMaps(before, after);
    if (diff !== undefined) {
      const text = Printer.print({ planning: false, truncate: true }, 2, (printer) => {
        diff.sames.clear();
        printChanges(printer, diff);
      });
      this.print(`    ${pack}@v${version} [remediate]  ${policy}${clause(urn)}\n${text}\n`);
    }
  }

  summary({ preview, seconds, changes }: Summary): void {
    this.print(changesText(changes, preview, this.errored));
    if (this.packs.size > 0) {
      const width = Math.max("Name".length, ...[...this.packs.keys()].map((name) => name.length)) + 2;
      const rows = [...this.packs].map(([name, version]) => `    ${name.padEnd(width)}${version}\n`);
      this.print(`\nPolicy Packs run:\n    ${"Name".padEnd(width)}Version\n${rows.join("")}`);
    }
    if (!preview) {
      this.print(durationText(seconds));
    }
  }

  end(): void {
    this.seen.clear();
  }

  private stepText(step: Step, op: Op, refresh: boolean): string {
    const indent = this.indentOf(step);
    const options = { planning: this.options.preview, truncate: this.options.truncate };
    return headerText(step, op, indent) + detailsText(step, op, indent, refresh, options);
  }

  private opOf(step: Step): Op {
    return step.result ?? step.op;
  }

  private shows(step: Step): boolean {
    return isRoot(step) || isShown({ ...step, op: this.opOf(step) }, this.options);
  }

  /** A resource stands below its parents, as far as those are shown. */
  private indentOf(step: Step): number {
    let indent = 0;
    let parent = parentOf(step);
    while (parent !== "") {
      const above = this.seen.get(parent)?.step;
      if (above === undefined) {
        break;
      }
      indent += this.shows(above) ? 1 : 0;
      parent = parentOf(above);
    }
    return indent;
  }
}

function parentOf({ made, old }: Step): string {
  return (made ?? old)?.fields.parent ?? "";
}

function isRoot({ urn }: Step): boolean {
  return parseUrn(urn).qualifiedType === ROOT_STACK_TYPE;
}

function clause(urn: string): string {
  return urn === "" ? "" : `  (${shortType(typeOf(urn))}: ${nameOf(urn)})`;
}
