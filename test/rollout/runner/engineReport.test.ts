import type { EngineEvent } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { EngineReport } from "../../../rollout/runner/engineReport";

const event = (content: Partial<EngineEvent>): EngineEvent => ({ sequence: 0, timestamp: 0, ...content });
const diagnostic = (message: string, urn?: string, severity: "error" | "warning" = "error") =>
  event({ diagnosticEvent: { message, severity, color: "never", ...(urn === undefined ? {} : { urn }) } });

function failureOf(events: readonly EngineEvent[], thrown: unknown = new Error("thrown")): string {
  const report = new EngineReport(() => undefined);
  events.forEach(report.take);
  return report.failure(thrown);
}

describe("EngineReport", () => {
  const urn = "urn:pulumi:porto::edgewave::command:local:Command::manifests";
  const stack = "urn:pulumi:porto::edgewave::pulumi:pulumi:Stack::edgewave-porto";
  const cases: [string, readonly EngineEvent[], string][] = [
    ["names the resource that failed", [diagnostic("disk full", urn)], "manifests: disk full"],
    ["does not name the stack", [diagnostic("nodes are missing", stack)], "nodes are missing"],
    [
      "leaves colours out",
      [diagnostic("<{%fg 1%}>red<{%reset%}> \u001b[31malert\u001b[0m", urn)],
      "manifests: red alert",
    ],
    [
      "leaves stack frames out",
      [diagnostic("Error: no\n    at a (/x/y.ts:1:2)\n    at async b (node:internal/x:3:4)\n", stack)],
      "Error: no",
    ],
    [
      "leaves out what every failure says",
      [diagnostic("update failed"), diagnostic("no route", urn)],
      "manifests: no route",
    ],
    ["says the general thing if there is nothing else", [diagnostic("update failed")], "update failed"],
    ["says each message once", [diagnostic("no", urn), diagnostic("no", urn)], "manifests: no"],
    ["does not take a warning for the reason", [diagnostic("old", urn, "warning")], "thrown"],
  ];
  for (const [name, events, expected] of cases) it(name, () => expect(failureOf(events)).to.equal(expected));

  it("keeps a message to a few lines", () => {
    const long = Array.from({ length: 40 }, (_, index) => `line ${index}`).join("\n");
    const lines = failureOf([diagnostic(long)]).split("\n");
    expect(lines).to.have.length(9);
    expect(lines.at(-1)).to.equal("and 32 more lines in the log");
  });

  it("finds the telling line of a failed command when no event told anything", () => {
    const output = "code: 255\n stdout: Updating (porto):\nlines and lines\n stderr: error: no passphrase\n err?: \n";
    expect(failureOf([], new Error(output))).to.equal("no passphrase");
  });

  it("counts resources and changes", () => {
    const seen: number[] = [];
    const report = new EngineReport((resources) => seen.push(resources));
    for (const name of ["a", "b", "b"]) {
      report.take(event({ resOutputsEvent: { metadata: { op: "create", urn: name, type: "t", provider: "" } } }));
    }
    const resourceChanges = { create: 2, same: 3, delete: 4, update: 0 };
    report.take(event({ summaryEvent: { maybeCorrupt: false, durationSeconds: 1, resourceChanges, policyPacks: {} } }));
    expect(seen).to.deep.equal([1, 2, 2]);
    expect(report.changes).to.deep.equal({ create: 2, same: 3, delete: 4 });
    expect(report.resources).to.equal(5);
  });
});
