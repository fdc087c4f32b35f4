import { expect } from "chai";
import { parse } from "yaml";
import { ComponentArgumentError } from "../../../components/argumentError";
import { brokerPod } from "../../../components/ingestion/broker/pod";
import { forwarderPod } from "../../../components/ingestion/forwarder/pod";
import { ingestionPlan } from "../../../components/ingestion/plan";
import { bridgeFiles, bridgePod } from "../../../components/ingestion/strimzi/bridge";
import { bufferTopicObject, kafkaObjects, kafkaVersion } from "../../../components/ingestion/strimzi/kafka";
import { mirrorObject } from "../../../components/ingestion/strimzi/mirror";
import { bufferSizing, type Profile, profileOf, workloadsOf } from "../../../profiles";
import { aFleet, aRelease, aSite } from "../../support/fleet";
import { bytesOf, containersOf, everySite } from "../samples";

const { hub } = aFleet();
const release = aRelease();
const sizingOf = ({ ingestion, link }: ReturnType<typeof aSite>, profile: Profile) =>
  bufferSizing(profile, ingestion.buffer, { ...ingestion, maxOutageHours: link.maxOutageHours });
const planOf = (site: ReturnType<typeof aSite>) => ingestionPlan(site, release, hub, profileOf(site.profile));

describe("ingestion's plan", () => {
  for (const { title, site } of everySite()) {
    it(`gives every container requests, limits and a pinned image for ${title}`, () => {
      const plan = planOf(site);
      const workloads = workloadsOf(profileOf(site.profile), site.ingestion.buffer);
      const pods = [
        brokerPod(site, release, plan.broker, ""),
        forwarderPod(site, release, plan.forwarder, plan.forwarderKafka.secrets, ""),
        ...(workloads["mqtt-bridge"] ? [bridgePod(site, release, workloads["mqtt-bridge"], "")] : []),
      ];
      for (const container of pods.flatMap(({ spec }) => containersOf(spec))) {
        expect(container.image, container.name)
          .to.match(/:[\w.-]+$/)
          .and.not.match(/:latest$/);
        expect(bytesOf(container.resources.requests["memory"]!)).to.be.above(0);
        expect(bytesOf(container.resources.limits["memory"]!)).to.be.at.least(
          bytesOf(container.resources.requests["memory"]!),
        );
        expect(container.resources.limits["cpu"]).to.match(/^[1-9]\d*m$/);
        expect(container.securityContext).to.include({ readOnlyRootFilesystem: true });
      }
      for (const { spec } of pods) {
        expect(spec.automountServiceAccountToken).to.equal(false);
        const mounted = spec.containers.flatMap(({ volumeMounts }) => volumeMounts.map((mount) => mount.name));
        expect(spec.volumes.map(({ name }) => name).filter((name) => !mounted.includes(name))).to.deep.equal([]);
      }
    });

    it(`bears the longest outage of ${title}`, () => {
      const { sizing } = planOf(site);
      expect(sizing.coversOutage).to.equal(true);
      expect(sizing.horizonHours).to.be.at.least(site.link.maxOutageHours);
    });
  }

  it("forwards to the hub from RabbitMQ's queue, and to the site's Kafka where there is one", () => {
    const sink = (site: ReturnType<typeof aSite>) => parse(planOf(site).forwarderFiles["vector.yaml"]!).sinks.kafka;
    expect(sink(aSite({ profile: "micro" }))).to.include({
      bootstrap_servers: "kafka.hub.harbours.example:9093",
      topic: "porto.ingest",
    });
    expect(sink(aSite({ profile: "mini" }))).to.include({
      bootstrap_servers: "buffer-kafka-bootstrap.ingestion.svc.cluster.local:9093",
      topic: "ingest",
    });
  });

  it("confirms a message only once Kafka has it, and waits for the hub without end", () => {
    const { sources, sinks } = parse(planOf(aSite()).forwarderFiles["vector.yaml"]!);
    expect(sinks.kafka).to.deep.include({ acknowledgements: { enabled: true }, message_timeout_ms: 0 });
    expect(sources.broker.prefetch_count).to.be.a("number");
  });

  it("writes no password into the forwarder's configuration", () => {
    const { sources } = parse(planOf(aSite()).forwarderFiles["vector.yaml"]!);
    expect(sources.broker.connection_string).to.match(/^amqps:\/\/forwarder:SECRET\[broker\.password\]@/);
  });

  it("is reached at the protocols that the site speaks", () => {
    expect(planOf(aSite({ ingestion: { protocols: ["mqtt"] } })).endpoints).to.deep.equal([
      { protocol: "mqtt", url: "mqtts://broker.porto.harbours.example:30883" },
    ]);
    expect(planOf(aSite()).endpoints.map(({ protocol }) => protocol)).to.deep.equal(["mqtt", "amqp"]);
  });

  it("says when the buffer is too small, and for how long it lasts", () => {
    const site = aSite({ ingestion: { messagesPerSecond: 5000 } });
    const { coversOutage, horizonHours } = sizingOf(site, profileOf("micro"));
    expect(coversOutage).to.equal(false);
    expect(horizonHours).to.be.above(0).and.below(2);
  });

  it("counts what a replicated queue needs in memory", () => {
    const profile = profileOf("ha-edge");
    const site = aSite({
      profile: "ha-edge",
      ingestion: { buffer: "rabbitmq", messageBytes: 1, messagesPerSecond: 1000 },
    });
    const { bodyBytes } = sizingOf(site, profile);
    const memoryMiB = profile.workloads.rabbitmq!.limits.memoryMiB;
    expect(bodyBytes).to.be.at.most(memoryMiB * 30_000);
  });

  it("names every node in the broker's certificate, in an order that does not depend on the file's", () => {
    const site = aSite({ profile: "mini" });
    const turned = aSite({ profile: "mini", nodes: [...site.nodes].reverse() });
    expect(planOf(site).brokerNames.addresses).to.deep.equal(["10.100.0.11", "10.100.0.21"]);
    expect(planOf(turned).brokerNames).to.deep.equal(planOf(site).brokerNames);
  });

  const wrong: readonly (readonly [string, Parameters<typeof aSite>[0], string])[] = [
    ["a wildcard inside a level", { ingestion: { topics: ["cranes/a+/x"] } }, '"cranes/a+/x" is no filter'],
    ["# before the end", { ingestion: { topics: ["a/#/b"] } }, '"a/#/b" is no filter'],
    ["a topic of the broker's own", { ingestion: { topics: ["$SYS/x"] } }, '"$SYS/x" is no filter'],
    ["no topics", { ingestion: { topics: [] } }, "topics: none"],
    ["no protocols", { ingestion: { protocols: [] } }, "protocols: none"],
    ["a rate of 0", { ingestion: { messagesPerSecond: 0 } }, "messagesPerSecond: 0"],
  ];
  for (const [title, overrides, message] of wrong) {
    it(`refuses ${title}`, () => expect(() => planOf(aSite(overrides))).to.throw(ComponentArgumentError, message));
  }
});

describe("Strimzi's objects", () => {
  for (const { title, site } of everySite().filter(({ site }) => site.ingestion.buffer === "strimzi")) {
    const profile = profileOf(site.profile);
    const workloads = workloadsOf(profile, "strimzi");
    const { pool, cluster } = kafkaObjects(site, release, profile, workloads);
    const mirror = mirrorObject(site, release, hub, workloads["mirror-maker"]!);

    it(`are of the only version that Strimzi 1.x knows, for ${title}`, () => {
      for (const object of [pool, cluster, mirror]) expect(object.apiVersion).to.equal("kafka.strimzi.io/v1");
      expect(cluster.spec.kafka.version).to.equal("4.3.1");
      expect(mirror.spec.version).to.equal("4.3.1");
    });

    it(`leave half of the broker's memory to the page cache, for ${title}`, () => {
      const [, heap] = /^(\d+)m$/.exec(pool.spec.jvmOptions["-Xmx"])!;
      expect(Number(heap) * 2 * 1024 ** 2).to.be.at.most(bytesOf(pool.spec.resources.requests.memory));
    });

    it(`share the entity operator's memory between its two containers, for ${title}`, () => {
      const { topicOperator, userOperator } = cluster.spec.entityOperator;
      const sum = bytesOf(topicOperator.resources.requests.memory) + bytesOf(userOperator.resources.requests.memory);
      expect(sum).to.be.at.most(workloads["kafka-entity-operator"]!.requests.memoryMiB * 1024 ** 2);
    });

    it(`keep messages longer than the longest outage, on the disk that there is, for ${title}`, () => {
      const sizing = sizingOf(site, profile);
      const { partitions, replicas, config } = bufferTopicObject(site, pool.spec.replicas, sizing).spec;
      expect(config["retention.ms"]).to.be.above(site.link.maxOutageHours * 3_600_000);
      expect(config["retention.bytes"] * partitions).to.be.at.most(sizing.capacityBytes);
      expect(replicas).to.be.at.most(pool.spec.replicas);
      expect(config["min.insync.replicas"]).to.be.at.most(replicas);
    });

    it(`open Kafka to the bridge, the forwarder and the mirror only, for ${title}`, () => {
      const peers = cluster.spec.kafka.listeners.map(({ networkPolicyPeers }) => networkPolicyPeers.length);
      expect(peers).to.deep.equal([1, 2]);
    });
  }

  it("give each site's mirror internal topics of its own at the hub", () => {
    const of = (name: string) =>
      mirrorObject(aSite({ name, profile: "mini" }), release, hub, workloadsOf(profileOf("mini"))["mirror-maker"]!).spec
        .target;
    const topics = (name: string) => [
      of(name).groupId,
      of(name).configStorageTopic,
      of(name).offsetStorageTopic,
      of(name).statusStorageTopic,
    ];
    expect(topics("porto").filter((topic) => topics("vigo").includes(topic))).to.deep.equal([]);
  });

  it("use the keys that the bridge's code reads", () => {
    const properties = bridgeFiles(aSite())["application.properties"];
    expect(properties)
      .to.match(/^mqtt\.host=0\.0\.0\.0$/m)
      .and.match(/^mqtt\.port=1883$/m);
    expect(properties).not.to.contain("mqtt.server");
    expect(JSON.parse(bridgeFiles(aSite())["topic-mapping-rules.json"])).to.deep.equal([
      { mqttTopic: "^cranes/([^/]+)/telemetry$", kafkaTopic: "ingest" },
    ]);
  });

  it("let messages of the site's size through the bridge", () => {
    const limit = (messageBytes: number) =>
      Number(
        /mqtt\.max\.bytes\.message=(\d+)/.exec(
          bridgeFiles(aSite({ ingestion: { messageBytes } }))["application.properties"],
        )![1],
      );
    expect(limit(100)).to.equal(8092);
    expect(limit(10_000)).to.be.at.least(10_000);
  });

  it("take Kafka's version from the release", () => {
    expect(kafkaVersion(aRelease({ components: { strimzi: "1.1.0" } }))).to.equal("4.3.0");
  });
});
