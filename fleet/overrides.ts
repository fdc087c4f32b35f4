import type { ProfileName, SourcePosition } from "./model";

/** What some sites have that is different from what a release says; from `kind: Override`. */
export interface Override {
  readonly name: string;
  readonly scope: OverrideScope;
  /** In the order in which they act. */
  readonly patches: readonly OverridePatch[];
  readonly objects: readonly AddedObject[];
  readonly source: SourcePosition;
}

/** Which sites. The order of the layers is that of `overrideLayers`. */
export type OverrideScope =
  | { readonly layer: "profile"; readonly profile: ProfileName }
  | { readonly layer: "labels"; readonly matchLabels: Readonly<Record<string, string>> }
  | { readonly layer: "site"; readonly site: string };

/** A later layer wins over an earlier one; in one layer the name that comes later in the alphabet wins. */
export const overrideLayers = ["profile", "labels", "site"] as const;

export interface OverridePatch {
  readonly target: { readonly kind: string; readonly name: string };
  readonly change:
    | { readonly type: "merge"; readonly merge: Readonly<Record<string, unknown>> }
    | { readonly type: "json6902"; readonly operations: readonly JsonOperation[] };
  /** Where the patch begins. */
  readonly source: SourcePosition;
}

/** RFC 6902. */
export interface JsonOperation {
  readonly op: "add" | "remove" | "replace" | "move" | "copy" | "test";
  /** A JSON pointer (RFC 6901). */
  readonly path: string;
  readonly from?: string | undefined;
  readonly value?: unknown;
}

/** A Kubernetes object that sites get in addition. */
export interface AddedObject {
  readonly object: KubernetesObject;
  readonly source: SourcePosition;
}

/** Plain data in Kubernetes' form. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
  readonly [key: string]: unknown;
}

interface OverriddenSite {
  readonly name: string;
  readonly profile: ProfileName;
  readonly labels: Readonly<Record<string, string>>;
  readonly region: string;
  readonly architecture: string;
}

/** The overrides that are for a site, in the order in which they act: what comes later wins. */
export function overridesOf(site: OverriddenSite, overrides: readonly Override[]): readonly Override[] {
  const rank = ({ scope }: Override) => overrideLayers.indexOf(scope.layer);
  return overrides
    .filter(({ scope }) => isFor(scope, site))
    .sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

/** Whether a scope takes a site in. `region`, `profile` and `architecture` are labels of every site. */
export function isFor(scope: OverrideScope, site: OverriddenSite): boolean {
  if (scope.layer === "profile") return scope.profile === site.profile;
  if (scope.layer === "site") return scope.site === site.name;
  const { region, profile, architecture } = site;
  const labels: Readonly<Record<string, string>> = { ...site.labels, region, profile, architecture };
  return Object.entries(scope.matchLabels).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}

/** `v1/ConfigMap/flux-system/site`: what no two objects of a site have in common. */
export function objectIdentity({ apiVersion, kind, metadata }: KubernetesObject): string {
  return [apiVersion, kind, metadata.namespace ?? "", metadata.name].join("/");
}
