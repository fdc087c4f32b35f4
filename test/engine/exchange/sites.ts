import { resolve } from "node:path";

import type { Fleet, ProfileName, ResolvedSite } from "../../../fleet/model";
import { readFleet } from "../../../fleet/read";
import type { SiteArgs } from "../../../stacks/args";

const HARBOURS = resolve(__dirname, "../../../examples/harbours");

export const PROFILES: readonly ProfileName[] = ["micro", "mini", "standard", "ha-edge"];

const KEYS = [
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKk0V8B7h1n3GmJ1sC8ZyqJ2H8dS0y8cD6mV6S0w5b9Y first",
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB7m9W0pX4l1k2j3h4g5f6d7s8a9q0w1e2r3t4y5u6i7 second",
];

/** A real site of the example fleet, and the same after its fleet has changed. */
export async function siteOf(profile: ProfileName, outputDirectory: string): Promise<(step: 1 | 2) => SiteArgs> {
  const { fleet } = await readFleet(HARBOURS);
  if (fleet === undefined) {
    throw new Error(`the fleet in ${HARBOURS} has errors`);
  }
  const site = fleet.sites.find((found) => found.profile === profile);
  if (site === undefined) {
    throw new Error(`the fleet ${fleet.name} has no site of the profile ${profile}`);
  }
  const first: SiteArgs = argsOf(fleet, site, outputDirectory);
  return (step) => (step === 1 ? first : changed(first));
}

function argsOf(fleet: Fleet, site: ResolvedSite, outputDirectory: string): SiteArgs {
  const { name, domain, hub, releases } = fleet;
  const [release] = releases;
  if (release === undefined) {
    throw new Error(`the fleet ${name} has no release`);
  }
  return { site, release, fleet: { name, domain, hub }, signers: KEYS.slice(0, 1), outputDirectory };
}

/** A new release and other settings of the site: files and objects come, change, are replaced and go. */
function changed(args: SiteArgs): SiteArgs {
  const { site, release } = args;
  const { ingestion } = site;
  return {
    ...args,
    release: { ...release, name: "2026.12.0", kubernetes: "1.35.5" },
    site: {
      ...site,
      labels: { ...site.labels, ring: "changed" },
      bastion: { ...site.bastion, registryPort: 5443 },
      domain: `new.${site.domain}`,
      ingestion: {
        ...ingestion,
        buffer: ingestion.buffer === "strimzi" ? "rabbitmq" : "strimzi",
        protocols: ["mqtt"],
        topics: ["cranes/+/load"],
        messagesPerSecond: 10,
      },
    },
    signers: KEYS,
  };
}
