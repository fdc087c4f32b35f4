import type { PropertyMap, PropertyValue } from "../../property/value";
import type { CallContext, CheckFailure } from "../provider";

/**
 * A resource of a provider that is bridged from Terraform: its attributes are data, and the rules of the bridge
 * (defaults, replacement, raw state) follow from them.
 */
export interface BridgedResource {
  readonly type: string;
  readonly attributes: Attributes;
  /** Version of the Terraform schema; 0 is not written down. */
  readonly schemaVersion: number;
  /** Whether Terraform's state has an `id` attribute; it is an output then. */
  readonly idOutput: boolean;
  /** Checks what one attribute alone does not tell. Secrets are unwrapped; values may be unknown. */
  readonly check?: (inputs: PropertyMap) => readonly CheckFailure[];
  /** Completes planned values that depend on each other. */
  readonly complete?: (planned: PropertyMap) => PropertyMap;
  /** Makes the resource from planned values in clear. */
  readonly create: (planned: PropertyMap, context: CallContext) => Promise<Made>;
  /** Reads what an import's id says; without it, an import is refused by name. */
  readonly import?: (id: string) => Made | Promise<Made>;
  /** Outputs that a refresh finds changed, from the last outputs in clear. */
  readonly refresh?: (outputs: PropertyMap) => PropertyMap;
  /**
   * Computed attributes that change without an input changing, from the last outputs and the planned values; their
   * change replaces the resource.
   */
  readonly expires?: (outputs: PropertyMap, planned: PropertyMap) => readonly string[];
}

/** The id of a resource and all its computed attributes but `id`. An import gives the configured ones too. */
export interface Made {
  readonly id: string;
  readonly computed: PropertyMap;
}

export type Attributes = Readonly<Record<string, Attribute>>;

export interface Attribute {
  readonly kind: "string" | "boolean" | "integer" | "strings" | "stringMap" | "block";
  readonly role: "required" | "optional" | "computed";
  readonly default?: PropertyValue;
  /** The value is always a secret. */
  readonly sensitive?: boolean;
  /** Whether a change from `old` to `now` needs a new resource; without it every change does. */
  readonly replaces?: (old: PropertyValue, now: PropertyValue) => boolean;
  /** Whether the last value stays when the input is taken away; a new resource's is then not known ahead. */
  readonly keepsOld?: boolean;
  /** What a computed attribute of a new resource is, known ahead. */
  readonly planned?: PropertyValue;
  /** Terraform's name, if it does not follow from the name by putting `_` before capitals. */
  readonly terraformName?: string;
  /** The parts of a `block`: a Terraform list of at most one object, which Pulumi shows as an object. */
  readonly attributes?: Attributes;
}
