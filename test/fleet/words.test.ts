import { expect } from "chai";
import fc from "fast-check";
import { addressOf, addressText, rangeOf } from "../../fleet/addressRange";
import { nearest } from "../../fleet/nearest";
import { pathText } from "../../fleet/problem";
import { listOf, quote } from "../../fleet/quote";
import { compareVersions } from "../../fleet/versions";

describe("nearest", () => {
  const cases: [string, string[], string | undefined][] = [
    ["profil", ["profile", "spec"], "profile"],
    ["mirco", ["micro", "mini"], "micro"],
    ["Site", ["site"], "site"],
    ["cpus", ["cpu", "gpu"], "cpu"],
    ["zebra", ["micro", "mini"], undefined],
    ["", ["a"], "a"],
    ["x", [], undefined],
  ];
  for (const [word, candidates, expected] of cases) {
    it(`takes ${JSON.stringify(word)} for ${String(expected)}`, () =>
      expect(nearest(word, candidates)).to.equal(expected));
  }

  it("does not depend on the order of candidates", () => {
    const candidates = ["site-1", "site-2", "site-3"];
    fc.assert(
      fc.property(fc.shuffledSubarray(candidates, { minLength: 3 }), (some) => {
        expect(nearest("site-9", some)).to.equal("site-1");
      }),
    );
  });
});

describe("compareVersions", () => {
  for (const [lower, higher] of [
    ["1.9.0", "1.10.0"],
    ["v2.9.0", "v2.31.0"],
    ["2026.9.30", "2026.11.0"],
    ["3.10", "3.10.1"],
    ["1.35.4", "1.36.0"],
    ["2026.11.0-a", "2026.11.0-b"],
  ] as const) {
    it(`puts ${lower} before ${higher}`, () => {
      expect(compareVersions(lower, higher)).to.be.below(0);
      expect(compareVersions(higher, lower)).to.be.above(0);
      expect(compareVersions(lower, lower)).to.equal(0);
    });
  }
});

describe("address ranges", () => {
  it("have the ends that their prefix gives them", () => {
    expect(rangeOf("10.20.1.77/24")).to.deep.equal({
      first: addressOf("10.20.1.0"),
      last: addressOf("10.20.1.255"),
      prefix: 24,
    });
    expect(rangeOf("0.0.0.0/0")).to.deep.equal({ first: 0, last: 2 ** 32 - 1, prefix: 0 });
    expect(rangeOf("255.255.255.255/32")).to.deep.equal({ first: 2 ** 32 - 1, last: 2 ** 32 - 1, prefix: 32 });
  });

  it("turn addresses into numbers and back", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(addressText(addressOf(address))).to.equal(address);
      }),
    );
  });
});

describe("words in messages", () => {
  it("are quoted on one line and cut", () => {
    expect(quote("a\nb")).to.equal('"a\\nb"');
    expect(quote("\u202eevil")).to.equal('"\\u202eevil"');
    expect(quote("a\u007f\u009b\u200f\u2028\ufeffb")).to.equal('"a\\u007f\\u009b\\u200f\\u2028\\ufeffb"');
    expect(quote("x".repeat(500))).to.have.lengthOf(83);
    expect(quote(undefined)).to.equal("nothing");
  });

  it("say how many names they leave out", () => {
    expect(listOf(["a", "b"])).to.equal("a, b");
    expect(listOf(["a", "b", "c", "d"], 2)).to.equal("a, b and 2 more");
    expect(listOf(["a", "b", "c"], 2)).to.equal("a, b, c");
  });

  it("write a path as people do", () => {
    expect(pathText(["spec", "nodes", 0, "address"])).to.equal("spec.nodes[0].address");
    expect(pathText(["metadata", "labels", "a.b"])).to.equal('metadata.labels."a.b"');
    expect(pathText(["metadata", "labels", "\u202ea"])).to.equal('metadata.labels."\\u202ea"');
  });
});
