import { expect } from "chai";
import fc from "fast-check";
import { nodeBudget, observabilitySizing, profileOf, profiles, retentionOf } from "../../profiles";

const gib = 1024 ** 3;

describe("what metrics and logs need", () => {
  const demand = { series: 10_000, logBytesPerSecond: 10_000, retentionHours: 100, maxOutageHours: 72 };

  it("is the sum of their rates over the time that they stay", () => {
    const { metrics, logs, logBuffer } = observabilitySizing(profileOf("micro"), demand);
    expect(metrics.neededBytes).to.equal(10_000 * 60 * 2 * 100);
    expect(logs.neededBytes).to.equal(10_000 * 3600 * 0.3 * 100);
    expect(logBuffer.neededBytes).to.equal(10_000 * 3600 * 1.5 * 72);
    expect(metrics.capacityBytes).to.equal(8 * gib);
    expect(logBuffer.capacityBytes).to.equal(Math.floor(8 * gib * 0.8));
    expect([metrics.fits, logs.fits, logBuffer.fits]).to.deep.equal([true, true, true]);
  });

  for (const profile of profiles) {
    it(`fits ${profile.name} at its own rates for its own retention and an outage of 72 h`, () => {
      const own = { ...profile.observability, retentionHours: profile.retentionHours, maxOutageHours: 72 };
      const { metrics, logs, logBuffer } = observabilitySizing(profile, own);
      for (const [what, store] of Object.entries({ metrics, logs, logBuffer })) {
        expect(store.fits, `${what} ${store.neededBytes / gib} of ${store.capacityBytes / gib} GiB`).to.equal(true);
      }
    });
  }

  it("fits exactly as long as the horizon says, and grows with every rate", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...profiles),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 9000 }),
        (profile, series, logBytesPerSecond, hours) => {
          const at = { series, logBytesPerSecond, retentionHours: hours, maxOutageHours: hours };
          const stores = Object.values(observabilitySizing(profile, at)) as ReturnType<
            typeof observabilitySizing
          >["logs"][];
          const twice = Object.values(
            observabilitySizing(profile, { ...at, series: series * 2, logBytesPerSecond: logBytesPerSecond * 2 }),
          ) as typeof stores;
          stores.forEach((store, index) => {
            if (hours <= store.horizonHours) expect(store.fits).to.equal(true);
            if (hours > store.horizonHours + 0.1) expect(store.fits).to.equal(false);
            expect(twice[index]?.neededBytes).to.be.at.least(store.neededBytes);
          });
        },
      ),
    );
  });

  it("stays for the outage if that is longer than the profile's retention", () => {
    expect(retentionOf(profileOf("micro"), 72)).to.equal(96);
    expect(retentionOf(profileOf("micro"), 120.5)).to.equal(121);
  });
});

describe("Grafana", () => {
  it("fits every profile that has it, and micro has it not", () => {
    for (const profile of profiles) {
      const { fits, problems } = nodeBudget(profile, { grafana: true });
      expect(fits, `${profile.name}: ${problems.join("; ")}`).to.equal(profile.name !== "micro");
    }
    expect(nodeBudget(profileOf("micro"), { grafana: true }).problems).to.deep.equal([
      "micro has no memory for Grafana",
    ]);
  });
});
