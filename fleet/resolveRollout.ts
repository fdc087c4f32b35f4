import type { Release, ReleaseLock, Rollout, Selector, SourcePosition } from "./model";
import type { ReleaseDocument, RolloutDocument, SelectorDocument } from "./schema";

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
  return {
    name: metadata.name,
    release: spec.release,
    selector: resolveSelector(spec.selector),
    waves: spec.waves.map((wave) => ({
      name: wave.name,
      canary: wave.canary ?? false,
      size: wave.size,
      selector: resolveSelector(wave.selector),
      maxConcurrency: wave.maxConcurrency,
      maxFailures: wave.maxFailures ?? (wave.canary === true ? { count: 0 } : undefined),
      soakSeconds: wave.soak ?? 0,
    })),
    maxConcurrency: spec.maxConcurrency,
    maxFailures: spec.maxFailures ?? { count: 0 },
    maxDeferred: spec.maxDeferred,
    source,
  };
}

function resolveSelector(selector: SelectorDocument | undefined): Selector {
  return {
    names: selector?.names ?? [],
    regions: selector?.regions ?? [],
    profiles: selector?.profiles ?? [],
    matchLabels: selector?.matchLabels ?? {},
  };
}
