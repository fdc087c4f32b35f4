import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as fc from "fast-check";

import { Thing } from "./things";
import type { World } from "./testProvider";
import type { Bench, CheckpointResource } from "./workspace";

/** One thing of a random program: it may need things before it. */
export interface Node {
  readonly present: boolean;
  readonly value: number;
  /** A change of it replaces the thing. */
  readonly kind: string;
  /** Who asks that it be deleted before its replacement is made, if anybody does. */
  readonly firstDelete: "nobody" | "provider" | "program";
  /** Whether another value replaces the thing too, and so what it needs does by its own replacement. */
  readonly strict: boolean;
  readonly retain: boolean;
  readonly protect: boolean;
  /** Under which of its two names it goes; the other is its alias. */
  readonly renamed: boolean;
  /** The component that it belongs to, if any. */
  readonly part: number | undefined;
  readonly after: readonly number[];
  /** Whether making it fails. */
  readonly fails: boolean;
}

export interface GraphOptions {
  readonly size: number;
  readonly protect?: boolean;
  readonly retain?: boolean;
  readonly fails?: boolean;
}

/** Random programs of a size. */
export function graphs(options: GraphOptions): fc.Arbitrary<readonly Node[]> {
  const never = fc.constant(false);
  const seldom = fc.integer({ min: 0, max: 4 }).map((n) => n === 0);
  const node = (index: number): fc.Arbitrary<Node> =>
    fc.record({
      present: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
      value: fc.nat(2),
      kind: fc.constantFrom("a", "b"),
      firstDelete: fc.constantFrom("nobody", "nobody", "provider", "program"),
      strict: seldom,
      retain: options.retain === true ? seldom : never,
      protect: options.protect === true ? seldom : never,
      renamed: fc.boolean(),
      part: fc.option(fc.nat(1), { nil: undefined }),
      after: index === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(index - 1), { maxLength: 2 }),
      fails: options.fails === true ? seldom : never,
    });
  return fc.tuple(...Array.from({ length: options.size }, (_, i) => node(i)));
}

export function nameOf(node: Node, index: number): string {
  return `${node.renamed ? "u" : "t"}${index}`;
}

class Component extends pulumi.ComponentResource {
  constructor(name: string) {
    super("test:parts:Plain", name, {});
    this.registerOutputs({});
  }
}

/** The program that a graph describes. */
export function program(nodes: readonly Node[]) {
  return async () => {
    const made = new Map<number, Thing>();
    const parts = new Map<number, Component>();
    const partOf = (number: number) => {
      const part = parts.get(number) ?? new Component(`p${number}`);
      parts.set(number, part);
      return part;
    };
    nodes.forEach((one, i) => {
      if (!one.present) {
        return;
      }
      const needs = one.after.map((j) => made.get(j)).filter((thing) => thing !== undefined);
      const { value, kind, firstDelete, strict, retain, protect, renamed, part, fails } = one;
      // The first need gives a value, the second only an order.
      const input = needs[0] === undefined ? value : needs[0].made.apply((n) => [value, n > 0]);
      const args = {
        value: input,
        kind,
        firstDelete: firstDelete === "provider",
        ...(fails ? { fail: "no room" } : {}),
      };
      made.set(
        i,
        new Thing(nameOf(one, i), args, {
          dependsOn: needs.slice(1),
          aliases: [{ name: nameOf({ ...one, renamed: !renamed }, i) }],
          retainOnDelete: retain,
          protect,
          ...(strict ? { replaceOnChanges: ["value"] } : {}),
          ...(firstDelete === "program" ? { deleteBeforeReplace: true } : {}),
          ...(part === undefined ? {} : { parent: partOf(part) }),
        }),
      );
    });
  };
}

export async function things(bench: Bench): Promise<CheckpointResource[]> {
  return (await bench.resources()).filter(({ type }) => type === "test:index:Thing");
}

/** Ids of things that may stay in the world when the state knows them no more. */
export async function retained(bench: Bench): Promise<string[]> {
  return (await things(bench)).flatMap((thing) => (thing["retainOnDelete"] === true ? [thing.id as string] : []));
}

/** The state is what the program says, dependencies first, and the world is what the state says. */
export async function expectGraph(
  world: World,
  bench: Bench,
  nodes: readonly Node[],
  left: ReadonlySet<string> = new Set(),
): Promise<void> {
  const wanted = nodes.flatMap((node, i) =>
    node.present ? [`${nameOf(node, i)} ${node.kind} ${node.part ?? ""} ${node.protect} ${node.retain}`] : [],
  );
  const state = await things(bench);
  const there = state.map((thing) => {
    const name = thing.urn.split("::").at(-1);
    const part = /::p(\d)$/.exec(thing.parent ?? "")?.[1] ?? "";
    const flags = `${thing["protect"] === true} ${thing["retainOnDelete"] === true}`;
    expect(world.things.get(thing.id as string), `${name} is there`).to.not.equal(undefined);
    return `${name} ${String(world.things.get(thing.id as string)?.["kind"])} ${part} ${flags}`;
  });
  expect(there.sort()).to.deep.equal(wanted.sort());
  const known = new Set(state.map(({ id }) => id as string));
  const extra = [...world.things.keys()].filter((id) => !known.has(id) && !left.has(id));
  expect(extra, "nothing is in the world that nobody asked to keep").to.deep.equal([]);
  expectOrder(await bench.resources());
  const waiting = state.filter((thing) => thing["delete"] === true || thing["pendingReplacement"] === true);
  expect(waiting).to.deep.equal([]);
}

/** Everything stands after what it needs. */
export function expectOrder(resources: readonly CheckpointResource[]): void {
  const seen = new Set<string>();
  for (const { urn, dependencies, parent, provider } of resources) {
    const needs = [...(dependencies ?? []), ...(parent ? [parent] : [])];
    needs.push(...(provider ? [provider.replace(/::[^:]+$/, "")] : []));
    needs.forEach((needed) => expect(seen, `${urn} after ${needed}`).to.include(needed));
    seen.add(urn);
  }
}

/**
 * Nothing was deleted before what needed it, as far as both went in the run.
 *
 * What is deleted ahead of its replacement takes with it, and before it, only what its change replaces too, as with the
 * official engine; other dependents stay until the end.
 *
 * @param nodes the program of the run.
 */
export function expectDeletesInOrder(
  world: World,
  before: readonly CheckpointResource[],
  nodes: readonly Node[],
): void {
  const { trace } = world;
  const idOf = new Map(before.map(({ urn, id }) => [urn, id as string]));
  const deleted = (id: string) => trace.findIndex((one) => one.op === "delete" && one.id === id);
  const nodeOf = (id: string) => Number(/^[tu](\d+)-/.exec(id)?.[1]);
  const isAhead = (id: string) =>
    trace.some((one, i) => i > deleted(id) && one.op === "create" && nodeOf(one.id) === nodeOf(id));
  for (const resource of before) {
    const id = resource.id as string;
    const byValue = (resource["propertyDependencies"] as Record<string, string[]> | undefined)?.["value"] ?? [];
    const strict = (resource["replaceOnChanges"] as string[] | undefined) ?? [];
    const node = nodes[nodeOf(id)];
    for (const needed of resource.dependencies ?? []) {
      const other = idOf.get(needed) ?? "";
      if (deleted(id) === -1 || deleted(other) === -1) {
        continue;
      }
      const stillNeeds = node?.present !== true || node.after[0] === nodeOf(other);
      const goesAlong = strict.includes("value") && byValue.includes(needed) && stillNeeds;
      if (!isAhead(other) || goesAlong) {
        expect(deleted(id), `${resource.urn} is gone before ${needed}`).to.be.lessThan(deleted(other));
      }
    }
  }
}
