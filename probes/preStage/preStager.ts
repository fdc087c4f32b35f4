import { chartFolder } from "../../catalog";
import type { ResolvedSite } from "../../fleet/model";
import { deployRepository, refsIfThere, releaseBranch } from "../../gitops/git/repository";
import { checkedRelease } from "../../gitops/names";
import type { PreStager, PreStageRequest } from "../../rollout/preStage";
import { missingArtifacts, type Artifact, type SiteRegistry } from "./registry";

export type { SiteRegistry } from "./registry";

export interface PreStageOptions {
  /** The folder that stands for the hub: `deploy/<site>.git` is below it. */
  readonly gitDirectory: string;
  /** How the registry of a site's bastion is asked. */
  registryOf(site: ResolvedSite): Promise<SiteRegistry>;
}

/**
 * Proves by looking: the site's deploy repository has the release's branch at the expected commit, and the registry of the
 * site's bastion answers for each image and chart of the lock, by its digest. A site that is only rendered has no registry, and a
 * release without a lock no digests; the proof then says so.
 */
export function createPreStager({ gitDirectory, registryOf }: PreStageOptions): PreStager {
  return {
    prove: async (request, signal) => {
      const { site, release } = request;
      const content = await contentOf(gitDirectory, request);
      signal.throwIfAborted();
      const [images, charts] = [imagesOf(request), chartsOf(request)];
      const asksRegistry = site.target !== "render" && release.lock !== undefined;
      const absent = asksRegistry
        ? await missingArtifacts(site, await registryOf(site), [...images, ...charts], signal)
        : [];
      const missing = [...content.missing, ...absent];
      if (missing.length > 0) return { present: false, missing };
      const pulled = asksRegistry
        ? `${counted(images, "image")} and ${counted(charts, "chart")} by digest at ${site.bastion.host}:${site.bastion.registryPort}`
        : site.target === "render"
          ? "no images, because the site is only rendered"
          : "no images, because the release is not locked";
      return { present: true, proof: `release/${release.name} at ${content.commit}; ${pulled}` };
    },
  };
}

async function contentOf(
  directory: string,
  { site, release, commit }: PreStageRequest,
): Promise<{ readonly commit: string; readonly missing: readonly string[] }> {
  const branch = `release/${release.name}`;
  const refs = await refsIfThere(deployRepository(directory, site.name));
  const found = refs?.get(releaseBranch(checkedRelease(release.name)))?.commit;
  const where = `deploy/${site.name}`;
  if (refs === undefined) return { commit: "", missing: [`the repository ${where}`] };
  if (found === undefined) return { commit: "", missing: [`the branch ${branch} of ${where}`] };
  if (commit === undefined || found === commit) return { commit: found, missing: [] };
  return { commit: found, missing: [`the commit ${commit} as ${branch} of ${where}, which is at ${found}`] };
}

const counted = ({ length }: readonly unknown[], word: string) => `${length} ${word}${length === 1 ? "" : "s"}`;

/** The images that the site's nodes can be asked to run, in order. */
function imagesOf({ site, release }: PreStageRequest): Artifact[] {
  return Object.entries(release.lock?.digests ?? {})
    .flatMap(([repository, { index, [site.architecture]: own }]) => {
      if (own === undefined) return [];
      // A pull asks for the index, which is there without its manifests in a registry that was filled badly.
      return [...new Set([index, own])].map((digest) => ({ kind: "image" as const, repository, digest }));
    })
    .sort(byName);
}

/** The charts that the site's Flux can be asked to install, in order. */
function chartsOf({ release }: PreStageRequest): Artifact[] {
  return Object.entries(release.lock?.charts ?? {})
    .map(([name, { digest }]) => ({ kind: "chart" as const, repository: `${chartFolder}/${name}`, digest }))
    .sort(byName);
}

const byName = (a: Artifact, b: Artifact): number =>
  `${a.repository}@${a.digest}` < `${b.repository}@${b.digest}` ? -1 : 1;
