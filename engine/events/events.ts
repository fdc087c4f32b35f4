import type { Json } from "../property/checkpoint";
import { mapToCheckpoint } from "../property/checkpoint";
import { maskingCodec } from "../secrets/manager";
import type { ResourceState } from "../state/resource";
import type { Step } from "../steps/step";
import type { Diagnostic, PolicyRemediation, PolicyViolation, RunObserver, Summary } from "./observer";

/** Where engine events go, one JSON object at a time. */
export interface EventSink {
  write(event: string): void;
  /** Resolves when everything has been delivered. */
  close(): Promise<void>;
}

/** Turns what happens in a run into engine events as the SDK's `onEvent` expects them (`automation/events.ts`). */
export class EventObserver implements RunObserver {
  private sequence = 0;
  private readonly packs = new Map<string, string>();

  constructor(
    private readonly sink: EventSink,
    private readonly preview: boolean,
    /** Whether messages of severity `debug` are wanted. */
    private readonly debug: boolean,
  ) {}

  prelude(config: Readonly<Record<string, string>>): void {
    this.emit({ preludeEvent: { config } });
  }

  stepStarted(step: Step): void {
    this.emit({ resourcePreEvent: { metadata: metadata(step), ...this.planning() } });
  }

  stepEnded(step: Step): void {
    this.emit({ resOutputsEvent: { metadata: metadata(step), ...this.planning() } });
  }

  stepFailed(step: Step): void {
    this.emit({ resOpFailedEvent: { metadata: metadata(step), status: 0, steps: 0 } });
  }

  diagnostic({ urn, severity, message, streamId, ephemeral }: Diagnostic): void {
    if (severity === "debug" && !this.debug) {
      return;
    }
    this.emit({
      diagnosticEvent: {
        ...(urn === "" ? {} : { urn }),
        ...(severity === "error" || severity === "warning" ? { prefix: `${severity}: ` } : {}),
        message: message.endsWith("\n") ? message : `${message}\n`,
        color: "never",
        severity,
        ...(streamId === 0 ? {} : { streamID: streamId }),
        ...(ephemeral ? { ephemeral } : {}),
      },
    });
  }

  policyViolated({ urn, policy, pack, version, description, level, message }: PolicyViolation): void {
    this.packs.set(pack, version);
    this.emit({
      policyEvent: {
        ...(urn === "" ? {} : { resourceUrn: urn }),
        message: `${description}\n${message}`,
        color: "never",
        policyName: policy,
        policyPackName: pack,
        policyPackVersion: version,
        policyPackVersionTag: version,
        enforcementLevel: level,
      },
    });
  }

  policyRemediated({ urn, policy, pack, version, before, after }: PolicyRemediation): void {
    this.packs.set(pack, version);
    this.emit({
      policyRemediationEvent: {
        resourceUrn: urn,
        color: "never",
        policyName: policy,
        policyPackName: pack,
        policyPackVersion: version,
        policyPackVersionTag: version,
        before: mapToCheckpoint(before, maskingCodec),
        after: mapToCheckpoint(after, maskingCodec),
      },
    });
  }

  summary({ seconds, changes, preview, succeeded }: Summary): void {
    this.emit({
      summaryEvent: {
        maybeCorrupt: false,
        durationSeconds: Math.round(seconds),
        resourceChanges: changes,
        PolicyPacks: Object.fromEntries(this.packs),
        isPreview: preview,
        result: succeeded ? "succeeded" : "failed",
      },
    });
  }

  end(): void {
    this.emit({ cancelEvent: {} });
  }

  private planning(): { planning?: true } {
    return this.preview ? { planning: true } : {};
  }

  private emit(event: { readonly [key: string]: Json }): void {
    this.sequence += 1;
    const timestamp = Math.floor(Date.now() / 1000);
    this.sink.write(JSON.stringify({ sequence: this.sequence, timestamp, ...event }));
  }
}

function metadata(step: Step): Json {
  const detailed = step.detailedDiff;
  return {
    op: step.result ?? step.op,
    urn: step.urn,
    type: step.type,
    old: stateMetadata(step.old),
    new: stateMetadata(step.made),
    ...(step.keys.length > 0 ? { keys: step.keys } : {}),
    ...(step.diffs.length > 0 ? { diffs: step.diffs } : {}),
    detailedDiff:
      detailed === undefined
        ? null
        : Object.fromEntries(
            Object.entries(detailed).map(([path, { kind, inputDiff }]) => [path, { diffKind: kind, inputDiff }]),
          ),
    ...(step.logical ? { logical: true } : {}),
    provider: step.provider,
  };
}

function stateMetadata(state: ResourceState | undefined): Json {
  if (state === undefined) {
    return null;
  }
  const { fields } = state;
  return {
    type: fields.type,
    urn: fields.urn,
    ...(fields.custom ? { custom: true } : {}),
    ...(fields.delete ? { delete: true } : {}),
    id: fields.id,
    parent: fields.parent,
    ...(fields.protect ? { protect: true } : {}),
    ...(fields.retainOnDelete ? { retainOnDelete: true } : {}),
    inputs: mapToCheckpoint(fields.inputs, maskingCodec),
    outputs: mapToCheckpoint(fields.outputs, maskingCodec),
    provider: fields.provider,
    ...(fields.hideDiff.length > 0 ? { hideDiffs: fields.hideDiff } : {}),
    ...(fields.initErrors.length > 0 ? { initErrors: fields.initErrors } : {}),
  };
}
