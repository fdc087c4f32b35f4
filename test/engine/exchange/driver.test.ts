import path from "node:path";

import { expect } from "chai";

import { edgewave, withFolder } from "../../support/edgewave";
import { checkpoint, harbours } from "../../support/rollout";
import { official } from "../contract/engines";
import { describeExchange } from "./exchange";

const SITE = "vigo";

/** One verb on the site by the real command; what it has changed. */
async function site(verb: "up" | "preview" | "destroy", engine: string, out: string): Promise<Record<string, number>> {
  const flags = ["--engine", engine, "--fleet", harbours, "--out", out, "--json"];
  const { code, stdout, stderr } = await edgewave([
    "site",
    verb,
    SITE,
    ...flags,
    ...(verb === "destroy" ? ["--yes"] : []),
  ]);
  expect(code, stdout + stderr).to.equal(0);
  const report = JSON.parse(stdout) as { engine: { name: string }; changes: Record<string, number> };
  expect(report.engine.name).to.equal(engine);
  return report.changes;
}

describeExchange("the exchange of engines by the real command", () => {
  for (const [first, second] of [
    ["embedded", "official"],
    ["official", "embedded"],
  ] as const) {
    it(`finds nothing to change on a site that the ${first} engine has made, and destroys it by the ${second} one`, async () => {
      await withFolder(async (out) => {
        const made = await site("up", first, out);
        expect(Object.keys(made)).to.deep.equal(["create"]);
        expect(Object.keys(await site("preview", second, out))).to.deep.equal(["same"]);
        expect(Object.keys(await site("up", second, out))).to.deep.equal(["same"]);
        // As a person does: the program is run by the CLI's language host, with the settings of the work directory.
        const { stdout } = await (
          await official().command()
        ).run(
          ["preview", "--non-interactive", "--expect-no-changes", "--stack", SITE],
          path.join(out, "stacks", SITE),
          {
            PULUMI_CONFIG_PASSPHRASE_FILE: path.join(out, "passphrase"),
            PULUMI_HOME: path.join(out, "home"),
          },
        );
        expect(stdout).to.include(`${made["create"]} unchanged`);
        expect(Object.keys(await site("destroy", second, out))).to.deep.equal(["delete"]);
        expect(checkpoint(out, SITE).checkpoint.latest?.resources ?? []).to.deep.equal([]);
      });
    });
  }
});
