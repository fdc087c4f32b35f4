import { parseAllDocuments } from "yaml";
import type { Files } from "../../../gitops/files";

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: Record<string, unknown>;
  readonly data?: Record<string, string>;
}

/** Parses every document of a file strictly. @throws if it is not valid YAML */
export function documentsOf(text: string): unknown[] {
  return parseAllDocuments(text, { uniqueKeys: true, strict: true }).map((document) => {
    if (document.errors.length > 0) throw document.errors[0] as Error;
    return document.toJS() as unknown;
  });
}

/** Paths of files that hold Kubernetes objects, not Helm values and not kustomize's own files. */
export function isObjectFile(path: string): boolean {
  return !/(^|\/)(kustomization|values[^/]*)\.yaml$/.test(path);
}

export function objectsOf(files: Files): KubernetesObject[] {
  return [...files]
    .filter(([path]) => isObjectFile(path))
    .flatMap(([, text]) => documentsOf(text) as KubernetesObject[]);
}

export function identity({ apiVersion, kind, metadata }: KubernetesObject): string {
  return [apiVersion, kind, metadata.namespace ?? "", metadata.name].join("/");
}
