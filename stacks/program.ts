import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { SiteArgs } from "./args";
import { buildSite } from "./buildSite";

export type { SiteArgs } from "./args";

/** The inline program of one site's stack, for the Automation API. */
export function siteProgram(args: SiteArgs): PulumiFn {
  return () => Promise.resolve(buildSite(args));
}
