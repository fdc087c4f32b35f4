import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Context } from "mocha";
import { parseAllDocuments } from "yaml";
import { componentOf } from "../../../catalog";
import { aRelease } from "../../support/fleet";

export interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}

/** The makers' own definitions of Flux's kinds at a version of the catalog, from the controllers' Go modules. */
export function fluxDefinitions(context: Context, version: string): readonly Definition[] {
  needsGo(context);
  const { images } = componentOf(aRelease({ components: { flux: version } }), "flux");
  return Object.values(images).flatMap(({ repository, tag }) => {
    const controller = repository.split("/").at(-1) ?? "";
    return definitionsIn(path.join(moduleFolder(`github.com/fluxcd/${controller}@${tag}`), "config", "crd", "bases"));
  });
}

/** Kyverno's own definitions of its policies, old and new. */
export function kyvernoDefinitions(context: Context, version: string): readonly Definition[] {
  needsGo(context);
  const crds = path.join(moduleFolder(`github.com/kyverno/kyverno@${version}`), "config", "crds");
  return ["kyverno", "policies.kyverno.io"].flatMap((folder) => definitionsIn(path.join(crds, folder)));
}

function needsGo(context: Context): void {
  if (spawnSync("go", ["version"]).status === 0) return;
  console.log("      skipped: there is no Go toolchain to fetch the makers' definitions with");
  context.skip();
}

/** Verified by Go's checksum database, kept in its module cache. */
function moduleFolder(module: string): string {
  const answer = execFileSync("go", ["mod", "download", "-json", module], { cwd: tmpdir(), encoding: "utf8" });
  return (JSON.parse(answer) as { Dir: string }).Dir;
}

function definitionsIn(folder: string): Definition[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml") && file !== "kustomization.yaml")
    .flatMap((file) =>
      parseAllDocuments(readFileSync(path.join(folder, file), "utf8")).map((document) => document.toJS() as Definition),
    );
}
