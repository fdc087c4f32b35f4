import { expect } from "chai";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Secret, Unknown } from "../../../../engine/property/value";
import type { PropertyMap } from "../../../../engine/property/value";
import { commandProvider } from "../../../../engine/providers/command/provider";
import type { CallContext, ConfiguredProvider } from "../../../../engine/providers/provider";
import { recordedResources, recordingContext } from "../recording";

const type = "command:local:Command";
const resource = { urn: "urn:pulumi:dev::p::command:local:Command::file", type, name: "file", timeout: 0 };

describe("command:local:Command", () => {
  let folder: string;
  let provider: ConfiguredProvider;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "edgewave-command-"));
    provider = await commandProvider().configure({}, recordingContext());
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  const create = async (inputs: PropertyMap, context: CallContext = recordingContext({ directory: folder })) =>
    await provider.create({ ...resource, inputs, preview: false }, context);

  describe("create", () => {
    it("runs the command with its standard input and environment in its folder", async () => {
      const created = await create({
        create: 'cat > "$TARGET"; pwd',
        stdin: "hello\n",
        environment: { TARGET: "file.txt" },
      });
      expect(await readFile(path.join(folder, "file.txt"), "utf8")).to.equal("hello\n");
      expect(created.outputs).to.deep.include({ stdout: folder, stderr: "" });
      expect(created.id).to.match(/^file[0-9a-f]{8}$/);
    });

    it("lets a command open its standard input by name", async () => {
      expect((await create({ create: "cat /dev/stdin", stdin: "by name" })).outputs).to.deep.include({
        stdout: "by name",
      });
    });

    it("keeps output but for its last line end, each stream for itself", async () => {
      const created = await create({ create: "printf 'a\\n\\n'; echo b >&2" });
      expect(created.outputs).to.deep.include({ stdout: "a\n", stderr: "b" });
    });

    it("runs nothing without a create command", async () => {
      expect((await create({ delete: "echo gone" })).outputs).to.deep.equal({
        delete: "echo gone",
        stdout: "",
        stderr: "",
      });
    });

    it("takes another interpreter and a folder relative to the project's", async () => {
      const created = await create({
        create: "process.stdout.write(process.cwd())",
        interpreter: ["node", "-e"],
        dir: ".",
      });
      expect(created.outputs["stdout"]).to.equal(folder);
    });

    it("does not mind a command that leaves its input unread", async () => {
      const created = await create({ create: "true", stdin: "x".repeat(1_000_000) });
      expect(created.outputs["stdout"]).to.equal("");
    });

    it("knows neither id nor output in a preview and runs nothing", async () => {
      const inputs = { create: "echo no > preview.txt" };
      const created = await provider.create(
        { ...resource, inputs, preview: true },
        recordingContext({ directory: folder }),
      );
      expect(created).to.deep.equal({ id: "", outputs: { ...inputs, stdout: Unknown.value, stderr: Unknown.value } });
    });

    it("fails with exit status, command and output of both streams", async () => {
      const message = await messageOf(create({ create: "echo said; echo wrong >&2; exit 3" }));
      expect(message).to.match(/^EDGE-COMMAND-001: exit status 3: running "echo said; echo wrong >&2; exit 3":\n/);
      expect(message).to.include("said").and.include("wrong");
    });

    it("names the signal that ended the command", async () => {
      expect(await messageOf(create({ create: "kill -TERM $$" }))).to.include("signal: SIGTERM");
    });

    it("tells a folder that is not there from a program that is not there", async () => {
      expect(await messageOf(create({ create: "true", dir: "nowhere" }))).to.equal(
        `there is no folder ${path.join(folder, "nowhere")} to run it in`,
      );
      expect(await messageOf(create({ create: "true", interpreter: ["no-such-program"] }))).to.equal(
        "there is no program no-such-program",
      );
    });
  });

  describe("logging", () => {
    const shown = async (inputs: PropertyMap): Promise<string[]> => {
      const context = recordingContext({ directory: folder });
      await create({ create: "echo out; echo err >&2", ...inputs }, context);
      expect(context.logged.every((line) => line.ephemeral && line.severity === "info")).to.equal(true);
      return context.logged.map((line) => line.message).sort();
    };

    for (const [logging, expected] of [
      ["stdoutAndStderr", ["err", "out"]],
      ["stdout", ["out"]],
      ["stderr", ["err"]],
      ["none", []],
    ] as const) {
      it(`shows ${expected.join(" and ") || "nothing"} with ${logging}`, async () => {
        expect(await shown({ logging })).to.deep.equal(expected);
      });
    }

    it("shows both streams if nothing is said", async () => {
      expect(await shown({})).to.deep.equal(["err", "out"]);
    });

    it("hides secrets of environment and standard input, in lines and in the failure", async () => {
      const context = recordingContext({ directory: folder });
      const inputs = {
        create: 'echo "token $TOKEN"; cat; exit 1',
        environment: { TOKEN: new Secret("s3cret-token") },
        stdin: new Secret("first line\nsecond line\n"),
      };
      const message = await messageOf(create(inputs, context));
      const all = [message, ...context.logged.map((line) => line.message)].join("\n");
      expect(all).to.include("token [secret]");
      expect(all).not.to.include("s3cret-token");
      expect(all).not.to.include("first line");
      expect(all).not.to.include("second line");
    });
  });

  describe("update and delete", () => {
    const update = async (newInputs: PropertyMap, oldOutputs: PropertyMap, preview = false) =>
      await provider.update(
        { ...resource, id: "file1", oldInputs: {}, oldOutputs, newInputs, ignoreChanges: [], preview },
        recordingContext({ directory: folder }),
      );

    it("runs the update command with what the last run wrote", async () => {
      const inputs = { create: "echo no", update: 'echo "$PULUMI_COMMAND_STDOUT|$PULUMI_COMMAND_STDERR"' };
      expect((await update(inputs, { stdout: "before", stderr: "" })).outputs["stdout"]).to.equal("before|");
    });

    it("leaves what the last run wrote out of the environment if told so", async () => {
      const inputs = { update: 'echo "[$PULUMI_COMMAND_STDOUT]"', addPreviousOutputInEnv: false };
      expect((await update(inputs, { stdout: "before", stderr: "" })).outputs["stdout"]).to.equal("[]");
    });

    it("runs the create command again if there is no update command", async () => {
      expect((await update({ create: "echo again" }, { stdout: "", stderr: "" })).outputs["stdout"]).to.equal("again");
    });

    it("keeps the output if there is nothing to run", async () => {
      const { outputs } = await update({ delete: "echo bye" }, { stdout: new Secret("kept"), stderr: "" });
      expect(outputs).to.deep.equal({ delete: "echo bye", stdout: new Secret("kept"), stderr: "" });
    });

    it("knows the output of a previewed update only if no input had a value before that changes", async () => {
      const olds = { create: "echo a", stdout: "a", stderr: "" };
      expect((await update({ create: "echo b" }, olds, true)).outputs["stdout"]).to.equal(Unknown.value);
      expect((await update({ create: "echo a", update: "echo c" }, olds, true)).outputs["stdout"]).to.equal("a");
    });

    it("deletes by the delete command of the state, in its environment", async () => {
      const outputs = {
        delete: 'echo "$NAME $PULUMI_COMMAND_STDOUT" > gone.txt',
        environment: { NAME: "n" },
        stdout: "o",
      };
      await provider.delete({ ...resource, id: "file1", inputs: {}, outputs }, recordingContext({ directory: folder }));
      expect(await readFile(path.join(folder, "gone.txt"), "utf8")).to.equal("n o\n");
    });
  });

  describe("cancellation", () => {
    it("ends the whole process group, also what ignores the interrupt, and the call fails", async () => {
      const controller = new AbortController();
      const context = recordingContext({ directory: folder, signal: controller.signal });
      const beat = path.join(folder, "beat");
      const running = messageOf(create({ create: "(while :; do echo x >> beat; sleep 0.05; done) & wait" }, context));
      await until(async () => (await stat(beat).catch(() => ({ size: 0 }))).size > 0);
      controller.abort(new Error("stop"));
      expect(await running).to.equal("the command was cancelled");
      const { size } = await stat(beat);
      await sleep(200);
      expect((await stat(beat)).size).to.equal(size);
    });

    it("starts nothing once it is cancelled", async () => {
      const context = recordingContext({ directory: folder, signal: AbortSignal.abort(new Error("stopped before")) });
      expect(await messageOf(create({ create: "echo no > cancelled.txt" }, context))).to.equal("stopped before");
    });
  });

  describe("check", () => {
    const check = async (news: PropertyMap) =>
      await provider.check(
        { ...resource, olds: {}, news, randomSeed: new Uint8Array(32) },
        recordingContext({ directory: folder }),
      );

    it("finds every input that does not fit", async () => {
      const { failures } = await check({
        create: 1,
        interpreter: "sh",
        environment: { A: 1 },
        logging: "loud",
        comand: "x",
        archivePaths: "*",
        triggers: "t",
        addPreviousOutputInEnv: "yes",
      });
      expect(failures.map((failure) => failure.property)).to.have.members([
        "create",
        "interpreter",
        "environment",
        "logging",
        "comand",
        "archivePaths",
        "triggers",
        "addPreviousOutputInEnv",
      ]);
    });

    it("accepts what is not known yet and leaves out what has no value", async () => {
      const news = { create: Unknown.value, environment: { A: Unknown.value }, dir: null };
      expect(await check(news)).to.deep.equal({
        inputs: { create: Unknown.value, environment: { A: Unknown.value } },
        failures: [],
      });
    });
  });

  describe("diff", () => {
    const diff = async (oldInputs: PropertyMap, newInputs: PropertyMap) =>
      await provider.diff(
        { ...resource, id: "file1", oldInputs, oldOutputs: oldInputs, newInputs, ignoreChanges: [] },
        recordingContext(),
      );

    it("finds what the official provider recorded between two runs", async () => {
      const before = await recordedResources("command", "2-up");
      const after = await recordedResources("command", "5-up-changed");
      const found: Record<string, unknown> = {};
      for (const old of before.filter((one) => one.type === type)) {
        const now = after.find((one) => one.urn === old.urn);
        const request = {
          ...old,
          oldInputs: old.inputs,
          oldOutputs: old.outputs,
          newInputs: now?.inputs ?? {},
          ignoreChanges: [],
        };
        const { changes, diffs, detailedDiff, replaces } = await provider.diff(request, recordingContext());
        if (changes === "some") found[old.name] = { diffs, detailedDiff, replaces };
      }
      expect(found).to.deep.equal({
        file: { diffs: ["stdin"], detailedDiff: { stdin: { kind: "update", inputDiff: false } }, replaces: [] },
        triggered: {
          diffs: ["triggers"],
          detailedDiff: { "triggers[1]": { kind: "update", inputDiff: false } },
          replaces: [],
        },
      });
    });

    it("replaces when triggers come or go as a whole", async () => {
      expect((await diff({ create: "a" }, { create: "a", triggers: [1] })).replaces).to.deep.equal(["triggers"]);
      expect((await diff({ create: "a", triggers: [1] }, { create: "a" })).replaces).to.deep.equal(["triggers"]);
      expect((await diff({ triggers: [1] }, { triggers: [1, 2] })).replaces).to.deep.equal([]);
    });

    it("takes a value that becomes secret for a change", async () => {
      expect((await diff({ stdin: "a" }, { stdin: new Secret("a") })).changes).to.equal("some");
    });
  });

  it("runs command:local:run and gives its arguments back beside the output", async () => {
    const { result } = await provider.invoke("command:local:run", { command: "echo run" }, recordingContext());
    expect(result).to.deep.equal({ command: "echo run", stdout: "run", stderr: "" });
    const { failures } = await provider.invoke("command:local:run", {}, recordingContext());
    expect(failures).to.deep.equal([{ property: "command", reason: "is missing" }]);
    expect(await messageOf(provider.invoke("command:local:walk", {}, recordingContext()))).to.include(
      "EDGE-COMMAND-003",
    );
  });
});

async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("nothing was thrown");
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(10);
}
