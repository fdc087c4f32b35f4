import type { ResolvedSite } from "../../fleet/model";
import { ingestion } from "./address";

/** Metadata of an object of ingestion. */
export function labelled(name: string, labels: Readonly<Record<string, string>>) {
  return { name, namespace: ingestion.namespace, labels: { ...labels } };
}

/**
 * Of a workload whose pods cannot start by what Pulumi makes: their login at Kafka comes from the hub's owner or from
 * Strimzi's operator, which Flux brings. Pulumi does not wait for it; a rollout's gates do.
 */
export function startsLater({ target }: Pick<ResolvedSite, "target">) {
  return target === "render" ? {} : { annotations: { "pulumi.com/skipAwait": "true" } };
}
