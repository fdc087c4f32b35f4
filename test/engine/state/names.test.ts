import { expect } from "chai";

import { parseStackName } from "../../../engine/state/names";

describe("a stack name", () => {
  const good: readonly (readonly [string, string, string])[] = [
    ["dev", "bench", "dev"],
    ["organization/dev", "bench", "dev"],
    ["organization/other/dev", "other", "dev"],
  ];
  for (const [text, project, stack] of good) {
    it(`is read from ${text}`, () => expect(parseStackName(text, "bench")).to.deep.equal({ project, stack }));
  }

  const bad: readonly (readonly [string, string])[] = [
    ["..", "invalid stack name"],
    ["../../etc/passwd", "is not a stack name"],
    ["../passwd", "organization name must be"],
    ["organization/../dev", "invalid project name"],
    ["a b", "invalid stack name"],
    ["acme/dev", "organization name must be"],
    ["", "is not a stack name"],
    ["x".repeat(101), "invalid stack name"],
  ];
  for (const [text, message] of bad) {
    it(`is not '${text.slice(0, 20)}'`, () => expect(() => parseStackName(text, "bench")).to.throw(message));
  }

  it("needs a project from somewhere", () => {
    expect(() => parseStackName("dev", undefined)).to.throw("no Pulumi.yaml project file found");
  });
});
