import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { readFleet } from "../fleet/read";
import { buildSite } from "./buildSite";
import { siteAccess } from "./siteAccess";
import { siteKey } from "./siteKey";
import { siteArgsOf, StackSettingsError } from "./settings";

/** The program of `pulumi up -s SITE` in this repository; see `settings.ts` for its configuration. */
export = async function siteStack() {
  const config = new pulumi.Config("edgewave");
  const settings = {
    fleet: config.require("fleet"),
    out: config.get("out"),
    release: config.get("release"),
    signers: config.get("signers"),
  };
  const root = pulumi.getRootDirectory() || path.join(__dirname, "..");
  const folder = path.resolve(root, settings.fleet);
  const reading = await readFleet(folder);
  try {
    const args = siteArgsOf(reading, settings, pulumi.getStack(), root);
    const places = {
      kubeconfigs: path.join(folder, "kubeconfigs"),
      out: path.dirname(path.dirname(args.outputDirectory)),
      runner: path.join(__dirname, "..", "bin", "edgewave-kubespray.js"),
      proxy: config.get("apiProxy"),
    };
    const sopsIdentity = await siteKey(places.out, args.site);
    return buildSite({ ...args, sopsIdentity, access: await siteAccess(places, args.site, Date.now()) });
  } catch (error) {
    // Shown without a stack trace, which says nothing to whoever wrote the fleet's files.
    if (error instanceof StackSettingsError) throw new pulumi.RunError(error.message);
    throw error;
  }
};
