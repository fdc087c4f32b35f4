import { realpath } from "node:fs/promises";
import { local } from "@pulumi/command";
import { expect } from "chai";
import { commandProvider } from "../../../engine/providers/command/provider";
import { Bench } from "../support/workspace";

describe("what a run gives its providers", () => {
  it("lets commands inherit the run's own environment and start in the project's folder", async () => {
    await Bench.with([commandProvider()], async (bench) => {
      const stack = await bench.stack(async () => {
        const command = new local.Command("where", { create: 'echo "$MARK_OF_THIS_RUN"; pwd' });
        return { stdout: command.stdout };
      });
      stack.workspace.envVars = { ...stack.workspace.envVars, MARK_OF_THIS_RUN: "from the run" };
      const { outputs } = await stack.up();
      expect(process.env["MARK_OF_THIS_RUN"]).to.equal(undefined);
      expect(outputs["stdout"]?.value).to.equal(`from the run\n${await realpath(bench.folder)}`);
    });
  });
});
