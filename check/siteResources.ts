import { siteContent } from "../policy/pack/siteContent";
import type { Resource } from "../policy/resource";
import { siteProgram, type SiteArgs } from "../stacks/program";
import { recordStack } from "./recordStack";

/** Name of the Pulumi project of this repository, which is part of the names of its stacks' resources. */
const project = "edgewave";

/** Everything that one site is made of: its stack's resources and what its Flux takes from Git. */
export async function siteResources(args: SiteArgs): Promise<readonly Resource[]> {
  const { site, release } = args;
  const stack = await recordStack(project, site.name, siteProgram(args) as () => Promise<Record<string, unknown>>);
  return [...stack, ...siteContent(release, site)];
}
