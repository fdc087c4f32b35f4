import type { Fleet, Hub, Release, ResolvedSite } from "../fleet/model";
import type { Path } from "../fleet/problem";
import type { Admission } from "./admission/admission";
import type { Resource } from "./resource";

/** `advisory` reports; `mandatory` stops; `remediate` corrects what can be corrected safely, and stops for the rest. */
export type Level = "disabled" | "advisory" | "mandatory" | "remediate";

export const areas = ["images", "size", "topology", "isolation", "secrets", "offline", "supply", "fleet"] as const;
export type Area = (typeof areas)[number];

/** Something that may not be. All four of resource, field, value and limit are in the message. */
export interface Violation {
  /** `titleOf` the resource, or of what else it is about, such as `Site porto`. */
  readonly resource: string;
  /** Urn of the resource, if it has one. */
  readonly urn?: string | undefined;
  readonly field: string;
  /** As people may see it: never a secret. */
  readonly value: string;
  /** What would be allowed. */
  readonly limit: string;
  readonly message: string;
  /** What of the fleet's files decides the value, if the rule knows. */
  readonly from?: Origin | undefined;
  /** Set when the rule softens itself for this one: why it is only advice yet. */
  readonly advisory?: string | undefined;
}

/** A place in the fleet's files. */
export interface Origin {
  readonly document: "site" | "fleet" | "release" | "rollout" | "policy";
  /** Which rollout or release, if not the site's own. */
  readonly name?: string;
  readonly path: Path;
}

/** What a rule may be set to. Properties are JSON Schemas; a default is what a fleet has that says nothing. */
export type Settings = Readonly<
  Record<
    string,
    { readonly type: string; readonly description: string; readonly default: unknown; readonly items?: object }
  >
>;

/** What rules know beside the resource. What nobody knows is undefined, and rules that need it then say nothing. */
export interface Context {
  readonly site: ResolvedSite | undefined;
  readonly release: Release | undefined;
  readonly fleet: { readonly name: string; readonly domain: string; readonly hub: Hub } | undefined;
  /** What holds state at the site now, by the stack's last checkpoint; undefined if that is not known. */
  readonly deployed?: readonly Resource[] | undefined;
  /** The rule's own settings, defaults filled in. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** ISO date of the day of the deployment; rules never ask a clock. */
  readonly today: string;
}

/** What a rule says about itself; the documentation is made of it. */
export interface RuleText {
  /** Kebab-case; exemptions, configuration and reports name the rule by it. */
  readonly name: string;
  readonly area: Area;
  /** What may not be, in one sentence. */
  readonly description: string;
  /** What it would do at the edge. */
  readonly why: string;
  /** What to do about a violation. */
  readonly fix: string;
  readonly level: Exclude<Level, "remediate">;
  /** Levels by environment that differ from `level`, such as `{ lab: "advisory" }`. */
  readonly levels?: Readonly<Record<string, Level>>;
  /** Whether some of its violations may be advice only; see `Violation.advisory`. */
  readonly softens?: boolean;
  readonly settings?: Settings;
  /** How an admission controller asks the same of an object. */
  readonly admission?: Admission;
}

/** Judges one resource by itself. */
export interface ResourceRule extends RuleText {
  readonly scope: "resource";
  readonly check: (resource: Resource, context: Context) => readonly Violation[];
  /** New inputs for a resource that has a safe correction; undefined if there is nothing to correct. */
  readonly remediate?: (resource: Resource, context: Context) => Readonly<Record<string, unknown>> | undefined;
}

/** Judges all resources of a stack, with what Flux deploys from Git if that is known. */
export interface StackRule extends RuleText {
  readonly scope: "stack";
  readonly check: (resources: readonly Resource[], context: Context) => readonly Violation[];
}

/** Judges a site's place among all others. */
export interface FleetRule extends RuleText {
  readonly scope: "fleet";
  readonly check: (fleet: FleetView, context: Context) => readonly Violation[];
}

/** All sites at once; `releaseOf` is the release that a site is to have. */
export interface FleetView {
  readonly fleet: Fleet;
  readonly releaseOf: (site: ResolvedSite) => Release | undefined;
}

export type Rule = ResourceRule | StackRule | FleetRule;
