import { readFileSync } from "node:fs";
import path from "node:path";
import { deployedResources } from "../policy/deployed";
import { contentResources } from "../policy/git/content";
import { findInStack } from "../policy/judging/judge";
import { rules } from "../policy/rules";
import type { Shared, SiteAnswer, SiteRequest } from "./messages";
import { placeholderKubeconfig, placeholderSigner } from "./placeholders";
import { siteResources } from "./siteResources";

/** Builds one site without contact and asks the rules. A site that cannot be built is an answer too. */
export async function findInSite(shared: Shared, { site, release: name }: SiteRequest): Promise<SiteAnswer> {
  const { fleet, policy, today, out } = shared;
  const release = shared.releases.find((one) => one.name === name);
  if (release === undefined) return { site: site.name, found: [], failure: `there is no release ${name}` };
  try {
    const resources = await siteResources({
      // What is known of a field site's hosts decides nothing that a rule looks at; files say the same.
      site: site.target === "field" ? { ...site, target: "render" } : site,
      release,
      fleet,
      signers: [placeholderSigner],
      access: site.target === "cluster" ? { kubeconfig: placeholderKubeconfig } : undefined,
      outputDirectory: path.join(out, "sites", site.name),
    });
    const beside = contentResources(shared.manifests);
    const deployed = deployedResources(out, site.name, readIfThere);
    return {
      site: site.name,
      found: findInStack(rules, [...resources, ...beside], { site, release, fleet, today, deployed }, policy),
    };
  } catch (error) {
    return { site: site.name, found: [], failure: error instanceof Error ? error.message : String(error) };
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
