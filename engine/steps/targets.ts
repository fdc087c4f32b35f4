import { isProviderType, parseUrn, ROOT_STACK_TYPE } from "../urn";
import type { ResourceState } from "../state/resource";
import { neededBy, needsOf } from "./graph";

/**
 * URNs and patterns of them: `*` stands for anything but a colon, `**` for anything.
 *
 * Source: `UrnTargets` of `pkg/resource/deploy/deployment.go`.
 */
export class UrnPatterns {
  readonly literals: ReadonlySet<string>;
  private readonly globs: readonly RegExp[];

  constructor(patterns: readonly string[]) {
    this.literals = new Set(patterns.filter((pattern) => !pattern.includes("*")));
    this.globs = patterns.filter((pattern) => pattern.includes("*")).map(globOf);
  }

  get isEmpty(): boolean {
    return this.literals.size === 0 && this.globs.length === 0;
  }

  has(urn: string): boolean {
    return this.literals.has(urn) || this.globs.some((glob) => glob.test(urn));
  }
}

function globOf(pattern: string): RegExp {
  const quote = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const parts = pattern.split("**").map((part) => part.split("*").map(quote).join("[^:]*"));
  return new RegExp(`^${parts.join(".*")}$`);
}

export interface SelectionOptions {
  readonly targets: readonly string[];
  readonly targetDependents: boolean;
  readonly excludes: readonly string[];
  readonly excludeDependents: boolean;
}

/**
 * Which resources a run may touch: those of `--target`, or all but those of `--exclude`.
 *
 * Dependents are found as resources come by, dependencies first.
 */
export class Selection {
  readonly targets: UrnPatterns;
  readonly excludes: UrnPatterns;
  private readonly followed = new Set<string>();

  constructor(private readonly options: SelectionOptions) {
    this.targets = new UrnPatterns(options.targets);
    this.excludes = new UrnPatterns(options.excludes);
  }

  get isEverything(): boolean {
    return this.targets.isEmpty && this.excludes.isEmpty;
  }

  /** Whether a run may touch the resource; providers and the stack itself are never left out. */
  includes(state: ResourceState): boolean {
    const { urn, type } = state.fields;
    const implicit = isProviderType(type) || parseUrn(urn).qualifiedType === ROOT_STACK_TYPE;
    if (!this.targets.isEmpty) {
      const named = this.targets.has(urn) || (this.options.targetDependents && this.follows(state));
      if (named) {
        this.followed.add(urn);
      }
      return named || implicit;
    }
    const left = this.excludes.has(urn) || (this.options.excludeDependents && this.follows(state));
    if (left) {
      this.followed.add(urn);
    }
    return !left || implicit;
  }

  /** Whether `includes` found the resource named, itself or by what it depends on. */
  isFollowed(urn: string): boolean {
    return this.followed.has(urn);
  }

  private follows(state: ResourceState): boolean {
    return [...needsOf(state)].some((urn) => this.followed.has(urn));
  }

  /** The URNs among `resources` that may be deleted, and those whose deletion nobody has asked for. */
  deletable(resources: readonly ResourceState[]): { readonly may: ReadonlySet<string>; readonly unasked: string[] } {
    const all = resources.map(({ urn }) => urn);
    if (!this.targets.isEmpty) {
      const may = closure(resources, (urn) => this.targets.has(urn), "dependents");
      const unasked = this.options.targetDependents ? [] : [...may].filter((urn) => !this.targets.has(urn));
      return { may, unasked };
    }
    const kept = closure(resources, (urn) => this.excludes.has(urn), "needs");
    const also = this.options.excludeDependents
      ? closure(resources, (urn) => this.excludes.has(urn), "dependents")
      : new Set<string>();
    return { may: new Set(all.filter((urn) => !kept.has(urn) && !also.has(urn))), unasked: [] };
  }
}

/** The resources that are meant, with everything that depends on them or that they need. */
function closure(
  resources: readonly ResourceState[],
  meant: (urn: string) => boolean,
  along: "dependents" | "needs",
): Set<string> {
  const found = new Set(resources.map(({ urn }) => urn).filter(meant));
  if (along === "needs") {
    return neededBy(resources, found);
  }
  // Dependencies come first in a state, so one pass reaches everything.
  for (const resource of resources) {
    if ([...needsOf(resource)].some((urn) => found.has(urn))) {
      found.add(resource.urn);
    }
  }
  return found;
}
