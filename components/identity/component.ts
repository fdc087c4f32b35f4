import * as pulumi from "@pulumi/pulumi";
import type { ResolvedSite } from "../../fleet/model";
import { writtenFile } from "../file/writtenFile";
import { discoveryUrl } from "./mirror";
import { identityPlan } from "./plan";

export interface IdentityCacheArgs {
  readonly site: ResolvedSite;
  /** Absolute path of the site's folder. */
  readonly outputDirectory: string;
}

/** What a site's bastion needs to speak for the hub's OpenID Connect issuer while there is no link. */
export class IdentityCache extends pulumi.ComponentResource {
  /** Where API servers ask for the hub's issuer; empty if the site has none. */
  readonly discoveryUrl: pulumi.Output<string>;

  constructor(
    name: string,
    { site, outputDirectory: directory }: IdentityCacheArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const files = identityPlan(site);
    super("edgewave:identity:IdentityCache", name, {}, opts);
    for (const { path, content } of files) {
      writtenFile(path, { directory, path, content, mode: "public" }, { parent: this });
    }
    this.discoveryUrl = pulumi.output(
      site.identity?.hub === undefined ? "" : discoveryUrl(site.bastion, site.identity),
    );
    this.registerOutputs({ discoveryUrl: this.discoveryUrl });
  }
}
