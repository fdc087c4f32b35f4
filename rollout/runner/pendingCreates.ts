import { type Checkpoint, nameOf, type PendingOperation, type StateResource } from "./checkpoint";

/**
 * What is done about a create that was under way when its process was killed, so that nobody knows whether it happened:
 *
 * - `repeat`: forgotten and done again. Only where that makes nothing twice: what lives in the state alone (random, tls),
 *   providers, and commands, which the stacks write so that they may run again.
 * - `adopt`: taken for done, and read from the cluster. An object has its name before it is made, and making it again
 *   would fail if it is there. If it is not, the refresh takes it out of the state.
 * - `ask`: nobody can tell what doing it again would make.
 */
export type PendingTreatment = "repeat" | "adopt" | "ask";

const repeatable = /^(random|tls|command|pulumi:providers):/;

/** What is done about the operation. All but creates are settled by any refresh, which reads what is there. Pure. */
export function treatmentOf(operation: PendingOperation, resources: readonly StateResource[]): PendingTreatment {
  const { type, resource } = operation;
  if (type !== "creating" || repeatable.test(resource.type)) return "repeat";
  const replaced = resources.some(({ urn, delete: gone }) => urn === resource.urn && gone !== true);
  return objectId(resource) === undefined || replaced ? "ask" : "adopt";
}

/**
 * A checkpoint in which the creates of named Kubernetes objects that were under way are taken for done, as
 * `pulumi refresh --import-pending-creates` does; the Automation API has no option for it. Pure.
 */
export function withAdopted<T extends Checkpoint>(checkpoint: T): T {
  const latest = checkpoint.checkpoint?.latest;
  if (latest?.pending_operations === undefined) return checkpoint;
  const { resources = [], pending_operations: pending } = latest;
  const isAdopted = (operation: PendingOperation) => treatmentOf(operation, resources) === "adopt";
  const adopted = pending.filter(isAdopted).map(({ resource }) => ({ ...resource, id: objectId(resource) }));
  if (adopted.length === 0) return checkpoint;
  return {
    ...checkpoint,
    checkpoint: {
      ...checkpoint.checkpoint,
      latest: {
        ...latest,
        resources: [...resources, ...adopted],
        pending_operations: pending.filter((operation) => !isAdopted(operation)),
      },
    },
  };
}

/** `<namespace>/<name>`, or the name alone: the id that both engines' Kubernetes providers give an object. */
function objectId({ type, inputs }: StateResource): string | undefined {
  if (!type.startsWith("kubernetes:")) return undefined;
  const metadata = inputs?.["metadata"];
  if (typeof metadata !== "object" || metadata === null) return undefined;
  const { name, namespace } = metadata as { readonly name?: unknown; readonly namespace?: unknown };
  if (typeof name !== "string" || name === "") return undefined;
  return typeof namespace === "string" && namespace !== "" ? `${namespace}/${name}` : name;
}

/** Why a person has to look first. */
export function askAbout(operations: readonly PendingOperation[], workDirectory: string): string {
  const names = operations.map(({ resource: { urn, type } }) => `${nameOf(urn)} (${type})`).join(", ");
  return (
    `an interrupted run was making ${names}, and nobody knows whether it is there; making it again could make it twice. ` +
    `Look, then run in ${workDirectory}: \`pulumi refresh --clear-pending-creates\` if it is not there, ` +
    "`pulumi refresh --import-pending-creates` with its URN and id if it is"
  );
}
