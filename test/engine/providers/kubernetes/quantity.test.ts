import { expect } from "chai";
import fc from "fast-check";
import { canonicalQuantity } from "../../../../engine/providers/kubernetes/quantity";

describe("canonicalQuantity", () => {
  // Each pair was checked against apimachinery 0.36's resource.Quantity.
  for (const [text, canonical] of [
    ["1000m", "1"],
    ["0.5", "500m"],
    ["100m", "100m"],
    ["1024Mi", "1Gi"],
    ["1.5Gi", "1536Mi"],
    ["0.5Ki", "512"],
    ["512Mi", "512Mi"],
    ["1000", "1k"],
    ["1024", "1024"],
    ["1k", "1k"],
    ["1e3", "1e3"],
    ["0Mi", "0"],
    ["1500u", "1500u"],
    ["0.0000000001", "1n"],
    ["-1", "-1"],
    ["1.0", "1"],
  ] as const) {
    it(`writes ${text} as ${canonical}`, () => {
      expect(canonicalQuantity(text)).to.equal(canonical);
    });
  }

  for (const text of ["", "bad", "1 Gi", "Mi", "1ki", "--1", "1.2.3"]) {
    it(`takes ${JSON.stringify(text)} for no quantity`, () => {
      expect(canonicalQuantity(text)).to.equal(undefined);
    });
  }

  it("is a fixed point: what is canonical stays", () => {
    const quantity = fc
      .tuple(fc.nat(10000), fc.nat(999), fc.constantFrom("", "m", "u", "k", "M", "G", "Ki", "Mi", "Gi", "e3"))
      .map(([whole, fraction, suffix]) => `${whole}.${fraction}${suffix}`);
    fc.assert(
      fc.property(quantity, (text) => {
        const canonical = canonicalQuantity(text) ?? "none";
        expect(canonicalQuantity(canonical)).to.equal(canonical);
      }),
    );
  });
});
