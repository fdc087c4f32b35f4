import { ingestion } from "./address";

/** Metadata of an object of ingestion. */
export function labelled(name: string, labels: Readonly<Record<string, string>>) {
  return { name, namespace: ingestion.namespace, labels: { ...labels } };
}
