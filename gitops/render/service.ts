import type { Hub, ImageSigning, Release, ResolvedSite } from "../../fleet/model";
import type { Override } from "../../fleet/overrides";
import type { FleetPolicy } from "../../fleet/policy";
import type { Profile, Workload, WorkloadName } from "../../profiles/profile";

/** Helm values: plain data whose keys keep their order. */
export type Values = Readonly<Record<string, unknown>>;

/** A part of the platform that Flux brings to a site. */
export type PlatformService = ChartService | ManifestService;

interface Service {
  /** Name of its Flux objects and of its folders. */
  readonly name: string;
  /** Services that have to be ready first, where they run at all. */
  readonly after: readonly string[];
}

/** One that is written here, object by object, because it has no chart that fits or none at all. */
export interface ManifestService extends Service {
  /** Undefined for one that has no pods. */
  readonly namespace: string | undefined;
  /** Undefined for one that has no pods of a profile's: then `after` has to be there. */
  readonly workloads: readonly [WorkloadName] | undefined;
  /** Kinds and names of all that `objects` can give. */
  readonly names: readonly ObjectName[];
  readonly objects: (inputs: SiteInputs) => readonly object[];
}

/** Everything that decides what a site's objects are. */
export interface SiteInputs {
  readonly site: ResolvedSite;
  readonly release: Release;
  readonly profile: Profile;
  /** Undefined where nothing is known of it; then nothing leaves the site. */
  readonly hub: Hub | undefined;
  /** PEM of keys, one of which has to have signed an image; empty where nobody asks for that. */
  readonly imageSigning: ImageSigning | undefined;
  /** Those for this site, in the order in which they act. */
  readonly overrides: readonly Override[];
  /** What the fleet says of the rules; undefined where it says nothing. */
  readonly policy: FleetPolicy | undefined;
}

export interface ObjectName {
  readonly kind: string;
  readonly name: string;
}

export const isManifests = (service: PlatformService): service is ManifestService => "objects" in service;

/** One that comes from a Helm chart; its Helm release has its name. */
export interface ChartService extends Service {
  /** The catalog's component that names the chart. */
  readonly component: string;
  /** Its own; no two services share one, so that each object has one owner. */
  readonly namespace: string;
  /** Pod Security Standard that the namespace enforces. */
  readonly podSecurity: "baseline" | "privileged";
  /** What of the profile it takes; the service is off on a site that lacks the first one. */
  readonly workloads: readonly [WorkloadName, ...WorkloadName[]];
  /** What the chart itself has no values for, as Flux' `spec.postRenderers`. */
  readonly postRenderers?: (release: Release) => readonly object[];
  /** The same for all sites. */
  readonly baseValues: (release: Release) => Values;
  /** The same for all sites of a profile. */
  readonly profileValues: (sizes: Sizes, profile: Profile) => Values;
  /** What is about one site; wins over the other two. */
  readonly siteValues: (site: ResolvedSite, profile: Profile, hub: Hub | undefined) => Values;
}

/** Kinds and names of what Flux applies of a service. */
export function namesOf(service: PlatformService): readonly ObjectName[] {
  if (isManifests(service)) return service.names;
  const { name, namespace } = service;
  return [
    { kind: "Namespace", name: namespace },
    { kind: "OCIRepository", name },
    { kind: "HelmRelease", name },
    ...valueLayers.map((layer) => ({ kind: "ConfigMap", name: valuesName(name, layer) })),
  ];
}

/** Layers of Helm values in the order in which a later one wins. */
export const valueLayers = ["base", "profile", "site"] as const;
export type ValueLayer = (typeof valueLayers)[number];

/** The ConfigMap that carries a layer of a service's values. */
export const valuesName = (service: string, layer: ValueLayer): string => `${service}-values-${layer}`;

/** Looks up what the profile gives a part; undefined if it is off. */
export type Sizes = (name: WorkloadName) => Workload | undefined;

/** Nothing is about one site. */
export const noSiteValues = (): Values => ({});
