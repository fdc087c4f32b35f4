import type { Release, ResolvedSite } from "../../fleet/model";
import type { Profile, Workload, WorkloadName } from "../../profiles/profile";

/** Helm values: plain data whose keys keep their order. */
export type Values = Readonly<Record<string, unknown>>;

/** A part of the platform that Flux installs from a Helm chart. */
export interface PlatformService {
  /** Name of its Flux objects and Helm release, and of its folders. */
  readonly name: string;
  /** The catalog's component that names the chart. */
  readonly component: string;
  /** Its own; no two services share one, so that each object has one owner. */
  readonly namespace: string;
  /** Pod Security Standard that the namespace enforces. */
  readonly podSecurity: "baseline" | "privileged";
  /** Services that have to be ready first, where they run at all. */
  readonly after: readonly string[];
  /** What of the profile it takes; the service is off on a site that lacks the first one. */
  readonly workloads: readonly [WorkloadName, ...WorkloadName[]];
  /** The same for all sites. */
  readonly baseValues: (release: Release) => Values;
  /** The same for all sites of a profile. */
  readonly profileValues: (sizes: Sizes, profile: Profile) => Values;
  /** What is about one site; wins over the other two. */
  readonly siteValues: (site: ResolvedSite, profile: Profile) => Values;
}

/** Kinds and names of what Flux applies of a service. */
export function namesOf({
  name,
  namespace,
}: PlatformService): readonly { readonly kind: string; readonly name: string }[] {
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
