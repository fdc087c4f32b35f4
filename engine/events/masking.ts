import { isList, isMap, mapValues } from "../property/shape";
import type { PropertyMap, PropertyValue } from "../property/value";
import { AssetOrArchive, OutputValue } from "../property/value";
import type { ResourceState } from "../state/resource";
import type { Step } from "../steps/step";
import type { RunObserver } from "./observer";

/** Takes secrets out of a text. */
export type Mask = (text: string) => string;

/**
 * Puts `[secret]` in the place of each secret, also where it is written as JSON writes it. Texts of one or two characters
 * and booleans stay, or too much would be masked.
 *
 * Source: `AddGlobalSecretFilter` of `sdk/go/common/util/logging/log.go`.
 *
 * @returns `undefined` if there is nothing to mask.
 */
export function maskOf(secrets: readonly string[]): Mask | undefined {
  const texts = secrets
    .filter((secret) => secret.length >= 3 && !/^(true|false)$/i.test(secret))
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  if (texts.length === 0) {
    return undefined;
  }
  const quoted = [...new Set(texts)].map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(quoted.join("|"), "g");
  return (text) => text.replace(pattern, "[secret]");
}

/** Every text in the properties, masked; secrets among them stay what they are. */
function maskedMap(map: PropertyMap, mask: Mask): PropertyMap {
  return mapValues(map, (value) => maskedValue(value, mask));
}

function maskedValue(value: PropertyValue, mask: Mask): PropertyValue {
  if (typeof value === "string") {
    return mask(value);
  }
  if (value instanceof OutputValue) {
    return new OutputValue(maskedValue(value.element, mask), value.known, value.secret, value.dependencies);
  }
  if (value instanceof AssetOrArchive) {
    const { source } = value;
    return "text" in source ? new AssetOrArchive(value.kind, value.hash, { text: mask(source.text) }) : value;
  }
  return isList(value) ? value.map((item) => maskedValue(item, mask)) : isMap(value) ? maskedMap(value, mask) : value;
}

/**
 * Tells an observer everything with the stack's secret settings masked, wherever a program has put them in clear: in
 * properties, messages of programs, providers and policies.
 */
export function maskedObserver(inner: RunObserver, mask: Mask): RunObserver {
  const told = new WeakMap<Step, Step>();
  const stepOf = (step: Step): Step => {
    const now: Step = { ...step, old: stateOf(step.old, mask), made: stateOf(step.made, mask) };
    // An observer knows a step again by its identity.
    const known = told.get(step);
    const masked = known === undefined ? now : Object.assign(known, now);
    told.set(step, masked);
    return masked;
  };
  return {
    prelude: (config) => inner.prelude(config),
    stepStarted: (step) => inner.stepStarted(stepOf(step)),
    stepEnded: (step) => inner.stepEnded(stepOf(step)),
    stepFailed: (step) => inner.stepFailed(stepOf(step)),
    diagnostic: (diagnostic) => inner.diagnostic({ ...diagnostic, message: mask(diagnostic.message) }),
    policyViolated: (violation) => inner.policyViolated({ ...violation, message: mask(violation.message) }),
    policyRemediated: (remediation) =>
      inner.policyRemediated({
        ...remediation,
        before: maskedMap(remediation.before, mask),
        after: maskedMap(remediation.after, mask),
      }),
    summary: (summary) => inner.summary(summary),
    end: () => inner.end(),
  };
}

function stateOf(state: ResourceState | undefined, mask: Mask): ResourceState | undefined {
  if (state === undefined) {
    return undefined;
  }
  const copy = state.copy();
  copy.update({ inputs: maskedMap(state.fields.inputs, mask), outputs: maskedMap(state.fields.outputs, mask) });
  return copy;
}
