import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { harbours } from "./rollout";

/**
 * A part of the example fleet in a folder of its own, with rollouts of the test's.
 * @param sites their names; their files are copied as they are.
 * @param rollouts `spec` of each rollout, as YAML, by name.
 * @param releases further releases, with the content of the example's.
 */
export function writeSmallFleet(
  folder: string,
  sites: readonly string[],
  rollouts: Readonly<Record<string, string>>,
  releases: readonly string[] = [],
): void {
  cpSync(harbours, folder, { recursive: true });
  for (const file of readdirSync(path.join(folder, "sites"))) {
    if (!sites.includes(file.replace(/\.yaml$/, ""))) rmSync(path.join(folder, "sites", file));
  }
  rmSync(path.join(folder, "rollouts"), { recursive: true });
  mkdirSync(path.join(folder, "rollouts"));
  for (const [name, spec] of Object.entries(rollouts)) {
    const head = `apiVersion: edgewave.dev/v1alpha1\nkind: Rollout\nmetadata:\n  name: ${name}\nspec:\n`;
    writeFileSync(path.join(folder, "rollouts", `${name}.yaml`), head + spec.replace(/^/gm, "  "));
  }
  const known = path.join(folder, "releases", "2026.11.0.yaml");
  for (const name of releases) {
    const text = readFileSync(known, "utf8").replace("name: 2026.11.0", `name: ${name}`);
    writeFileSync(path.join(folder, "releases", `${name}.yaml`), text.replace("2026-11-02", "2026-12-02"));
  }
}
