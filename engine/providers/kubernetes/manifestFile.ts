import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { PropertyMap } from "../../property/value";
import { ProviderError } from "../failure";
import { isDefinition, textAt } from "./kinds";
import { nameOf, namespaceOf } from "./object";
import { toYaml } from "./yaml";

const definitions = "0-crd";
const manifests = "1-manifest";

/**
 * Where an object is rendered, as the official provider lays it out:
 * `1-manifest/APIVERSION-kind-NAMESPACE-NAME.yaml`, and custom resource definitions in `0-crd`.
 *
 * @throws ProviderError if a part of the name would lead out of the folder.
 */
export function manifestPath(directory: string, object: PropertyMap): string {
  const parts = {
    apiVersion: textAt(object, "apiVersion").replaceAll(/[/:]/g, "_"),
    kind: textAt(object, "kind").toLowerCase(),
    "metadata.namespace": namespaceOf(object) || "default",
    "metadata.name": nameOf(object),
  };
  for (const [field, value] of Object.entries(parts)) {
    if (value !== "" && !/[/\\\0]/.test(value)) continue;
    const what =
      value === "" ? "is empty or not a string" : `is ${JSON.stringify(value)}, which no file can be named after`;
    throw new ProviderError("EDGE-KUBERNETES-005", `${field} ${what}`, "Give the object a valid Kubernetes name");
  }
  return path.join(directory, isDefinition(object) ? definitions : manifests, `${Object.values(parts).join("-")}.yaml`);
}

/** Writes an object to `file`; both layout folders are made beside it. Only the owner may read what is written. */
export async function writeManifest(file: string, object: PropertyMap): Promise<void> {
  const text = toYaml(object);
  try {
    await writeFile(file, text, { mode: 0o600 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    // The first of a folder: asking for the folders before each file would cost as much as the files.
    const directory = path.dirname(path.dirname(file));
    for (const folder of [definitions, manifests]) {
      await mkdir(path.join(directory, folder), { recursive: true, mode: 0o700 });
    }
    await writeFile(file, text, { mode: 0o600 });
  }
}

/** Removes a rendered object; one that is gone already is no error. */
export async function removeManifest(file: string): Promise<void> {
  await rm(file, { force: true });
}
