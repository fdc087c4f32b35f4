import { expect } from "chai";
import fc from "fast-check";

import { withoutRendered } from "../../../rollout/runner/renderedState";

const resource = (type: string) => ({ urn: `urn:pulumi:porto::edgewave::${type}::x`, type });

describe("withoutRendered", () => {
  const types: [string, boolean][] = [
    ["pulumi:pulumi:Stack", true],
    ["pulumi:providers:kubernetes", true],
    ["pulumi:providers:command", true],
    ["edgewave:gitea:LocalGitea", true],
    ["random:index/randomPassword:RandomPassword", true],
    ["tls:index/privateKey:PrivateKey", true],
    ["command:local:Command", false],
    ["kubernetes:core/v1:ConfigMap", false],
    ["kubernetes:kafka.strimzi.io/v1:Kafka", false],
  ];
  for (const [type, stays] of types) {
    it(`${stays ? "keeps" : "forgets"} ${type}`, () => {
      const before = { version: 3, checkpoint: { latest: { resources: [resource(type)], manifest: {} } } };
      expect(withoutRendered(before)).to.deep.equal({
        version: 3,
        checkpoint: { latest: { resources: stays ? [resource(type)] : [], manifest: {} } },
      });
    });
  }

  it("drops operations that were under way", () => {
    const before = {
      checkpoint: {
        latest: {
          resources: [],
          pending_operations: [{ type: "creating", resource: resource("command:local:Command") }],
        },
      },
    };
    expect(withoutRendered(before)).to.deep.equal({ checkpoint: { latest: { resources: [] } } });
  });

  it("leaves a stack that was never run as it is", () => {
    expect(withoutRendered({ checkpoint: {} })).to.deep.equal({ checkpoint: {} });
  });

  it("keeps the order of what stays, and doing it twice is doing it once", () =>
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...types.map(([type]) => type))), (some) => {
        const once = withoutRendered({ checkpoint: { latest: { resources: some.map(resource) } } });
        const kept = some.filter((type) => types.find(([known]) => known === type)?.[1]);
        expect(once.checkpoint.latest.resources.map(({ type }) => type)).to.deep.equal(kept);
        expect(withoutRendered(once)).to.deep.equal(once);
      }),
    ));
});
