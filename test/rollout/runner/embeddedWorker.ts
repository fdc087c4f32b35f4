import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { local } from "@pulumi/command";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { RandomPassword } from "@pulumi/random";

import { EmbeddedPulumiCommand } from "../../../engine";
import { builtinProviders } from "../../../engine/providers/registry";
import type { ProgramArguments } from "../../../rollout/runner/openStack";
import { serveRuns } from "../../../rollout/runner/serve";

/** A program of a few tracked files, one of which says how it shall go. */
function program({ site, outputDirectory }: ProgramArguments) {
  return async () => {
    const folder = join(outputDirectory, "sites", site.name);
    mkdirSync(folder, { recursive: true });
    if (site.labels["mistake"] === "program") throw new Error("nodes: a site needs at least one node");
    const password = new RandomPassword("admin", { length: 20 });
    const file = (name: string, wait = 0) =>
      new local.Command(name, {
        create: `sleep ${wait} && cat > '${join(folder, name)}'`,
        delete: `rm -f '${join(folder, name)}'`,
        stdin: `${site.name} ${site.labels["content"] ?? ""}`,
      });
    file("inventory");
    if (site.labels["temporary"] !== undefined) {
      new local.Command("temporary", { create: 'touch "$TMPDIR/left"; echo "$TMPDIR"' });
    }
    file("slow", Number(site.labels["wait"] ?? 0));
    if (site.labels["mistake"] === "provider") {
      new local.Command("broken", { create: "echo 'no space left on device' >&2; exit 3" });
    }
    return { password: password.result };
  };
}

const environment = Object.fromEntries(
  Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
);
async function engine(): Promise<PulumiCommand> {
  if (process.env["TEST_ENGINE"] === "official") return PulumiCommand.get();
  return new EmbeddedPulumiCommand({ providers: builtinProviders(), baseEnv: environment }) as unknown as PulumiCommand;
}

void engine()
  .then((pulumiCommand) =>
    serveRuns({
      pulumiCommand,
      environment,
      program,
      onScratch: (folder) => (process.env["TMPDIR"] = folder),
    }),
  )
  .then(() => process.exit(0));
