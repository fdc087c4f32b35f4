import type { Op } from "../steps/step";
import { nameOf, typeOf } from "../urn";

/** How the official CLI marks and names each operation. */
export interface OpWords {
  readonly mark: string;
  readonly doing: string;
  readonly done: string;
  readonly plan: string;
}

const WORDS: Readonly<Record<Op, OpWords>> = {
  same: { mark: "  ", doing: "", done: "", plan: "" },
  create: { mark: "+ ", doing: "creating", done: "created", plan: "create" },
  update: { mark: "~ ", doing: "updating", done: "updated", plan: "update" },
  delete: { mark: "- ", doing: "deleting", done: "deleted", plan: "delete" },
  replace: { mark: "+-", doing: "replacing", done: "replaced", plan: "replace" },
  "create-replacement": {
    mark: "++",
    doing: "creating replacement",
    done: "created replacement",
    plan: "create replacement",
  },
  "delete-replaced": { mark: "--", doing: "deleting original", done: "deleted original", plan: "delete original" },
  read: { mark: "> ", doing: "reading", done: "read", plan: "read" },
  "read-replacement": {
    mark: ">>",
    doing: "reading for replacement",
    done: "read for replacement",
    plan: "read for replacement",
  },
  refresh: { mark: "~ ", doing: "refreshing", done: "refreshed", plan: "refresh" },
  discard: { mark: "< ", doing: "discarding", done: "discarded", plan: "discard" },
  "discard-replaced": {
    mark: "<<",
    doing: "discarding original",
    done: "discarded original",
    plan: "discard original",
  },
  import: { mark: "= ", doing: "importing", done: "imported", plan: "import" },
  "import-replacement": {
    mark: "=>",
    doing: "importing replacement",
    done: "imported replacement",
    plan: "import replacement",
  },
  "remove-pending-replace": { mark: "--", doing: "completing", done: "completed", plan: "complete" },
};

export function wordsOf(op: Op): OpWords {
  return WORDS[op];
}

/** `random:index/randomPet:RandomPet` as `random:index:RandomPet`. */
export function shortType(type: string): string {
  const [pkg, module, name, ...rest] = type.split(":");
  if (pkg === undefined || module === undefined || name === undefined || rest.length > 0) {
    return type;
  }
  const [head, tail] = module.split("/");
  const repeats = tail !== undefined && tail.toLowerCase() === name.toLowerCase();
  return `${pkg}:${repeats ? head : module}:${name}`;
}

/** A resource as lines name it: short type and name. */
export function label(urn: string): string {
  return `${shortType(typeOf(urn))} ${nameOf(urn)}`;
}
