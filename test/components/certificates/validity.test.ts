import { expect } from "chai";
import fc from "fast-check";
import { validityFor } from "../../../components/certificates/validity";

const outages = fc.oneof(fc.integer({ min: 1, max: 20_000 }), fc.double({ min: 0.1, max: 5000, noNaN: true }));

describe("validity of certificates", () => {
  it("lets no outage outlast a leaf that the last run before it left alone", () => {
    fc.assert(
      fc.property(outages, (hours) => {
        const { leaf } = validityFor(hours);
        // A run renews within renewalHours before the end, so what it leaves is valid for longer than that.
        expect(leaf.renewalHours).to.be.at.least(2 * hours);
        expect(leaf.renewalHours).to.be.below(leaf.validHours);
      }),
    );
  });

  it("lets no leaf outlive its authority", () => {
    fc.assert(
      fc.property(outages, (hours) => {
        const { authority, leaf } = validityFor(hours);
        expect(authority.renewalHours).to.be.at.least(leaf.validHours);
        expect(authority.renewalHours).to.be.below(authority.validHours);
      }),
    );
  });

  it("is in whole hours, as the provider wants them", () => {
    fc.assert(
      fc.property(outages, (hours) => {
        const { authority, leaf } = validityFor(hours);
        for (const value of [...Object.values(authority), ...Object.values(leaf)]) {
          expect(Number.isInteger(value)).to.equal(true);
        }
      }),
    );
  });

  it("is ten years and two for an ordinary site", () => {
    expect(validityFor(72)).to.deep.equal({
      authority: { validHours: 87_600, renewalHours: 17_520 },
      leaf: { validHours: 17_520, renewalHours: 2_160 },
    });
  });
});
