import type { SourcePosition } from "./model";

/** What a fleet says of the rules in `policy/`; everything not said is the rule's own. */
export interface FleetPolicy {
  /** Label of a site that names its environment, such as `production`; a site without it is in none. */
  readonly environmentLabel: string;
  /** By rule. */
  readonly rules: Readonly<Record<string, RuleChoice>>;
  readonly exemptions: readonly Exemption[];
  /** What mandatory rules do at admission, on sites; `deny` if the fleet says nothing. */
  readonly admission?: "deny" | "audit" | undefined;
  readonly source: SourcePosition;
}

/** `advisory` reports; `mandatory` stops; `remediate` corrects by CrossGuard what can be corrected safely. */
export type PolicyLevel = "disabled" | "advisory" | "mandatory" | "remediate";

export interface RuleChoice {
  readonly level: PolicyLevel | undefined;
  /** By environment; wins over `level`. */
  readonly environments: Readonly<Record<string, PolicyLevel>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What may be in spite of a rule, for a while. */
export interface Exemption {
  readonly rule: string;
  /** Names of sites; empty for all. */
  readonly sites: readonly string[];
  /** As violations call them, `*` for anything, such as `DaemonSet legacy/*`; empty for all. */
  readonly resources: readonly string[];
  readonly reason: string;
  /** Who answers for it. */
  readonly owner: string;
  /** ISO date of the last day. */
  readonly until: string;
}
