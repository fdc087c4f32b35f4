import { expect } from "chai";
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { edgewave, withFolder } from "../support/edgewave";
import { aFleet, aSite } from "../support/fleet";
import { fleetFiles } from "../support/fleetFiles";
import { filesUnder } from "../support/rollout";

/** What may change: logs, the record of who is at work, and the numbers of runs. */
const kept = (file: string) => !/^logs\/|^ledger\.db|\.fencing-token$|^stacks\//.test(file);

describe("edgewave drift on a rendered fleet", function () {
  this.timeout(300_000);

  it("finds none after a rollout, then what somebody changed, and writes nothing", () =>
    withFolder(async (folder) => {
      const off = { reason: "storm", since: "2026-11-01" };
      const fleet = aFleet({ sites: [aSite(), aSite({ name: "faro", offline: off }, 1)] });
      for (const { path: name, text } of fleetFiles(fleet)) {
        mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
        writeFileSync(path.join(folder, name), text);
      }
      const out = path.join(folder, "out");
      const common = ["--fleet", folder, "--out", out, "--engine", "embedded"];
      const before = await edgewave(["drift", ...common]);
      expect([before.code, before.stderr]).to.satisfy(
        ([code, err]: [number, string]) => code === 2 && /EDGE-CLI-030/.test(err),
      );
      expect((await edgewave(["rollout", ...common])).code).to.equal(0);

      const files = filesUnder(out).filter(kept);
      const none = await edgewave(["drift", ...common]);
      expect(none.stdout).to.contain("1 not made yet, 1 without drift");
      expect(none.code).to.equal(0);
      expect(filesUnder(out).filter(kept)).to.deep.equal(files);

      const manifests = filesUnder(path.join(out, "sites", "porto")).filter((file) => file.endsWith(".yaml"));
      const [changed = "", gone = ""] = manifests;
      appendFileSync(path.join(out, "sites", "porto", changed), "# by hand\n");
      rmSync(path.join(out, "sites", "porto", gone));
      const found = await edgewave(["drift", "porto", "--json", ...common]);
      expect(found.code).to.equal(1);
      const { sites, totals } = JSON.parse(found.stdout) as {
        sites: { site: string; drift: { entries: { found: string; op: string; name: string }[] } }[];
        totals: Record<string, number>;
      };
      expect(totals).to.include({ drifted: 1, same: 0 });
      const told = sites[0]?.drift.entries.filter((entry) => entry.found === "files");
      expect(told?.map(({ op, name }) => `${op} ${name}`)).to.have.members([`update ${changed}`, `delete ${gone}`]);
    }));
});
