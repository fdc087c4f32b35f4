import { posix } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import type { KubernetesObject } from "../../fleet/overrides";
import type { Files } from "../files";

/** An object of a site and the file that it is written in. */
export interface BuiltObject {
  readonly object: KubernetesObject;
  /** In the repository. */
  readonly file: string;
}

interface KustomizationFile {
  readonly resources?: readonly string[];
  readonly configMapGenerator?: readonly Generator[];
}

interface Generator {
  readonly name: string;
  readonly namespace: string;
  readonly files: readonly string[];
  readonly options?: { readonly labels?: object; readonly annotations?: object };
}

/**
 * What `kustomize build` of a folder brings together before its patches, as far as edgewave's own kustomizations go:
 * resources, and generators of ConfigMaps from files. A test compares it with the real kustomize.
 * @throws Error if a file that is named is not there
 */
export function builtObjects(files: Files, folder: string): readonly BuiltObject[] {
  const path = posix.join(folder, "kustomization.yaml");
  const { resources = [], configMapGenerator = [] } = parse(fileAt(files, path)) as KustomizationFile;
  const named = resources.flatMap((resource): readonly BuiltObject[] => {
    const target = posix.join(folder, resource);
    if (!files.has(target)) return builtObjects(files, target);
    return parseAllDocuments(fileAt(files, target)).map((document) => ({
      object: document.toJS() as KubernetesObject,
      file: target,
    }));
  });
  return [...named, ...configMapGenerator.map((generator) => generated(files, folder, generator))];
}

function generated(files: Files, folder: string, { name, namespace, files: entries, options }: Generator): BuiltObject {
  const parts = entries.map((entry) => entry.split("=") as [key: string, file: string]);
  const file = posix.join(folder, parts[0]?.[1] ?? "kustomization.yaml");
  const data = Object.fromEntries(parts.map(([key, value]) => [key, fileAt(files, posix.join(folder, value))]));
  const { labels, annotations } = options ?? {};
  const metadata = { name, namespace, labels, annotations };
  return { object: { apiVersion: "v1", kind: "ConfigMap", metadata, data }, file };
}

function fileAt(files: Files, path: string): string {
  const text = files.get(path);
  if (text === undefined) throw new Error(`The rendered tree names ${path} and does not have it.`);
  return text;
}
