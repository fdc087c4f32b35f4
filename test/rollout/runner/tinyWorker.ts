import { spawn } from "node:child_process";
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { EngineEvent, RefreshOptions, UpOptions } from "@pulumi/pulumi/automation";

import { siteLayout } from "../../../rollout/runner/layout";
import type { EngineStack, StackArguments } from "../../../rollout/runner/openStack";
import { serveRuns } from "../../../rollout/runner/serve";

/** A worker whose stacks do what their site's name says, so that a test can choose from outside. */
async function up(arguments_: StackArguments, options: UpOptions = {}): Promise<void> {
  const { site, outputDirectory, workDirectory, scratch } = arguments_;
  const { checkpoint, rendered } = siteLayout(outputDirectory, site.name);
  const crash = () => process.kill(process.pid, "SIGKILL");
  const marker = join(workDirectory, "crashed");
  const event = (content: Partial<EngineEvent>) => options.onEvent?.({ sequence: 0, timestamp: 0, ...content });
  options.onOutput?.(`the passphrase is ${process.env["PULUMI_CONFIG_PASSPHRASE"]}, in worker ${process.pid}\n`);
  writeFileSync(join(scratch, "temporary"), "");
  options.onOutput?.(`its scratch folder is ${scratch}\n`);
  switch (site.name.replace(/-\d+$/, "")) {
    case "crash-always":
      process.stderr.write("out of memory, or so\n");
      crash();
      return new Promise(() => undefined);
    case "crash-once":
      if (existsSync(marker)) break;
      writeFileSync(marker, "");
      crash();
      return new Promise(() => undefined);
    case "patient":
      await new Promise<void>((resolve) => options.signal?.addEventListener("abort", () => resolve()));
      throw new Error("interrupted");
    case "deaf":
      writeFileSync(marker, String(process.pid));
      for (;;);
    case "stubborn": {
      // As an engine's provider: in a session of its own, where a signal to the worker's group does not come.
      const provider = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
      for (const signal of ["SIGINT", "SIGTERM"])
        process.on(signal, () => appendFileSync(`${marker}-by`, `${signal} `));
      writeFileSync(marker, String(provider.pid));
      return new Promise(() => undefined);
    }
    case "no-link":
      event({
        diagnosticEvent: {
          severity: "error",
          color: "never",
          urn: "urn:pulumi:s::edgewave::command:remote:Command::nodes",
          message: `${site.bastion.sshUser}@${site.bastion.address}:22 cannot be reached by SSH after 10 tries: connect ETIMEDOUT`,
        },
      });
      throw new Error("update failed");
    case "failing":
      event({
        diagnosticEvent: {
          severity: "error",
          color: "never",
          urn: "urn:pulumi:s::edgewave::command:local:Command::manifests",
          message: "<{%fg 1%}>cannot write /srv/manifests: disk full<{%reset%}>\n    at Object.write (/app/x.ts:1:2)\n",
        },
      });
      event({ diagnosticEvent: { severity: "error", color: "never", message: "update failed" } });
      throw new Error("code: 255\n stdout: forty\nlines\n stderr: \n");
    case "telling":
      throw new Error(`the passphrase ${process.env["PULUMI_CONFIG_PASSPHRASE"]} is wrong`);
  }
  for (const urn of ["a", "b", "c"]) {
    event({ resOutputsEvent: { metadata: { op: "create", urn, type: "t", provider: "" } } });
  }
  event({ summaryEvent: { maybeCorrupt: false, durationSeconds: 1, resourceChanges: { create: 3 }, policyPacks: {} } });
  await mkdir(rendered, { recursive: true });
  await writeFile(join(rendered, "inventory.ini"), site.name);
  await mkdir(dirname(checkpoint), { recursive: true });
  await writeFile(checkpoint, JSON.stringify({ version: 3, checkpoint: { latest: { resources: [1, 2, 3] } } }));
}

function stackOf(arguments_: StackArguments): EngineStack {
  const note = (verb: string) => writeFile(join(arguments_.workDirectory, verb), "");
  return {
    up: (options?: UpOptions) => up(arguments_, options),
    preview: (options?: UpOptions) => up(arguments_, options),
    destroy: (options?: UpOptions) => up(arguments_, options),
    refresh: (options?: RefreshOptions) => note(`refreshed-${options?.clearPendingCreates}`),
    cancel: () => note("cancelled"),
  } as unknown as EngineStack;
}

void serveRuns({
  openStack: async (arguments_) => stackOf(arguments_),
  environment: { PULUMI_CONFIG_PASSPHRASE: process.env["PULUMI_CONFIG_PASSPHRASE"] ?? "" },
}).then(() => process.exit(0));
