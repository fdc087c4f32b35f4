import { expect } from "chai";
import { judgeReconnect, type ChangesSeen, type MirrorsSeen } from "../../../gitops/reconnect/judge";

const [a, b] = ["a".repeat(40), "b".repeat(40)];
const met: MirrorsSeen = { deploy: { hub: a, site: a }, own: { hub: b, site: b } };
const quiet: ChangesSeen = { queued: 0, conflicts: [] };

describe("a site that has its link back", () => {
  for (const [title, mirrors, changes, expected] of [
    ["has met its hub when both have the same and nothing is queued", met, quiet, ["mirrors done", "changes done"]],
    ["waits for its mirror of deploy", { ...met, deploy: { hub: a, site: b } }, quiet, ["mirrors waiting"]],
    ["waits for its first mirror", { ...met, deploy: { hub: a, site: undefined } }, quiet, ["mirrors waiting"]],
    [
      "waits while the hub has nothing for it",
      { ...met, deploy: { hub: undefined, site: undefined } },
      quiet,
      ["mirrors waiting"],
    ],
    ["waits for its own changes to arrive", { ...met, own: { hub: a, site: b } }, quiet, ["mirrors waiting"]],
    [
      "need not bring what it never wrote",
      { ...met, own: { hub: undefined, site: undefined } },
      quiet,
      ["mirrors done", "changes done"],
    ],
    [
      "waits for what it queued to be taken over",
      met,
      { queued: 2, conflicts: [] },
      ["mirrors done", "changes waiting"],
    ],
    [
      "is not held by a conflict, which is listed",
      met,
      { queued: 0, conflicts: ["conflicts/porto/1"] },
      ["mirrors done", "changes done"],
    ],
    ["waits while nobody has looked", met, undefined, ["mirrors done", "changes waiting"]],
  ] as const) {
    it(title, () => {
      expect(judgeReconnect(mirrors, changes).map(({ step, state }) => `${step} ${state}`)).to.deep.equal(expected);
    });
  }

  it("is told of in words that name both sides and what is open", () => {
    const [apart] = judgeReconnect({ ...met, deploy: { hub: a, site: b } }, quiet);
    expect(apart?.detail).to.equal("the site's deploy is at bbbbbbbbbb, the hub's at aaaaaaaaaa");
    const [, open] = judgeReconnect(met, { queued: 0, conflicts: ["conflicts/porto/1"] });
    expect(open?.detail).to.equal("nothing is queued; open: conflicts/porto/1");
    const [, queued] = judgeReconnect(met, { queued: 1, conflicts: [] });
    expect(queued?.detail).to.equal("a change is queued; edgewave git merge takes them over");
  });
});
