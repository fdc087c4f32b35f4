import type { Json } from "../property/checkpoint";
import type { PropertyMap, PropertyValue } from "../property/value";
import type { CustomTimeouts } from "../state/resource";

/** Another name under which a resource may be in the state. */
export interface Alias {
  /** A whole URN; the other fields are then unused. */
  readonly urn: string;
  readonly name: string;
  readonly type: string;
  readonly stack: string;
  readonly project: string;
  readonly parent: string;
  readonly noParent: boolean;
}

/** A resource as the program wants it. */
export interface Goal {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly properties: PropertyMap;
  readonly parent: string;
  readonly protect: boolean;
  readonly dependencies: readonly string[];
  readonly provider: string;
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly deleteBeforeReplace: boolean | undefined;
  readonly ignoreChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  readonly aliases: readonly Alias[];
  readonly importId: string;
  readonly customTimeouts: CustomTimeouts;
  readonly replaceOnChanges: readonly string[];
  readonly retainOnDelete: boolean;
  readonly deletedWith: string;
  readonly replaceWith: readonly string[];
  /** Paths whose differences are not shown. */
  readonly hideDiffs: readonly string[];
  /** A change of this value replaces the resource; null is none. */
  readonly replacementTrigger: PropertyValue;
  /** The names of its hooks, by when they run. */
  readonly hooks: Readonly<Record<string, readonly string[]>>;
  readonly sourcePosition: string;
  readonly stackTrace: readonly Json[];
}

export const EMPTY_GOAL: Goal = {
  type: "",
  name: "",
  custom: true,
  properties: {},
  parent: "",
  protect: false,
  dependencies: [],
  provider: "",
  propertyDependencies: {},
  deleteBeforeReplace: undefined,
  ignoreChanges: [],
  additionalSecretOutputs: [],
  aliases: [],
  importId: "",
  customTimeouts: {},
  replaceOnChanges: [],
  retainOnDelete: false,
  deletedWith: "",
  replaceWith: [],
  hideDiffs: [],
  replacementTrigger: null,
  hooks: {},
  sourcePosition: "",
  stackTrace: [],
};
