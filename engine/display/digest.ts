import type { Diagnostic, RunObserver, Summary } from "../events/observer";
import type { Json } from "../property/checkpoint";
import { isList, isMap, mapValues } from "../property/shape";
import type { PropertyMap, PropertyValue } from "../property/value";
import { OutputValue, Secret } from "../property/value";
import { maskingCodec } from "../secrets/manager";
import { resourceToJson } from "../state/resource";
import type { ResourceState } from "../state/resource";
import type { Step } from "../steps/step";
import { parseUrn, ROOT_STACK_TYPE } from "../urn";
import type { ShowOptions } from "./shown";
import { isShown } from "./shown";

/**
 * One JSON object for a whole preview, as `pulumi preview --json` prints it.
 *
 * Source: `PreviewDigest` of `pkg/display/json.go`.
 */
export class DigestDisplay implements RunObserver {
  private config: Readonly<Record<string, string>> = {};
  private readonly steps: Json[] = [];
  private readonly diagnostics: Json[] = [];

  constructor(
    private readonly options: ShowOptions & { readonly suppressOutputs: boolean },
    private readonly print: (text: string) => void,
  ) {}

  prelude(config: Readonly<Record<string, string>>): void {
    this.config = config;
  }

  stepStarted(step: Step): void {
    if (parseUrn(step.urn).qualifiedType !== ROOT_STACK_TYPE && !isShown(step, this.options)) {
      return;
    }
    const { op, urn, provider, old, made, keys, diffs, detailedDiff } = step;
    this.steps.push({
      op,
      urn,
      ...(provider === "" ? {} : { provider }),
      ...(old === undefined ? {} : { oldState: this.state(old) }),
      ...(made === undefined ? {} : { newState: this.state(made) }),
      ...(diffs.length > 0 ? { diffReasons: diffs } : {}),
      ...(keys.length > 0 ? { replaceReasons: keys } : {}),
      detailedDiff: detailedDiff === undefined ? null : { ...detailedDiff },
    });
  }

  /** The stack's own properties are left out with its outputs. */
  private state({ urn, fields }: ResourceState): Json {
    const bare = this.options.suppressOutputs && parseUrn(urn).qualifiedType === ROOT_STACK_TYPE;
    const show = (map: PropertyMap) => (bare ? {} : masked(map));
    return resourceToJson({ ...fields, inputs: show(fields.inputs), outputs: show(fields.outputs) }, maskingCodec);
  }

  stepEnded(): void {
    // The digest tells what is planned, and a plan is complete when it begins.
  }

  stepFailed(): void {
    // Why it failed comes as a diagnostic.
  }

  diagnostic({ urn, severity, message, ephemeral }: Diagnostic): void {
    if (!ephemeral && severity !== "debug") {
      this.diagnostics.push({ ...(urn === "" ? {} : { urn }), message, severity });
    }
  }

  policyViolated({ urn, policy, level, message }: Parameters<RunObserver["policyViolated"]>[0]): void {
    const severity = level === "mandatory" ? "error" : "warning";
    this.diagnostics.push({ ...(urn === "" ? {} : { urn }), message: `[${level}] ${policy}: ${message}`, severity });
  }

  policyRemediated({ urn, policy }: Parameters<RunObserver["policyRemediated"]>[0]): void {
    this.diagnostics.push({ urn, message: `[remediate] ${policy}`, severity: "info" });
  }

  summary({ seconds, changes }: Summary): void {
    const digest = {
      ...(Object.keys(this.config).length > 0 ? { config: this.config } : {}),
      ...(this.steps.length > 0 ? { steps: this.steps } : {}),
      ...(this.diagnostics.length > 0 ? { diagnostics: this.diagnostics } : {}),
      duration: Math.round(seconds * 1e9),
      ...(Object.keys(changes).length > 0 ? { changeSummary: changes } : {}),
    };
    this.print(`${JSON.stringify(digest, null, 4)}\n`);
  }

  end(): void {
    this.steps.length = 0;
  }
}

function masked(map: PropertyMap): PropertyMap {
  return mapValues(map, maskedValue);
}

function maskedValue(value: PropertyValue): PropertyValue {
  if (value instanceof Secret || (value instanceof OutputValue && value.secret)) {
    return "[secret]";
  }
  return isList(value) ? value.map(maskedValue) : isMap(value) ? masked(value) : value;
}
