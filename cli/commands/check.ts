import path from "node:path";
import { readFleet } from "../../fleet/read";
import { exitCode } from "../exitCodes";
import { colorsOf, print, printJson } from "../io";
import { withFleet, withJson, type FleetOptions } from "../options";
import { formatFindings, plural } from "../printing/findings";
import type { AddCommand } from "../program";

export const addCheck: AddCommand = (program, io, done) => {
  const command = program.command("check").description("read and check the fleet's files; all findings at once");
  withJson(withFleet(command)).action(async (options: FleetOptions) => {
    const { fleet, findings } = await readFleet(path.resolve(io.cwd, options.fleet));
    const failed = fleet === undefined || findings.some((finding) => finding.severity === "error");
    if (options.json) printJson(io, { ok: !failed, fleet: fleet?.name, sites: fleet?.sites.length ?? 0, findings });
    else if (findings.length > 0) print(io, formatFindings(findings, colorsOf(io)));
    if (!options.json && fleet !== undefined && !failed) {
      const counts = [
        plural(fleet.sites.length, "site"),
        plural(fleet.releases.length, "release"),
        plural(fleet.rollouts.length, "rollout"),
      ];
      print(io, `${fleet.name}: ${counts.join(", ")}, ${findings.length === 0 ? "no findings" : "no errors"}`);
    }
    done(failed ? exitCode.wrongInput : exitCode.done);
  });
};
