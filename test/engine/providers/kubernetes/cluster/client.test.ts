import { expect } from "chai";
import { clientFailure, readClientSettings } from "../../../../../engine/providers/kubernetes/client";
import { Limiter } from "../../../../../engine/providers/kubernetes/cluster/limiter";
import { selectorText } from "../../../../../engine/providers/kubernetes/cluster/pods";

describe("kubeClientSettings", () => {
  it("are read from a map, its JSON or the environment, and are the official provider's where nobody says", () => {
    expect(readClientSettings(undefined, {})).to.deep.equal({ qps: 50, burst: 120, timeout: 0 });
    expect(readClientSettings({ qps: 5 }, {})).to.deep.equal({ qps: 5, burst: 120, timeout: 0 });
    expect(readClientSettings('{"burst":7,"timeout":3}', {})).to.deep.equal({ qps: 50, burst: 7, timeout: 3 });
    const environment = { PULUMI_K8S_CLIENT_QPS: "9", PULUMI_K8S_CLIENT_BURST: "8", PULUMI_K8S_CLIENT_TIMEOUT: "7" };
    expect(readClientSettings({ qps: 1 }, environment)).to.deep.equal({ qps: 1, burst: 8, timeout: 7 });
  });

  for (const [value, reason] of [
    ["[1]", "is no object"],
    ['{"qps":"many"}', 'needs a number of 0 or more for "qps"'],
    ['{"burst":-1}', 'needs a number of 0 or more for "burst"'],
    ['{"retries":1}', 'has no "retries"'],
  ] as const) {
    it(`refuses ${value}: it ${reason}`, () => expect(clientFailure(value, {})).to.include(reason));
  }
});

describe("the limiter of requests", () => {
  it("lets a burst pass at once and the rest at its rate", async () => {
    const limiter = new Limiter(100, 2);
    const { signal } = new AbortController();
    const began = performance.now();
    await Promise.all(Array.from({ length: 12 }, () => limiter.pass(signal)));
    expect(performance.now() - began).to.be.at.least(95);
  });

  it("lets nobody wait who has been cancelled", async () => {
    const limiter = new Limiter(0.001, 1);
    const controller = new AbortController();
    await limiter.pass(controller.signal);
    const waiting = limiter.pass(controller.signal).catch((error: Error) => error.name);
    controller.abort();
    expect(await waiting).to.equal("AbortError");
  });
});

describe("selectorText", () => {
  it("writes labels and expressions as a query has them", () => {
    expect(selectorText({ app: "a", tier: "b" })).to.equal("app=a,tier=b");
    expect(
      selectorText({
        matchLabels: { app: "a" },
        matchExpressions: [
          { key: "x", operator: "In", values: ["1", "2"] },
          { key: "y", operator: "NotIn", values: ["3"] },
          { key: "z", operator: "Exists" },
          { key: "w", operator: "DoesNotExist" },
        ],
      }),
    ).to.equal("app=a,x in (1,2),y notin (3),z,!w");
    expect(selectorText({ matchLabels: {} })).to.equal("");
    expect(selectorText(null)).to.equal("");
  });
});
