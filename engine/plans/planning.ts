import type { Json } from "../property/checkpoint";
import type { PropertyMap } from "../property/value";
import type { ResourceState } from "../state/resource";
import type { Goal } from "../steps/goal";
import type { Step } from "../steps/step";
import { changeViolation, goalViolation, propertyViolation } from "./check";
import { topDiff } from "./difference";
import type { Plan } from "./plan";
import { goalPlan, isAllowed, NO_PLAN_DIFF } from "./plan";

/** What a run does with plans: it makes one in a preview, and keeps to one in an update. */
export class Planning {
  readonly made: Plan;

  /** @param limits the plan to keep to; its steps are taken as they are done. */
  constructor(
    config: Readonly<Record<string, Json>>,
    private readonly limits: Plan | undefined,
  ) {
    this.made = { config, resources: new Map() };
  }

  /** The seed that the resource's names were drawn from when it was planned. */
  seedOf(urn: string): Uint8Array | undefined {
    return this.limits?.resources.get(urn)?.seed;
  }

  /**
   * Notes what a resource is to become, and checks it against the plan.
   *
   * @param from the inputs that a new resource would replace; empty for one that is made anew.
   * @throws if the resource departs from its plan.
   */
  goal(
    urn: string,
    goal: Goal,
    resource: {
      readonly old: ResourceState | undefined;
      readonly from: PropertyMap;
      readonly inputs: PropertyMap;
      readonly seed: Uint8Array;
    },
  ): void {
    const { old, from, inputs, seed } = resource;
    const { adds, deletes, updates } = topDiff(from, inputs, false);
    const known = this.made.resources.get(urn);
    const planned = goalPlan(goal, { adds, deletes, updates });
    this.made.resources.set(urn, { steps: known?.steps ?? [], outputs: undefined, goal: planned, seed });
    if (this.limits === undefined) {
      return;
    }
    const limit = this.limits.resources.get(urn);
    const oldInputs = old?.fields.inputs ?? {};
    let violation: string | undefined;
    if (limit !== undefined) {
      violation = goalViolation(limit, oldInputs, inputs, goal);
    } else if (old !== undefined) {
      violation = changeViolation(old, inputs, goal);
    }
    if (violation !== undefined) {
      throw new Error(`resource ${urn} violates plan: ${violation}`);
    }
  }

  /** Notes a resource that is imported. */
  imported(urn: string, goal: Goal, seed: Uint8Array): void {
    this.made.resources.set(urn, { goal: goalPlan(goal, NO_PLAN_DIFF), steps: [], outputs: undefined, seed });
  }

  /**
   * Notes steps that are about to be done, and checks them against the plan.
   *
   * @param nameOf the URN under which the plan knows a resource.
   * @throws if one of them is not allowed.
   */
  steps(steps: readonly Step[], nameOf: (urn: string) => string): void {
    for (const { op, urn } of steps) {
      this.limit(op, urn);
      const name = nameOf(urn);
      const plan = this.made.resources.get(name);
      if (plan !== undefined) {
        plan.steps.push(op);
      } else if (op !== "same") {
        this.made.resources.set(name, { goal: undefined, steps: [op], outputs: undefined, seed: undefined });
      }
    }
  }

  private limit(op: Step["op"], urn: string): void {
    if (this.limits === undefined) {
      return;
    }
    const limit = this.limits.resources.get(urn);
    if (limit === undefined) {
      if (!isAllowed(op, "same")) {
        throw new Error(`${op} is not allowed by the plan: no steps were expected for this resource`);
      }
      return;
    }
    const planned = limit.steps.shift();
    if (planned === undefined) {
      throw new Error(`${op} is not allowed by the plan: no more steps were expected for this resource`);
    }
    if (!isAllowed(op, planned)) {
      throw new Error(`${op} is not allowed by the plan: this resource is constrained to ${planned}`);
    }
  }

  /** Notes the outputs of a resource that is made. */
  outputs({ urn, fields }: ResourceState): void {
    const plan = this.made.resources.get(urn);
    if (plan !== undefined) {
      plan.outputs = fields.outputs;
    }
  }

  /**
   * Notes the outputs that a component registers, and checks them against the plan.
   *
   * @throws if they depart from it.
   */
  registered(urn: string, olds: PropertyMap, news: PropertyMap): void {
    const limit = this.limits?.resources.get(urn);
    if (this.limits !== undefined) {
      if (limit?.goal === undefined) {
        throw new Error(`no plan for resource ${urn}`);
      }
      const violation = propertyViolation(olds, news, limit.goal.outputDiff);
      if (violation !== undefined) {
        throw new Error(`resource violates plan: ${violation}`);
      }
    }
    const plan = this.made.resources.get(urn);
    if (plan?.goal !== undefined) {
      const { adds, deletes, updates } = topDiff(olds, news, false);
      plan.goal.outputDiff = { adds, deletes, updates };
      plan.outputs = news;
    }
  }

  /** URNs whose planned steps have not come, but for deletes of what has gone by itself. */
  undone(base: readonly ResourceState[]): string[] {
    const there = new Set(base.map(({ urn }) => urn));
    return [...(this.limits?.resources ?? [])]
      .filter(([, { steps }]) => steps.length > 0)
      .filter(([urn, { steps }]) => there.has(urn) || steps.length > 1 || steps[0] !== "delete")
      .map(([urn]) => urn)
      .sort();
  }
}
