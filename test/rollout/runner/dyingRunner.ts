import { readFileSync } from "node:fs";
import { join } from "node:path";

import { AutomationStackRunner } from "../../../rollout/runner/automationRunner";
import { siteLayout } from "../../../rollout/runner/layout";
import { aFleet, aRelease, aSite } from "../../support/fleet";

/** Starts a run that would not end by itself, and is killed in the middle of it. */
async function main(out: string): Promise<void> {
  const runner = new AutomationStackRunner({
    worker: {
      modulePath: join(__dirname, "tinyWorker.ts"),
      execArgv: ["--import", "tsx"],
      environment: { PATH: process.env["PATH"], PULUMI_CONFIG_PASSPHRASE: "correct-horse-battery" },
    },
    outputDirectory: out,
    fleetFolder: out,
    projectFile: join(out, "Pulumi.yaml"),
  });
  const run = (name: string) =>
    runner.up(
      { site: aSite({ name }), release: aRelease(), fleet: aFleet(), signers: [], fencingToken: 1, touched: false },
      { signal: new AbortController().signal, onProgress: () => undefined },
    );
  void run("patient-2");
  setInterval(() => {
    try {
      if (readFileSync(siteLayout(out, "patient-2").log, "utf8").includes("in worker"))
        process.kill(process.pid, "SIGKILL");
    } catch {
      // The worker has not come so far.
    }
  }, 20);
}

void main(process.argv[2] ?? "");
