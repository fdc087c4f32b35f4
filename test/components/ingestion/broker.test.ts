import { expect } from "chai";
import { brokerDefinitions, passwordHash } from "../../../components/ingestion/broker/definitions";
import { brokerService, brokerTraffic } from "../../../components/ingestion/broker/pod";
import { brokerSettings, enabledPlugins } from "../../../components/ingestion/broker/settings";
import { profileOf } from "../../../profiles";
import { everySite } from "../samples";

const one = profileOf("micro").workloads.rabbitmq!;
const three = { ...one, replicas: 3 };
const settingsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split("\n")
      .filter((line) => line.includes(" = "))
      .map((line) => line.split(" = ") as [string, string]),
  );

describe("the broker's settings", () => {
  const settings = settingsOf(brokerSettings("4.3.5", one));

  it("open no port without TLS", () => {
    expect(settings).to.include({ "listeners.tcp": "none", "mqtt.listeners.tcp": "none" });
    expect(settings).to.include({ "listeners.ssl.default": "5671", "mqtt.listeners.ssl.default": "8883" });
    expect(settings).to.include({ "ssl_options.verify": "verify_peer", anonymous_login_user: "none" });
  });

  it("bound memory absolutely and below the container's limit", () => {
    for (const { site } of everySite()) {
      const workload = profileOf(site.profile).workloads.rabbitmq!;
      const watermark = settingsOf(brokerSettings("4.3.5", workload))["vm_memory_high_watermark.absolute"]!;
      const [, amount] = /^(\d+)MiB$/.exec(watermark)!;
      expect(Number(amount)).to.be.below(workload.limits.memoryMiB).and.above(0);
    }
  });

  for (const [version, key] of [
    ["4.2.9", "raft"],
    ["4.3.0", "quorum_queue"],
    ["5.0.0", "quorum_queue"],
  ] as const) {
    it(`name the size of the log as ${version} does`, () => {
      expect(settingsOf(brokerSettings(version, one))).to.have.property(`${key}.wal_max_size_bytes`, "64000000");
    });
  }

  it("let brokers find each other only where there are several", () => {
    expect(enabledPlugins(one)).to.equal("[rabbitmq_mqtt,rabbitmq_auth_mechanism_ssl,rabbitmq_prometheus].\n");
    expect(enabledPlugins(three)).to.contain("rabbitmq_peer_discovery_k8s");
    expect(Object.keys(settings).some((key) => key.startsWith("cluster_formation"))).to.equal(false);
    expect(settingsOf(brokerSettings("4.3.5", three))).to.have.property("cluster_formation.peer_discovery_backend");
  });
});

describe("the broker's definitions", () => {
  const topics = ["cranes/+/telemetry", "gates/#"];
  const definitions = brokerDefinitions(topics, one, { bodyBytes: 1234 }, "hash");

  it("bind the buffer to each topic", () => {
    const keys = definitions.bindings
      .filter(({ source }) => source === "amq.topic")
      .map(({ routing_key }) => routing_key);
    expect(keys).to.deep.equal(["cranes.*.telemetry", "gates.#"]);
  });

  it("let gateways publish to the site's topics only, and log in by certificate only", () => {
    const [gateway] = definitions.users;
    expect(gateway).to.include({ name: "gateway", password_hash: "" });
    const write = new RegExp(definitions.topic_permissions[0]!.write);
    expect(write.test("cranes.7.telemetry")).to.equal(true);
    expect(write.test("cranes.7.commands")).to.equal(false);
  });

  it("let the forwarder read the buffer and nothing else", () => {
    const permission = definitions.permissions.find(({ user }) => user === "forwarder")!;
    expect(permission).to.include({ configure: "^$", write: "^$", read: "^ingest$" });
  });

  it("refuse what does not fit rather than drop what is there", () => {
    expect(definitions.policies[0]!.definition).to.deep.include({
      "max-length-bytes": 1234,
      overflow: "reject-publish",
    });
  });

  it("bring a message that the forwarder gave back to the buffer again", () => {
    const [buffer, rejected] = definitions.policies;
    const boundTo = (exchange: unknown) => definitions.bindings.find(({ source }) => source === exchange)?.destination;
    expect(boundTo(buffer!.definition["dead-letter-exchange"])).to.equal("ingest.rejected");
    expect(boundTo(rejected!.definition["dead-letter-exchange"])).to.equal("ingest");
    for (const { name } of definitions.queues) {
      const policies = definitions.policies.filter(({ pattern }) => new RegExp(pattern).test(name));
      expect(policies, name).to.have.length(1);
    }
  });

  it("replicate the buffer where there are several brokers", () => {
    const types = (workload: typeof one) =>
      brokerDefinitions(topics, workload, { bodyBytes: 1 }, "h").queues.map((queue) => queue.arguments["x-queue-type"]);
    expect(types(one)).to.deep.equal(["classic", "classic"]);
    expect(types(three)).to.deep.equal(["quorum", "quorum"]);
  });

  it("let nobody publish where there are no topics", () => {
    const none = brokerDefinitions([], one, { bodyBytes: 1 }, "h").topic_permissions[0]!;
    expect(new RegExp(none.write).test("a")).to.equal(false);
  });
});

describe("a password's hash", () => {
  it("is the one of RabbitMQ's own guide", () => {
    const salt = Buffer.from("908DC60A", "hex");
    expect(passwordHash("test12", salt)).to.equal("kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR");
  });
});

describe("the broker's ports", () => {
  const open = (protocols: ("mqtt" | "amqp")[]) => brokerService(protocols).ports.filter((port) => "nodePort" in port);

  it("are open on the nodes for what the site's devices speak", () => {
    expect(open(["mqtt"]).map(({ nodePort }) => nodePort)).to.deep.equal([30883]);
    expect(open(["amqp"]).map(({ nodePort }) => nodePort)).to.deep.equal([30671]);
    expect(open(["mqtt", "amqp"])).to.have.length(2);
  });

  it("are closed by the policy for what they do not", () => {
    const [first] = brokerTraffic(["mqtt"]).ingress;
    expect(first).to.deep.equal({ ports: [{ protocol: "TCP", port: 8883 }] });
  });
});
