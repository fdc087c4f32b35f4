import type { ResolvedSite } from "../fleet/model";
import type { Placeholder, WavePlaceholder } from "../fleet/placeholders";
import type { GateRequest, WaveGateRequest } from "../rollout/gates/probe";

/** A kubeconfig, and whether everything in it may be used. */
export interface SiteKubeconfig {
  readonly text: string;
  /**
   * Whether a person of the hub's side wrote it. One that came from a site may neither start programs nor name files
   * or proxies, because then the site would say what happens on the driver's machine.
   */
  readonly trusted: boolean;
}

/** What probes are given of the machine and the fleet around them. */
export interface ProbeOptions {
  /** Undefined if there is none yet. */
  kubeconfigOf(site: ResolvedSite): Promise<SiteKubeconfig | undefined>;
  /** The folder that stands for the hub: `site/<site>.git` is below it. */
  readonly gitDirectory: string;
  /**
   * Brings what a site has pushed to the hub into `gitDirectory`; not there if the folder is all the hub there is. An error
   * is an inconclusive answer.
   */
  readonly fetchSite?: ((site: string, signal: AbortSignal) => Promise<void>) | undefined;
  /** A site's files are rendered to `sites/<site>` below it. */
  readonly outputDirectory: string;
  /** Files that gates name are relative to it, and their commands run in it. */
  readonly fleetDirectory: string;
  /** The driver's own; commands get little of it, because it can hold secrets. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch; the system's clock unless given. */
  readonly now?: () => number;
}

/** What stands for each placeholder at the site in question; without a value if the site has none. */
export function valuesOf({ site, release, fleet, commit }: GateRequest): Partial<Record<Placeholder, string>> {
  const { apiVip } = site.network;
  return {
    site: site.name,
    domain: site.domain,
    fleet: fleet.name,
    fleetDomain: fleet.domain,
    region: site.region,
    profile: site.profile,
    architecture: site.architecture,
    bastion: site.bastion.host,
    release,
    ...(apiVip === undefined ? {} : { apiVip }),
    ...(commit === undefined ? {} : { commit }),
  };
}

/** What stands for each placeholder in a gate of a wave. Names of sites are DNS labels: of these nothing has to be escaped. */
export function valuesOfWave(request: WaveGateRequest): Record<WavePlaceholder, string> {
  const { fleet, rollout, wave, release, sites } = request;
  return { fleet: fleet.name, fleetDomain: fleet.domain, rollout, wave, release, sites: sites.join("|") };
}
