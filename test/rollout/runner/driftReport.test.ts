import type { EngineEvent } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { DriftReport } from "../../../rollout/runner/driftReport";

interface Step {
  readonly op: string;
  readonly result?: string;
  readonly more?: object;
}

describe("DriftReport", () => {
  const urn = (name: string, type = "kubernetes:core/v1:ConfigMap") => `urn:pulumi:porto::edgewave::${type}::${name}`;
  let report: DriftReport;
  beforeEach(() => {
    report = new DriftReport();
  });

  /** One step as an engine tells of it: when it begins, and when it has ended. */
  function step(name: string, { op, result = op, more = {} }: Step): void {
    const metadata = { urn: urn(name), type: "kubernetes:core/v1:ConfigMap", provider: "", ...more };
    const event = (content: object) => report.take({ sequence: 0, timestamp: 0, ...content } as EngineEvent);
    event({ resourcePreEvent: { metadata: { ...metadata, op }, planning: true } });
    event({ resOutputsEvent: { metadata: { ...metadata, op: result }, planning: true } });
  }
  const result = () => report.result([], (text) => text);
  const entry = (name: string, more: object) => ({ name, type: "kubernetes:core/v1:ConfigMap", paths: [], ...more });

  it("finds nothing where all is the same", () => {
    step("a", { op: "refresh", result: "same" });
    step("a", { op: "same" });
    step("b", { op: "read" });
    expect(result()).to.deep.equal({ changes: { same: 2 }, entries: [], more: 0 });
  });

  it("counts no provider that an engine makes by itself", () => {
    const provider = { type: "pulumi:providers:random", urn: urn("default_4_21_2", "pulumi:providers:random") };
    step("default_4_21_2", { op: "create", more: provider });
    expect(result().changes).to.deep.equal({});
  });

  it("tells what up would do, with the properties that differ", () => {
    step("a", { op: "update", more: { detailedDiff: { "data.x": { diffKind: "update" }, "data.b": {} } } });
    step("b", { op: "create" });
    expect(result()).to.deep.equal({
      changes: { update: 1, create: 1 },
      entries: [
        entry("a", { found: "preview", op: "update", paths: ["data.b", "data.x"] }),
        entry("b", { found: "preview", op: "create" }),
      ],
      more: 0,
    });
  });

  it("tells what a refresh found once, and not again what up would do about it", () => {
    step("a", { op: "refresh", result: "update", more: { detailedDiff: { "data.x": {} } } });
    step("b", { op: "refresh", result: "delete" });
    step("a", { op: "update", more: { detailedDiff: { "data.y": {} } } });
    step("b", { op: "create" });
    expect(result().entries).to.deep.equal([
      entry("a", { found: "refresh", op: "update", paths: ["data.x", "data.y"] }),
      entry("b", { found: "refresh", op: "delete" }),
    ]);
  });

  it("finds a change in the states where a refresh keeps its name to itself", () => {
    const state = (data: string) => ({ outputs: { data, id: "1" } });
    step("a", { op: "refresh", more: { old: state("1"), new: state("2") } });
    step("b", { op: "refresh", more: { old: state("1"), new: state("1") } });
    step("c", { op: "refresh", more: { old: state("1"), new: null } });
    expect(result().changes).to.deep.equal({ update: 1, delete: 1, same: 1 });
    expect(result().entries[0]).to.deep.equal(entry("a", { found: "refresh", op: "update", paths: ["data"] }));
  });

  it("counts a replacement once", () => {
    step("a", { op: "create-replacement" });
    step("a", { op: "replace", more: { diffs: ["data"] } });
    step("a", { op: "delete-replaced" });
    expect(result().changes).to.deep.equal({ replace: 1 });
    expect(result().entries).to.deep.equal([entry("a", { found: "preview", op: "replace", paths: ["data"] })]);
  });

  it("keeps fifty entries and twenty paths, and says how many there are", () => {
    const detailedDiff = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`data.${index}`, {}]));
    for (let index = 0; index < 70; index++) step(`n${index}`, { op: "update", more: { detailedDiff } });
    const { entries, more, changes } = result();
    expect(entries).to.have.length(50);
    expect(entries[0]?.paths).to.have.length(20);
    expect(more).to.equal(20);
    expect(changes).to.deep.equal({ update: 70 });
  });

  it("takes files up among the rest, and masks secrets in what it tells", () => {
    step("token-hunter2", { op: "update", more: { detailedDiff: { 'data["hunter2"]': {} } } });
    const file = { found: "files" as const, op: "delete", type: "file", name: "inventory/hunter2", paths: [] };
    const { entries, changes } = report.result([file], (text) => text.replaceAll("hunter2", "[secret]"));
    expect(changes).to.deep.equal({ update: 1, delete: 1 });
    expect(JSON.stringify(entries)).not.to.contain("hunter2");
  });
});
