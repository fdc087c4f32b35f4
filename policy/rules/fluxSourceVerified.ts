import { at, text } from "../objects/json";
import { kubernetesObject } from "../resource";
import type { ResourceRule } from "../rule";
import { isAllowed } from "../admission/evaluate";
import { fromRelease, violation } from "../violation";
import { allowedBy, namedList } from "./conditions";

export const fluxSourceVerified: ResourceRule = {
  name: "flux-source-verified",
  area: "offline",
  scope: "resource",
  description: "Flux verifies what it applies: Git by a signature, charts by a signature or a digest.",
  why: "Whoever takes over a site's Gitea or registry would otherwise own the cluster at the next reconciliation.",
  fix: "Give a signing key for releases (Flux 2.9 or later), and name charts by digest or with spec.verify.",
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
    if (text(at(object.object, "spec", "ref", "digest")) !== undefined) return [];
    const chart = object.kind === "OCIRepository";
    const { release } = context;
    return [
      violation(resource, {
        field: "spec.verify",
        value: "missing",
        limit: chart ? "a chart is verified, or named by spec.ref.digest" : "the head is verified by a signature",
        ...(chart ? { from: fromRelease("components") } : {}),
        // A lock holds the digests of images; nothing could name a chart's before it holds those too.
        advisory:
          chart && release !== undefined
            ? release.lock === undefined
              ? `release ${release.name} is not locked yet`
              : "locks hold no digests of charts yet"
            : undefined,
      }),
    ];
  },
};
