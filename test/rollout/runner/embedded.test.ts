import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { type Deployment, LocalWorkspace, type PulumiCommand } from "@pulumi/pulumi/automation";
import { assert, expect } from "chai";

import { EmbeddedPulumiCommand } from "../../../engine";
import { builtinProviders } from "../../../engine/providers/registry";
import { type AutomationRunnerOptions, AutomationStackRunner } from "../../../rollout/runner/automationRunner";
import { siteLayout } from "../../../rollout/runner/layout";
import { RunCancelled, RunFailed, type RunResult } from "../../../rollout/stackRunner";
import { aFleet, aRelease, aSite } from "../../support/fleet";

interface StateFile {
  readonly checkpoint: { readonly latest: { readonly resources: readonly { type: string; id: string }[] } };
}

describe("AutomationStackRunner on the embedded engine", () => {
  let out: string;
  let runner: AutomationStackRunner;
  let token = 0;

  before(async () => {
    out = await mkdtemp(join(tmpdir(), "edgewave-embedded-"));
    await writeFile(join(out, "Pulumi.yaml"), "name: edgewave\nruntime: nodejs\n");
    await writeFile(join(out, "passphrase"), "correct-horse-battery\n");
    runner = new AutomationStackRunner(runnerOptions());
  });

  function runnerOptions(): AutomationRunnerOptions {
    return {
      worker: {
        modulePath: join(__dirname, "embeddedWorker.ts"),
        execArgv: ["--import", "tsx"],
        environment: {
          PATH: process.env["PATH"],
          HOME: process.env["HOME"],
          PULUMI_CONFIG_PASSPHRASE_FILE: join(out, "passphrase"),
          // A person's own setting, which must not lead the state elsewhere.
          PULUMI_BACKEND_URL: "file:///nowhere",
        },
      },
      outputDirectory: out,
      fleetFolder: out,
      projectFile: join(out, "Pulumi.yaml"),
    };
  }

  after(async () => {
    await runner.close();
    await rm(out, { recursive: true });
  });

  function run(
    verb: "up" | "preview" | "destroy",
    name: string,
    labels: Record<string, string> = {},
    signal = new AbortController().signal,
    touched = false,
  ): Promise<RunResult> {
    token += 1;
    const request = {
      site: { ...aSite({ name }), labels },
      release: aRelease(),
      fleet: aFleet(),
      signers: [],
      fencingToken: token,
      touched,
    };
    return runner[verb](request, { signal, onProgress: () => undefined });
  }

  function drift(name: string, labels: Record<string, string> = {}, target: "render" | "cluster" = "render") {
    token += 1;
    const request = {
      site: { ...aSite({ name, target }), labels },
      release: aRelease(),
      fleet: aFleet(),
      signers: [],
      fencingToken: token,
      touched: false,
    };
    return runner.drift(request, { signal: new AbortController().signal, onProgress: () => undefined });
  }

  const failureOf = (promise: Promise<unknown>) =>
    promise.then(
      () => assert.fail("it did not fail"),
      (error: unknown) => error,
    );

  it("makes, keeps, changes, previews and removes a site's resources", async () => {
    const file = join(siteLayout(out, "porto").rendered, "inventory");
    const made = await run("up", "porto");
    expect(made).to.deep.include({ resources: 4, changes: { create: 4 }, notes: [] });
    expect(await readFile(file, "utf8")).to.equal("porto ");
    const evidence = await runner.evidence("porto");
    expect(evidence).to.match(/^[0-9a-f]{64}$/);

    expect((await run("up", "porto")).changes).to.deep.equal({ same: 4 });
    const previewed = await run("preview", "porto", { content: "new" });
    expect(previewed.resources).to.equal(4);
    expect(previewed.changes).to.include({ same: 2 });
    expect(await readFile(file, "utf8")).to.equal("porto ");

    await run("up", "porto", { content: "new" });
    expect(await readFile(file, "utf8")).to.equal("porto new");
    expect(await runner.evidence("porto")).not.to.equal(evidence);

    const removed = await run("destroy", "porto");
    expect(removed.resources).to.equal(0);
    expect(existsSync(file)).to.equal(false);
  });

  it("shares one salt between stacks, and keeps secrets encrypted in the state", async () => {
    await run("up", "faro");
    const salt = (await readFile(join(out, "encryptionsalt"), "utf8")).trim();
    const state = await readFile(siteLayout(out, "faro").checkpoint, "utf8");
    expect(state).to.contain(salt).and.to.contain("ciphertext");
    expect(await readFile(siteLayout(out, "faro").log, "utf8")).not.to.contain("correct-horse-battery");
  });

  it("tells a program's mistake in its own words", async () => {
    const failure = await failureOf(run("up", "sines", { mistake: "program" }));
    assert(failure instanceof RunFailed);
    expect(failure.message).to.match(/^(Error: )?nodes: a site needs at least one node$/);
  });

  it("tells a provider's failure with the resource's name", async () => {
    const failure = await failureOf(run("up", "lagos", { mistake: "provider" }));
    assert(failure instanceof RunFailed);
    expect(failure.message)
      .to.match(/^broken: /)
      .and.to.contain("no space left on device");
    expect(failure.message.split("\n").length).to.be.at.most(9);
  });

  it("stops a run after the step it is in, and the next one goes on", async () => {
    const stop = new AbortController();
    const failure = failureOf(run("up", "olhao", { wait: "2" }, stop.signal));
    while (!existsSync(join(siteLayout(out, "olhao").rendered, "inventory"))) await delay(20);
    stop.abort();
    expect(await failure).to.be.instanceOf(RunCancelled);
    const { changes } = await run("up", "olhao", { wait: "0" });
    expect(
      (changes["same"] ?? 0) + (changes["create"] ?? 0) + (changes["update"] ?? 0) + (changes["replace"] ?? 0),
    ).to.equal(4);
  });

  it("brings back files that somebody removed or changed, and keeps what is random", async () => {
    await run("up", "faro");
    const { checkpoint, rendered } = siteLayout(out, "faro");
    const before = JSON.parse(await readFile(checkpoint, "utf8")) as StateFile;
    await rm(join(rendered, "inventory"), { recursive: true });
    const { notes } = await run("up", "faro", {}, new AbortController().signal, true);
    expect(notes).to.deep.equal([
      "rendered all files anew, because its state or files are not what the last success left",
    ]);
    expect(existsSync(join(rendered, "inventory"))).to.equal(true);
    const after = JSON.parse(await readFile(checkpoint, "utf8")) as StateFile;
    const random = (file: StateFile) =>
      file.checkpoint.latest.resources.filter(({ type }) => type.startsWith("random:")).map(({ id }) => id);
    expect(random(after)).to.deep.equal(random(before));
  });

  it("compares a site with its release and its files, and changes neither state nor files", async () => {
    await run("up", "evora", { content: "old" });
    const { checkpoint, rendered } = siteLayout(out, "evora");
    expect(await drift("evora", { content: "old" })).to.deep.include({
      changes: { same: 4 },
      entries: [],
      more: 0,
      notes: [],
    });

    await writeFile(join(rendered, "inventory"), "changed by hand");
    await rm(join(rendered, "slow"));
    const state = await readFile(checkpoint, "utf8");
    for (const target of ["render", "cluster"] as const) {
      const { changes, entries, notes } = await drift("evora", { content: "new" }, target);
      expect(entries.map(({ found, op, name }) => [found, op, name])).to.deep.equal([
        ["files", "update", "inventory"],
        ["files", "delete", "slow"],
        ["preview", "update", "inventory"],
        ["preview", "update", "slow"],
      ]);
      expect(entries[2]).to.deep.include({ type: "command:local:Command", paths: ["stdin"] });
      expect(changes).to.deep.equal({ update: 3, delete: 1, same: 2 });
      expect(notes).to.deep.equal([]);
    }
    expect(await readFile(checkpoint, "utf8")).to.equal(state);
    expect(await readFile(join(rendered, "inventory"), "utf8")).to.equal("changed by hand");
    expect(await readdir(siteLayout(out, "evora").locks).catch(() => [])).to.be.empty;
  });

  it("does not compare a site that has no state, and makes none", async () => {
    expect(String(await failureOf(drift("nowhere")))).to.contain("has no state to compare with");
    expect(existsSync(siteLayout(out, "nowhere").checkpoint)).to.equal(false);
  });

  it("keeps a copy of the state before a change, from which the stack comes back after it was lost", async () => {
    await run("up", "braga", { content: "one" });
    await run("up", "braga", { content: "two" });
    const { checkpoint, workDirectory, backups } = siteLayout(out, "braga");
    const copy = await runner.newestBackup("braga");
    assert(copy !== undefined);
    const text = await readFile(copy, "utf8");
    expect(text).to.contain("braga one").and.to.contain("ciphertext");
    const password = (state: string) => /"ciphertext": ?"([^"]+)"/.exec(state)?.[1];

    await rm(checkpoint);
    const environment = {
      PULUMI_CONFIG_PASSPHRASE: "correct-horse-battery",
      PULUMI_BACKEND_URL: `file://${out}/state`,
    };
    const command = new EmbeddedPulumiCommand({ providers: builtinProviders(), baseEnv: { ...process.env } });
    const stack = await LocalWorkspace.createStack(
      { stackName: "braga", workDir: workDirectory },
      { pulumiCommand: command as unknown as PulumiCommand, envVars: environment, secretsProvider: "passphrase" },
    );
    await stack.importStack(JSON.parse(text) as Deployment);
    const { changes } = await run("up", "braga", { content: "two" });
    expect(changes).to.deep.equal({ update: 2, same: 2 });
    expect(password(await readFile(checkpoint, "utf8"))).to.equal(password(text));
    expect((await readdir(backups)).filter((name) => /^\d.*\.json$/.test(name)).length).to.be.greaterThan(0);
  });

  it("gives commands a folder for temporary files that is gone after the run", async () => {
    await run("up", "loule", { temporary: "yes" });
    const state = await readFile(siteLayout(out, "loule").checkpoint, "utf8");
    const folder = /"stdout": ?"([^"]*edgewave-run-[^"]+)"/.exec(state)?.[1];
    assert(folder !== undefined);
    expect(existsSync(folder)).to.equal(false);
  });

  it("reads the state of a site with a cluster anew after a kill, clears what was being made, and makes it", async () => {
    const site = { ...aSite({ name: "beja", target: "cluster" }), labels: { wait: "2" } };
    token += 1;
    const common = { site, release: aRelease(), fleet: aFleet(), signers: [], fencingToken: token, touched: false };
    const running = runner.up(common, { signal: new AbortController().signal, onProgress: () => undefined });
    const { rendered, locks } = siteLayout(out, "beja");
    while (!existsSync(join(rendered, "inventory"))) await delay(20);
    const [lock] = (await readdir(locks)).filter((name) => name.endsWith(".json"));
    const { pid } = JSON.parse(await readFile(join(locks, lock ?? ""), "utf8")) as { pid: number };
    process.kill(pid, "SIGKILL");
    const { notes, resources } = await running;
    expect(notes?.[2]).to.match(/^read the site's state anew, because an interrupted run left .*creating slow/);
    expect(resources).to.equal(4);
    const state = await readFile(siteLayout(out, "beja").checkpoint, "utf8");
    expect(state).not.to.contain("pending_operations");
    expect(existsSync(join(rendered, "slow"))).to.equal(true);
  });

  it("leaves the original alone when a copy of the output folder is run", async () => {
    await run("up", "tomar");
    const copy = `${out}-copy`;
    await cp(out, copy, { recursive: true });
    const original = siteLayout(out, "tomar").rendered;
    const copied = new AutomationStackRunner({ ...runnerOptions(), outputDirectory: copy });
    try {
      token += 1;
      const request = {
        site: aSite({ name: "tomar" }),
        release: aRelease(),
        fleet: aFleet(),
        signers: [],
        touched: false,
      };
      const preview = copied.preview(
        { ...request, fencingToken: token },
        { signal: new AbortController().signal, onProgress: () => undefined },
      );
      expect(String(await failureOf(preview))).to.match(/moved or copied from/);
      const { notes } = await copied.up(
        { ...request, site: { ...request.site, labels: { note: "changed" } }, fencingToken: token },
        { signal: new AbortController().signal, onProgress: () => undefined },
      );
      expect(notes?.[0]).to.contain(`moved or copied from ${out}`);
      expect(existsSync(join(original, "inventory"))).to.equal(true);
      expect(existsSync(join(siteLayout(copy, "tomar").rendered, "inventory"))).to.equal(true);
    } finally {
      await copied.close();
      await rm(copy, { recursive: true, force: true });
    }
  });

  it("puts in order what a killed worker left: its lock and its pending operations", async () => {
    const running = run("up", "tavira", { wait: "2" });
    while (!existsSync(join(siteLayout(out, "tavira").rendered, "inventory"))) await delay(20);
    const [lock] = await readdir(siteLayout(out, "tavira").locks);
    const { pid } = JSON.parse(await readFile(join(siteLayout(out, "tavira").locks, lock ?? ""), "utf8")) as {
      pid: number;
    };
    process.kill(pid, "SIGKILL");
    const { notes, resources } = await running;
    expect(notes?.[0]).to.equal(
      "the run was repeated on another worker, because the worker process ended with SIGKILL",
    );
    expect(notes?.[1]).to.match(/^cancelled the lock of .* whose process is gone$/);
    expect(notes?.[2]).to.match(/^rendered all files anew, because an interrupted run left .*creating slow/);
    expect(resources).to.equal(4);
    expect(existsSync(join(siteLayout(out, "tavira").rendered, "slow"))).to.equal(true);
  });
});
