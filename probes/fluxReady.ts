import type { GateOf } from "../fleet/gates";
import { listOf } from "../fleet/quote";
import type { GateAnswer } from "../rollout/gates/answer";
import type { GateRequest } from "../rollout/gates/probe";
import { fail, inconclusive, pass } from "./answers";
import { clientOf, isObject, textAt, type LiveObject } from "./kubernetes/client";
import { conditionsOf, generationOf, statusOf, worded } from "./kubernetes/kstatus";
import type { ProbeOptions } from "./surroundings";

const kustomizations = "/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations";
const helmReleases = "/apis/helm.toolkit.fluxcd.io/v2/helmreleases";

/** The source, and the branch, by which a site's Flux follows what is promoted. */
const promoted = { kind: "GitRepository", name: "deploy", branch: "deploy" } as const;

/**
 * Looks at Flux's objects on the site. A Kustomization of the source `deploy` must have applied the promoted commit; it,
 * every other Kustomization and every HelmRelease must be Ready by the rules of kstatus. A HelmRelease names no commit:
 * its generation has been applied by a Kustomization that does.
 */
export async function checkFluxReady(
  gate: GateOf<"fluxReady">,
  { site, commit }: GateRequest,
  options: Pick<ProbeOptions, "kubeconfigOf">,
  signal: AbortSignal,
): Promise<GateAnswer> {
  if (commit === undefined) return inconclusive("nothing was promoted that Flux could have applied");
  const client = await clientOf(site, options);
  if (client === undefined) return inconclusive(`the site ${site.name} has no kubeconfig yet`);
  const found = await client.list(kustomizations, signal);
  if (found === undefined) return inconclusive("the API server serves no Kustomizations: Flux is not installed yet");
  const releases = gate.includeHelmReleases ? ((await client.list(helmReleases, signal)) ?? []) : [];
  return judgedFlux(gate, commit, found, releases);
}

/** What Flux's objects say together. One that has failed decides; until then one that is on its way does. */
export function judgedFlux(
  { namespaces }: Pick<GateOf<"fluxReady">, "namespaces">,
  commit: string,
  kustomizations: readonly LiveObject[],
  helmReleases: readonly LiveObject[],
): GateAnswer {
  const wanted = (object: LiveObject) =>
    namespaces === undefined || namespaces.includes(textAt(object, "metadata", "namespace") ?? "");
  const own = kustomizations.filter(wanted);
  if (!own.some(followsDeploy)) return inconclusive("no Kustomization follows the source deploy yet");
  const states = [
    ...own.map((object) => ({ name: nameOf("Kustomization", object), ...kustomizationState(object, commit) })),
    ...helmReleases.filter(wanted).map((object) => ({ name: nameOf("HelmRelease", object), ...stateOf(object) })),
  ];
  const told = (kind: "failed" | "waiting") =>
    states.filter(({ state }) => state === kind).map(({ name, why }) => `${name}: ${why}`);
  const failed = told("failed");
  if (failed.length > 0) return fail(listOf(failed, 3));
  const waiting = told("waiting");
  if (waiting.length > 0) return inconclusive(`${waiting.length} of ${states.length} not ready; ${listOf(waiting, 2)}`);
  return pass(`${states.length} objects of Flux are ready at ${commit.slice(0, 12)}`);
}

interface State {
  readonly state: "ready" | "waiting" | "failed";
  readonly why: string;
}

/** Of every source; of `deploy`, ready only at the promoted commit. */
function kustomizationState(object: LiveObject, commit: string): State {
  if (!followsDeploy(object)) return stateOf(object);
  const wanted = revisionOf(commit);
  const attempted = textAt(object, "status", "lastAttemptedRevision");
  if (attempted !== wanted) {
    const suspended = isObject(object["spec"]) && object["spec"]["suspend"] === true ? ", and it is suspended" : "";
    return { state: "waiting", why: `it is at ${attempted ?? "no revision"}, not ${wanted}${suspended}` };
  }
  const state = stateOf(object);
  const applied = textAt(object, "status", "lastAppliedRevision");
  if (state.state !== "ready" || applied === wanted) return state;
  return { state: "waiting", why: `it has applied ${applied ?? "no revision"}, not ${wanted}` };
}

/**
 * By kstatus; but a controller that has tried and failed keeps Reconciling, and the generation that it has observed, while
 * it tries again. Then Ready says of the object's generation that it has failed (fluxcd.io/flux/components/kustomize/
 * kustomizations and helm/helmreleases: `ProgressingWithRetry`). That is a fail, unless something else has to come first.
 */
function stateOf(object: LiveObject): State {
  const status = statusOf(object);
  if (status.state === "current") return { state: "ready", why: "" };
  if (status.state === "failed") return { state: "failed", why: status.why };
  const generation = generationOf(object);
  const conditions = conditionsOf(object);
  const ready = conditions.find(
    ({ type, status, observedGeneration }) =>
      type === "Ready" && status === "False" && observedGeneration === generation,
  );
  const busy = conditions.find(({ type, status }) => type === "Reconciling" && status === "True");
  const tried = busy === undefined || busy.reason === "ProgressingWithRetry";
  if (ready === undefined || !tried || status.state === "terminating" || ready.reason === "DependencyNotReady") {
    return { state: "waiting", why: status.why };
  }
  return { state: "failed", why: worded(ready) };
}

function followsDeploy(object: LiveObject): boolean {
  const source = (key: string) => textAt(object, "spec", "sourceRef", key);
  return source("kind") === promoted.kind && source("name") === promoted.name;
}

/** As the source controller names a commit of a branch (fluxcd.io/flux/components/source/gitrepositories: artifact). */
export function revisionOf(commit: string): string {
  return `${promoted.branch}@sha1:${commit}`;
}

function nameOf(kind: string, object: LiveObject): string {
  return `${kind} ${textAt(object, "metadata", "namespace") ?? ""}/${textAt(object, "metadata", "name") ?? ""}`;
}
