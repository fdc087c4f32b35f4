import type { PropertyMap, PropertyValue } from "../../property/value";
import type { Attribute, Attributes, BridgedResource } from "../bridge/resource";
import type { CheckFailure } from "../provider";
import { bcryptHash } from "./bcrypt";
import { drawString } from "./draw";
import { keepers } from "./keepers";

const on: Attribute = { kind: "boolean", role: "optional", default: true };
const least: Attribute = { kind: "integer", role: "optional", default: 0 };

const settings: Attributes = {
  keepers,
  length: { kind: "integer", role: "required" },
  special: on,
  upper: on,
  lower: on,
  number: { kind: "boolean", role: "optional" },
  numeric: { kind: "boolean", role: "optional" },
  minNumeric: least,
  minUpper: least,
  minLower: least,
  minSpecial: least,
  overrideSpecial: { kind: "string", role: "optional", replaces: (old, now) => now !== null || old !== "" },
};

const classes = ["special", "upper", "lower", "numeric"] as const;
const minimums = ["minUpper", "minLower", "minNumeric", "minSpecial"] as const;

/** `random:index/randomString:RandomString`; its id is the string. */
export const randomString: BridgedResource = {
  type: "random:index/randomString:RandomString",
  attributes: { ...settings, result: { kind: "string", role: "computed" } },
  schemaVersion: 2,
  idOutput: true,
  check,
  complete: withNumeric,
  async create(planned) {
    const result = draw(planned);
    return { id: result, computed: { result } };
  },
  import(id) {
    return { id, computed: { ...importedSettings(id), result: id } };
  },
};

/** `random:index/randomPassword:RandomPassword`; result and bcrypt hash are secret, the id is always `none`. */
export const randomPassword: BridgedResource = {
  type: "random:index/randomPassword:RandomPassword",
  attributes: {
    ...settings,
    result: { kind: "string", role: "computed", sensitive: true },
    bcryptHash: { kind: "string", role: "computed", sensitive: true },
  },
  schemaVersion: 3,
  idOutput: true,
  check,
  complete: withNumeric,
  async create(planned) {
    const result = draw(planned);
    return { id: "none", computed: { result, bcryptHash: await bcryptHash(result) } };
  },
  async import(id) {
    return { id: "none", computed: { ...importedSettings(id), result: id, bcryptHash: await bcryptHash(id) } };
  },
};

function check(inputs: PropertyMap): readonly CheckFailure[] {
  const failures: CheckFailure[] = [];
  const length = numberOf(inputs["length"], undefined);
  const least = minimums.map((name) => numberOf(inputs[name], 0) ?? 0);
  const sum = least.reduce((total, value) => total + value, 0);
  if (length !== undefined && length < 1) failures.push({ property: "length", reason: "must be at least 1" });
  else if (length !== undefined && length < sum) {
    failures.push({ property: "length", reason: `is ${length}, but ${minimums.join(" + ")} is ${sum}` });
  }
  minimums.forEach((property, at) => {
    if ((least[at] ?? 0) < 0) failures.push({ property, reason: "must not be negative" });
  });
  const { number = null, numeric = null } = inputs;
  if (typeof number === "boolean" && typeof numeric === "boolean" && number !== numeric) {
    failures.push({ property: "number", reason: "differs from numeric; number is deprecated, use numeric alone" });
  }
  const planned: PropertyMap = withNumeric(inputs);
  if (classes.every((name) => planned[name] === false)) {
    failures.push({ property: "numeric", reason: `at least one of ${classes.join(", ")} must be true` });
  }
  return failures;
}

/** `number` is the old name of `numeric`: either stands for both, and true if neither is given. */
function withNumeric(planned: PropertyMap): PropertyMap {
  const numeric = planned["numeric"] ?? planned["number"] ?? true;
  return { ...planned, number: planned["number"] ?? numeric, numeric };
}

function draw(planned: PropertyMap): string {
  return drawString({
    length: Number(planned["length"]),
    upper: planned["upper"] === true,
    lower: planned["lower"] === true,
    numeric: planned["numeric"] === true,
    special: planned["special"] === true,
    minUpper: Number(planned["minUpper"]),
    minLower: Number(planned["minLower"]),
    minNumeric: Number(planned["minNumeric"]),
    minSpecial: Number(planned["minSpecial"]),
    overrideSpecial: String(planned["overrideSpecial"] ?? ""),
  });
}

/** What the official provider assumes of a string it did not draw. */
function importedSettings(text: string): PropertyMap {
  return {
    length: Buffer.byteLength(text),
    ...Object.fromEntries([...classes, "number"].map((name) => [name, true])),
    ...Object.fromEntries(minimums.map((name) => [name, 0])),
  };
}

function numberOf(value: PropertyValue | undefined, otherwise: number | undefined): number | undefined {
  if (value === undefined || value === null) return otherwise;
  return typeof value === "number" || typeof value === "string" ? Number(value) : undefined;
}
