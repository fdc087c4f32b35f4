import { expect } from "chai";
import fc from "fast-check";
import { overheads, sizeBuffer, type Capacity, type Demand } from "../../profiles/bufferSizing";

const demands: fc.Arbitrary<Demand> = fc.record({
  messagesPerSecond: fc.integer({ min: 1, max: 10_000 }),
  messageBytes: fc.integer({ min: 1, max: 100_000 }),
  maxOutageHours: fc.integer({ min: 1, max: 1000 }),
});
const capacities: fc.Arbitrary<Capacity> = fc.record({
  storageGiB: fc.integer({ min: 1, max: 1000 }),
  overhead: fc.constantFrom(overheads.rabbitmq, overheads.kafka),
  messages: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 1e9 })),
});

describe("buffer sizing", () => {
  it("is rate by size by time by overhead", () => {
    const demand = { messagesPerSecond: 10, messageBytes: 900, maxOutageHours: 100 };
    const overhead = { bytesPerMessage: 100, factor: 1.5 };
    expect(sizeBuffer(demand, { storageGiB: 10, overhead, messages: Infinity })).to.deep.equal({
      neededBytes: 10 * 1000 * 3600 * 100 * 1.5,
      capacityBytes: 8_589_934_592,
      bodyBytes: 5_153_960_755,
      horizonHours: 159,
      coversOutage: true,
    });
  });

  it("covers an outage exactly if what it needs fits", () => {
    fc.assert(
      fc.property(demands, capacities, (demand, capacity) => {
        const { neededBytes, capacityBytes, coversOutage } = sizeBuffer(demand, { ...capacity, messages: Infinity });
        // Away from the edge, where rounding decides.
        fc.pre(Math.abs(neededBytes - capacityBytes) > 2);
        expect(coversOutage).to.equal(neededBytes <= capacityBytes);
      }),
    );
  });

  it("never promises more than the volume or the memory holds", () => {
    fc.assert(
      fc.property(demands, capacities, (demand, capacity) => {
        const { horizonHours, bodyBytes, capacityBytes } = sizeBuffer(demand, capacity);
        const messages = horizonHours * 3600 * demand.messagesPerSecond;
        expect(messages * demand.messageBytes).to.be.at.most(capacityBytes);
        expect(messages).to.be.at.most(capacity.messages * (1 + 1e-9));
        expect(bodyBytes).to.be.at.most(capacityBytes);
      }),
    );
  });

  it("lasts longer with more room and shorter with more messages", () => {
    fc.assert(
      fc.property(demands, capacities, (demand, capacity) => {
        const { horizonHours } = sizeBuffer(demand, capacity);
        const larger = { ...capacity, storageGiB: 2 * capacity.storageGiB };
        const busier = { ...demand, messagesPerSecond: 2 * demand.messagesPerSecond };
        expect(sizeBuffer(demand, larger).horizonHours).to.be.at.least(horizonHours);
        expect(sizeBuffer(busier, capacity).horizonHours).to.be.at.most(horizonHours);
      }),
    );
  });

  for (const field of ["messagesPerSecond", "messageBytes", "maxOutageHours"] as const) {
    for (const value of [0, -1, NaN, Infinity]) {
      it(`refuses ${value} as ${field}`, () => {
        const demand = { messagesPerSecond: 1, messageBytes: 1, maxOutageHours: 1, [field]: value };
        const capacity = { storageGiB: 1, overhead: overheads.kafka, messages: Infinity };
        expect(() => sizeBuffer(demand, capacity)).to.throw(RangeError, field);
      });
    }
  }
});
