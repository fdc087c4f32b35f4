import { chartsOf } from "../../catalog";
import { at, shown, text } from "../objects/json";
import { kubernetesObject } from "../resource";
import type { Context, ResourceRule } from "../rule";
import { isAllowed } from "../admission/evaluate";
import { fromRelease, violation } from "../violation";
import { allowedBy, namedList } from "./conditions";
import { whileUnlocked } from "./releases";

export const fluxSourceVerified: ResourceRule = {
  name: "flux-source-verified",
  area: "offline",
  scope: "resource",
  description:
    "Flux verifies what it applies: Git by a signature, charts by a signature or the digest that the release's lock has.",
  why: "Whoever takes over a site's Gitea or registry would otherwise own the cluster at the next reconciliation.",
  fix: "Lock the release, so that it has the charts' digests: edgewave release lock. Git needs Flux 2.9 or later and a signing key for releases.",
  level: "mandatory",
  softens: true,
  // People on the site sign nothing; who may write there is for Gitea to say.
  settings: namedList("be followed without a signature", ["flux-system/site"]),
  check: (resource, context) => {
    const object = kubernetesObject(resource);
    if (object?.group !== "source.toolkit.fluxcd.io") return [];
    if (!["GitRepository", "OCIRepository", "Bucket"].includes(object.kind)) return [];
    if (isAllowed(resource, allowedBy(context, "allowed"))) return [];
    if (at(object.object, "spec", "verify") !== undefined) return [];
    const digest = text(at(object.object, "spec", "ref", "digest"));
    if (object.kind === "OCIRepository") {
      const what = chartProblem(text(at(object.object, "spec", "url")) ?? "", digest, context);
      return what === undefined ? [] : [violation(resource, { ...what, from: fromRelease("lock") })];
    }
    if (digest !== undefined) return [];
    const limit = "the head is verified by a signature";
    return [violation(resource, { field: "spec.verify", value: "missing", limit })];
  },
};

/** A chart of the release has the digest that the lock has; any other one has some digest. */
function chartProblem(url: string, digest: string | undefined, { release }: Context) {
  const chart = release && chartsOf(release).find(({ location }) => url.endsWith(`/${location}`));
  const locked = chart && release.lock?.charts?.[chart.name];
  if (digest === undefined) {
    const limit = "a chart is verified, or named by spec.ref.digest";
    return { field: "spec.verify", value: "missing", limit, advisory: whileUnlocked(release) };
  }
  if (locked === undefined || locked.digest === digest) return undefined;
  const limit = `the lock of release ${release?.name} has ${locked.digest} for chart ${chart?.name} ${locked.version}`;
  return { field: "spec.ref.digest", value: shown(digest), limit };
}
