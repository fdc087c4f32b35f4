import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";

import { World } from "../support/testProvider";
import { Bench } from "../support/workspace";

const PROGRAM = `
const pulumi = require("${require.resolve("@pulumi/pulumi")}");
const args = { value: pulumi.secret("hush") };
new pulumi.CustomResource("test:index:Thing", "t", args, { version: "1.2.3" });
`;

describe("preview --json", () => {
  it("prints one object with the steps, their states and the sum, secrets masked", async () => {
    await Bench.with([new World()], async (bench) => {
      await bench.stack(async () => undefined);
      await writeFile(join(bench.folder, "index.js"), PROGRAM);
      await writeFile(join(bench.folder, "package.json"), JSON.stringify({ main: "index.js" }));
      const link = join(bench.folder, "node_modules");
      await symlink(join(__dirname, "../../../node_modules"), link);
      const { stdout } = await bench.run("preview", "--json", "--stack", "dev");
      const digest = JSON.parse(stdout) as {
        steps: { op: string; urn: string; newState: { inputs?: object } }[];
        changeSummary: object;
        duration: number;
      };
      expect(digest.changeSummary).to.deep.equal({ create: 2 });
      expect(digest.steps.map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`)).to.deep.equal([
        "create bench-dev",
        "create t",
      ]);
      expect(digest.steps[1]?.newState.inputs).to.deep.equal({ value: "[secret]" });
      expect(digest.duration).to.be.greaterThan(0);
      expect(stdout).to.not.include("hush");
    });
  }).timeout(30_000);
});
