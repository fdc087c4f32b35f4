import type { Json, SecretCodec } from "../property/checkpoint";
import { fromCheckpoint, mapFromCheckpoint, mapToCheckpoint, toCheckpoint } from "../property/checkpoint";
import type { PropertyMap, PropertyValue } from "../property/value";

/** Seconds, by operation; a missing one is the provider's own default. */
export interface CustomTimeouts {
  readonly create?: number;
  readonly update?: number;
  readonly delete?: number;
  readonly read?: number;
}

/** A resource as the state knows it: `ResourceV3` of `sdk/go/common/apitype/core.go`, in its order. */
export interface ResourceFields {
  readonly urn: string;
  readonly custom: boolean;
  /** Replaced, and to be deleted once nothing uses it any more. */
  readonly delete: boolean;
  readonly id: string;
  readonly type: string;
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
  readonly parent: string;
  readonly protect: boolean;
  readonly taint: boolean;
  /** Read, not managed. */
  readonly external: boolean;
  readonly dependencies: readonly string[];
  readonly initErrors: readonly string[];
  readonly provider: string;
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** Deleted ahead of its replacement, which is still to be made. */
  readonly pendingReplacement: boolean;
  readonly additionalSecretOutputs: readonly string[];
  readonly aliases: readonly string[];
  readonly customTimeouts: CustomTimeouts;
  readonly importID: string;
  readonly retainOnDelete: boolean;
  readonly deletedWith: string;
  readonly replaceWith: readonly string[];
  readonly created: string;
  readonly modified: string;
  readonly sourcePosition: string;
  readonly stackTrace: readonly Json[];
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly hideDiff: readonly string[];
  /** null is none. */
  readonly replacementTrigger: PropertyValue;
  /** Fields that this engine carries along without using them. */
  readonly rest: Readonly<Record<string, Json>>;
}

const REST_KEYS = ["refreshBeforeUpdate", "viewOf", "resourceHooks", "extensionRef", "snippetID"] as const;

const EMPTY: ResourceFields = {
  urn: "",
  custom: false,
  delete: false,
  id: "",
  type: "",
  inputs: {},
  outputs: {},
  parent: "",
  protect: false,
  taint: false,
  external: false,
  dependencies: [],
  initErrors: [],
  provider: "",
  propertyDependencies: {},
  pendingReplacement: false,
  additionalSecretOutputs: [],
  aliases: [],
  customTimeouts: {},
  importID: "",
  retainOnDelete: false,
  deletedWith: "",
  replaceWith: [],
  created: "",
  modified: "",
  sourcePosition: "",
  stackTrace: [],
  ignoreChanges: [],
  replaceOnChanges: [],
  hideDiff: [],
  replacementTrigger: null,
  rest: {},
};

/** A resource's state with its serialised form, which is made anew only after a change. */
export class ResourceState {
  private current: ResourceFields;
  private text: string | undefined;

  constructor(fields: Partial<ResourceFields>, text?: string) {
    this.current = { ...EMPTY, ...fields };
    this.text = text;
  }

  get fields(): ResourceFields {
    return this.current;
  }

  get urn(): string {
    return this.current.urn;
  }

  update(change: Partial<ResourceFields>): void {
    this.current = { ...this.current, ...change };
    this.text = undefined;
  }

  /** A state of its own with the same fields. */
  copy(change: Partial<ResourceFields> = {}): ResourceState {
    const same = Object.keys(change).length === 0;
    return new ResourceState({ ...this.current, ...change }, same ? this.text : undefined);
  }

  /** The resource as one line of JSON in a checkpoint. */
  serialize(codec: SecretCodec): string {
    this.text ??= JSON.stringify(resourceToJson(this.current, codec));
    return this.text;
  }
}

/** The resource in the form and the order of `ResourceV3`; empty fields are left out. */
export function resourceToJson(fields: ResourceFields, codec: SecretCodec): Record<string, Json> {
  const out: Record<string, Json> = { urn: fields.urn, custom: fields.custom };
  const put = (key: string, value: Json, present: boolean) => {
    if (present) {
      out[key] = value;
    }
  };
  put("delete", true, fields.delete);
  put("id", fields.id, fields.id !== "");
  put("type", fields.type, true);
  put("inputs", mapToCheckpoint(fields.inputs, codec), Object.keys(fields.inputs).length > 0);
  put("outputs", mapToCheckpoint(fields.outputs, codec), Object.keys(fields.outputs).length > 0);
  put("parent", fields.parent, fields.parent !== "");
  put("protect", true, fields.protect);
  put("taint", true, fields.taint);
  put("external", true, fields.external);
  put("dependencies", fields.dependencies, fields.dependencies.length > 0);
  put("initErrors", fields.initErrors, fields.initErrors.length > 0);
  put("provider", fields.provider, fields.provider !== "");
  put("propertyDependencies", sorted(fields.propertyDependencies), Object.keys(fields.propertyDependencies).length > 0);
  put("pendingReplacement", true, fields.pendingReplacement);
  put("additionalSecretOutputs", fields.additionalSecretOutputs, fields.additionalSecretOutputs.length > 0);
  put("aliases", fields.aliases, fields.aliases.length > 0);
  put("customTimeouts", { ...fields.customTimeouts }, Object.keys(fields.customTimeouts).length > 0);
  put("importID", fields.importID, fields.importID !== "");
  put("retainOnDelete", true, fields.retainOnDelete);
  put("deletedWith", fields.deletedWith, fields.deletedWith !== "");
  put("replaceWith", fields.replaceWith, fields.replaceWith.length > 0);
  put("created", fields.created, fields.created !== "");
  put("modified", fields.modified, fields.modified !== "");
  put("sourcePosition", fields.sourcePosition, fields.sourcePosition !== "");
  put("stackTrace", fields.stackTrace, fields.stackTrace.length > 0);
  put("ignoreChanges", fields.ignoreChanges, fields.ignoreChanges.length > 0);
  put("replaceOnChanges", fields.replaceOnChanges, fields.replaceOnChanges.length > 0);
  put("hideDiff", fields.hideDiff, fields.hideDiff.length > 0);
  put("replacementTrigger", toCheckpoint(fields.replacementTrigger, codec), fields.replacementTrigger !== null);
  for (const key of REST_KEYS) {
    put(key, fields.rest[key] ?? null, fields.rest[key] !== undefined);
  }
  return out;
}

function sorted(map: Readonly<Record<string, readonly string[]>>): Json {
  return Object.fromEntries(
    Object.keys(map)
      .sort()
      .map((key) => [key, map[key] ?? []]),
  );
}

/** Reads a resource of a checkpoint; its bytes are kept, so that an unchanged resource is written as it was read. */
export function resourceFromJson(json: { readonly [key: string]: Json }, codec: SecretCodec): ResourceState {
  const text = (key: string) => (typeof json[key] === "string" ? json[key] : "");
  const flag = (key: string) => json[key] === true;
  const list = (key: string) => (Array.isArray(json[key]) ? (json[key] as string[]) : []);
  const rest = Object.fromEntries(REST_KEYS.flatMap((key) => (json[key] === undefined ? [] : [[key, json[key]]])));
  const fields: ResourceFields = {
    urn: text("urn"),
    custom: flag("custom"),
    delete: flag("delete"),
    id: text("id"),
    type: text("type"),
    inputs: mapFromCheckpoint(json["inputs"] as { [key: string]: Json } | undefined, codec),
    outputs: mapFromCheckpoint(json["outputs"] as { [key: string]: Json } | undefined, codec),
    parent: text("parent"),
    protect: flag("protect"),
    taint: flag("taint"),
    external: flag("external"),
    dependencies: list("dependencies"),
    initErrors: list("initErrors"),
    provider: text("provider"),
    propertyDependencies: (json["propertyDependencies"] ?? {}) as Record<string, string[]>,
    pendingReplacement: flag("pendingReplacement"),
    additionalSecretOutputs: list("additionalSecretOutputs"),
    aliases: list("aliases"),
    customTimeouts: (json["customTimeouts"] ?? {}) as CustomTimeouts,
    importID: text("importID"),
    retainOnDelete: flag("retainOnDelete"),
    deletedWith: text("deletedWith"),
    replaceWith: list("replaceWith"),
    created: text("created"),
    modified: text("modified"),
    sourcePosition: text("sourcePosition"),
    stackTrace: Array.isArray(json["stackTrace"]) ? (json["stackTrace"] as Json[]) : [],
    ignoreChanges: list("ignoreChanges"),
    replaceOnChanges: list("replaceOnChanges"),
    hideDiff: list("hideDiff"),
    replacementTrigger: fromCheckpoint(json["replacementTrigger"] ?? null, codec),
    rest,
  };
  return new ResourceState(fields, JSON.stringify(json));
}
