import type { Release, ReleaseLock, Rollout, Selector, SourcePosition, WaveRule, WaveSize } from "./model";
import { resolveCalendar } from "./resolveCalendar";
import { resolveGates, resolveWaveGates } from "./resolveGates";
import type { ReleaseDocument, RolloutDocument, SelectorDocument, WaveDocument } from "./schema";

/** What a rollout does unless its file says otherwise. */
export const rolloutDefaults = {
  factor: 2,
  backoffSeconds: 30,
  maxBackoffSeconds: 600,
  jitterPercent: 20,
  maxHops: 10,
  verifySeconds: 86_400,
} as const;

/** A release as written, with the content of its lock file if it names one. */
export function resolveRelease(
  { metadata, spec }: ReleaseDocument,
  lock: ReleaseLock | undefined,
  source: SourcePosition,
): Release {
  const { date, kubernetes, kubespray, components } = spec;
  return { name: metadata.name, date, kubernetes, kubespray, components, lock, source };
}

/** A rollout with its defaults: no failure is allowed unless the file says so, and a canary allows none of its own. */
export function resolveRollout({ metadata, spec }: RolloutDocument, source: SourcePosition): Rollout {
  const { failureDomain, retry, catchUp } = spec;
  return {
    name: metadata.name,
    release: spec.release,
    selector: resolveSelector(spec.selector),
    waves: spec.waves.map((wave) => resolveWave(wave, spec)),
    maxConcurrency: spec.maxConcurrency,
    maxFailures: spec.maxFailures ?? { count: 0 },
    maxDeferred: spec.maxDeferred,
    failureDomain: failureDomain && {
      label: failureDomain.label,
      maxConcurrency: failureDomain.maxConcurrency,
      maxFailures: failureDomain.maxFailures,
      maxDeferred: failureDomain.maxDeferred,
    },
    deadlineSeconds: spec.deadline,
    onFailure: spec.onFailure ?? "halt",
    onInconclusive: spec.onInconclusive ?? "hold",
    retry: {
      limit: retry?.limit ?? 0,
      backoffSeconds: retry?.backoff ?? rolloutDefaults.backoffSeconds,
      factor: retry?.factor ?? rolloutDefaults.factor,
      maxBackoffSeconds: retry?.maxBackoff ?? rolloutDefaults.maxBackoffSeconds,
      jitterPercent: retry?.jitter ?? rolloutDefaults.jitterPercent,
    },
    gates: resolveGates(spec.gates),
    waveGates: resolveWaveGates(spec.waveGates),
    maintenance: resolveCalendar(spec.maintenance),
    catchUp: {
      maxConcurrency: catchUp?.maxConcurrency ?? spec.maxConcurrency,
      expireSeconds: catchUp?.expire,
      maxHops: catchUp?.maxHops ?? rolloutDefaults.maxHops,
      verifySeconds: catchUp?.verify === false ? undefined : (catchUp?.verify ?? rolloutDefaults.verifySeconds),
    },
    preStage: spec.preStage ?? false,
    source,
  };
}

/** Quorum and representation are the rollout's unless the wave has its own; gates and maintenance add to it. */
function resolveWave(wave: WaveDocument, rollout: RolloutDocument["spec"]): WaveRule {
  return {
    name: wave.name,
    canary: wave.canary ?? false,
    size: sizeOf(wave),
    selector: resolveSelector(wave.selector),
    maxConcurrency: wave.maxConcurrency,
    maxFailures: wave.maxFailures ?? (wave.canary === true ? { count: 0 } : undefined),
    maxDeferred: wave.maxDeferred,
    quorum: wave.quorum ?? rollout.quorum,
    representation: wave.representation ?? rollout.representation ?? [],
    soakSeconds: wave.soak ?? 0,
    deadlineSeconds: wave.deadline,
    approval: wave.approval && { count: wave.approval.count ?? 1, signed: wave.approval.signed ?? false },
    gates: resolveGates(wave.gates),
    waveGates: resolveWaveGates(wave.waveGates),
    maintenance: resolveCalendar(wave.maintenance),
  };
}

function sizeOf({ size, exponential, groupBy, groups }: WaveDocument): WaveSize {
  if (exponential !== undefined) {
    return { start: exponential.start, factor: exponential.factor ?? rolloutDefaults.factor, max: exponential.max };
  }
  if (groupBy !== undefined) return { groupBy, order: groups ?? [] };
  // The schema has refused a wave without any of the three.
  return size ?? "rest";
}

function resolveSelector(selector: SelectorDocument | undefined): Selector {
  return {
    names: selector?.names ?? [],
    regions: selector?.regions ?? [],
    profiles: selector?.profiles ?? [],
    matchLabels: selector?.matchLabels ?? {},
    matchExpressions: (selector?.matchExpressions ?? []).map(({ key, operator, values }) => ({
      key,
      operator,
      values: values ?? [],
    })),
  };
}
