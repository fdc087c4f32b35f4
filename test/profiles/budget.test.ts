import { expect } from "chai";
import fc from "fast-check";
import { bufferStorageGiB, nodeBudget, profileOf, profiles, workloadsOf } from "../../profiles";

describe("the budget of a profile's busiest node", () => {
  for (const profile of profiles) {
    it(`fits on ${profile.name} with numbers`, () => {
      const budget = nodeBudget(profile);
      expect(budget.problems).to.deep.equal([]);
      expect(budget.memoryMiB).to.be.at.most(budget.platformMaxMiB);
      expect(budget.leftMiB).to.equal(profile.machine.memoryMiB - budget.memoryMiB);
      expect(budget.leftMiB).to.be.at.least(profile.leftForWorkloadsMiB);
      expect(budget.cpuMillis).to.be.at.most(profile.machine.cpu * 1000);
      expect(budget.diskGiB).to.be.at.most(profile.machine.diskGiB);
    });

    it(`fits on ${profile.name} with RabbitMQ as the buffer`, () => {
      expect(nodeBudget(profile, { buffer: "rabbitmq" }).problems).to.deep.equal([]);
    });
  }

  it("keeps micro's platform within 4.9 GiB and leaves 2 GiB", () => {
    const budget = nodeBudget(profileOf("micro"));
    expect(budget.platformMaxMiB).to.equal(Math.floor(4.9 * 1024));
    expect(budget.memoryMiB).to.equal(4876);
    expect(budget.leftMiB)
      .to.equal(2804)
      .and.to.be.at.least(2 * 1024);
  });

  it("says with numbers why Strimzi does not fit on micro", () => {
    const budget = nodeBudget(profileOf("micro"), { buffer: "strimzi" });
    expect(budget.fits).to.equal(false);
    expect(budget.problems).to.include("the platform needs 7708 MiB and may take 5017 MiB");
    expect(budget.problems).to.include("0 MiB are left for workloads and 2048 MiB must be");
  });

  it("puts every single replica on the one worker that mini may have", () => {
    const { node, parts } = nodeBudget(profileOf("mini"));
    expect(node).to.equal("worker");
    expect(parts.map((part) => part.name)).to.include.members(["gitea", "kafka", "prometheus", "loki"]);
    expect(parts.map((part) => part.name)).to.not.include("control plane");
  });

  it("puts two of three brokers on one of standard's two workers", () => {
    const kafka = nodeBudget(profileOf("standard")).parts.find((part) => part.name === "kafka");
    expect(kafka?.count).to.equal(2);
    expect(kafka?.memoryMiB).to.equal(2 * 1024);
  });

  it("never grows when a workload is taken away, and is the sum of its parts", () => {
    fc.assert(
      fc.property(fc.constantFrom(...profiles), fc.nat(), (profile, index) => {
        const names = Object.keys(profile.workloads);
        const dropped = names[index % names.length] as string;
        const rest = Object.fromEntries(Object.entries(profile.workloads).filter(([name]) => name !== dropped));
        const all = nodeBudget(profile, { buffer: "rabbitmq" });
        const less = nodeBudget({ ...profile, workloads: rest }, { buffer: "rabbitmq" });
        expect(less.memoryMiB).to.be.at.most(all.memoryMiB);
        expect(all.memoryMiB).to.equal(all.parts.reduce((total, part) => total + part.memoryMiB, 0));
        expect(all.cpuMillis).to.equal(all.parts.reduce((total, part) => total + part.cpuMillis, 0));
      }),
    );
  });
});

describe("the workloads of a profile", () => {
  for (const profile of profiles) {
    it(`never limits a part of ${profile.name} below what it requests`, () => {
      for (const buffer of ["rabbitmq", "strimzi"] as const) {
        for (const [name, part] of Object.entries(workloadsOf(profile, buffer))) {
          expect(part.limits.memoryMiB, name).to.be.at.least(part.requests.memoryMiB);
          expect(part.limits.cpuMillis, name).to.be.at.least(part.requests.cpuMillis);
          expect(part.replicas, name).to.be.at.least(1);
        }
      }
    });
  }

  it("has no Kafka on micro unless it is asked for, and always RabbitMQ in front", () => {
    expect(workloadsOf(profileOf("micro"))).to.not.have.property("kafka");
    expect(workloadsOf(profileOf("micro"), "strimzi")).to.include.keys("kafka", "mqtt-bridge", "rabbitmq");
  });

  it("drops all of Strimzi where RabbitMQ is the buffer", () => {
    expect(workloadsOf(profileOf("mini"), "rabbitmq")).to.not.include.any.keys(
      "strimzi-operator",
      "kafka",
      "kafka-entity-operator",
      "mqtt-bridge",
      "mirror-maker",
    );
  });

  it("knows the volume that holds messages while the link is down", () => {
    expect(bufferStorageGiB(profileOf("micro"))).to.equal(20);
    expect(bufferStorageGiB(profileOf("mini"))).to.equal(60);
    expect(bufferStorageGiB(profileOf("mini"), "rabbitmq")).to.equal(20);
  });
});

describe("the profiles", () => {
  it("come smallest first", () => {
    expect(profiles.map((profile) => profile.name)).to.deep.equal(["micro", "mini", "standard", "ha-edge"]);
  });

  it("have the node counts of the blueprint", () => {
    const counts = profiles.map(({ nodes }) => [nodes.controlPlanes, nodes.workers]);
    expect(counts).to.deep.equal([
      [
        { min: 1, max: 1 },
        { min: 0, max: 0 },
      ],
      [
        { min: 1, max: 1 },
        { min: 1, max: 2 },
      ],
      [
        { min: 3, max: 3 },
        { min: 2, max: 4 },
      ],
      [
        { min: 3, max: 3 },
        { min: 4, max: Infinity },
      ],
    ]);
  });

  it("keep metrics and logs longer as they grow", () => {
    const hours = profiles.map((profile) => profile.retentionHours);
    expect(hours).to.deep.equal([...hours].sort((a, b) => a - b));
  });
});
