import type { DiffKind } from "../providers/provider";
import type { ResourceState } from "../state/resource";

/** What is done to a resource, in the names of the official engine's events. */
export type Op =
  | "same"
  | "create"
  | "update"
  | "delete"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "read"
  | "read-replacement"
  | "refresh"
  | "discard"
  | "discard-replaced"
  | "remove-pending-replace"
  | "import"
  | "import-replacement";

export type DetailedDiff = Readonly<Record<string, { readonly kind: DiffKind; readonly inputDiff: boolean }>>;

/** One step of a plan: what is done to which resource, from which state to which. */
export interface Step {
  readonly op: Op;
  readonly urn: string;
  readonly type: string;
  /** The provider reference, `URN::ID`; empty for components. */
  readonly provider: string;
  readonly old: ResourceState | undefined;
  readonly made: ResourceState | undefined;
  /** Properties that made a replacement necessary. */
  readonly keys: readonly string[];
  /** Properties that differ. */
  readonly diffs: readonly string[];
  readonly detailedDiff: DetailedDiff | undefined;
  /** Whether a person would call this one change; the parts of a replacement are not. */
  readonly logical: boolean;
  /** Set on an ended refresh: what it found. */
  result?: "same" | "update" | "delete";
}

const LOGICAL: ReadonlySet<Op> = new Set([
  "same",
  "create",
  "update",
  "delete",
  "replace",
  "read",
  "discard",
  "import",
]);

/** A step with the rest of its fields derived. */
export function makeStep(
  op: Op,
  states: { readonly old?: ResourceState | undefined; readonly made?: ResourceState | undefined },
  change: {
    readonly keys?: readonly string[];
    readonly diffs?: readonly string[];
    readonly detailedDiff?: DetailedDiff | undefined;
  } = {},
): Step {
  const subject = (states.made ?? states.old) as ResourceState;
  return {
    op,
    urn: subject.urn,
    type: subject.fields.type,
    provider: subject.fields.provider,
    old: states.old,
    made: states.made,
    keys: change.keys ?? [],
    diffs: change.diffs ?? [],
    detailedDiff: change.detailedDiff,
    logical: LOGICAL.has(op),
  };
}
