import { expect } from "chai";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { readFleet } from "../../fleet/read";
import { planWaves } from "../../rollout/planWaves";
import { repository } from "../support/edgewave";
import { harbours, release } from "../support/rollout";

describe("the README's rollout", () => {
  it("is one that the example fleet can have, without a finding", async () => {
    const readme = readFileSync(path.join(repository, "README.md"), "utf8");
    const written = /```yaml\n(spec:\n[\s\S]*?)```/.exec(readme)?.[1]?.replace(/release: \S+/, `release: ${release}`);
    const folder = mkdtempSync(path.join(tmpdir(), "edgewave-readme-"));
    try {
      cpSync(harbours, folder, { recursive: true });
      const head = "apiVersion: edgewave.dev/v1alpha1\nkind: Rollout\nmetadata:\n  name: written\n";
      writeFileSync(path.join(folder, "rollouts", "written.yaml"), `${head}${written}`);
      const { fleet, findings } = await readFleet(folder);
      expect(findings).to.deep.equal([]);
      const rollout = fleet?.rollouts.find(({ name }) => name === "written");
      expect(rollout?.gates).to.have.length(2);
      const plan = planWaves(fleet?.sites ?? [], rollout!);
      expect(plan.unassigned).to.deep.equal([]);
      expect(plan.waves.map(({ name }) => name)).to.include.members(["canary", "ramp-1", "ramp-2", "rest"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
