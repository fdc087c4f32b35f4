import { expect } from "chai";
import fc from "fast-check";
import { bindingKey, hubTopic, routingKeyPattern, topicPattern } from "../../../components/ingestion/topics";

/** Whether a filter matches a topic, by MQTT 5.0, section 4.7. */
function matches(filter: string, topic: string): boolean {
  const filters = filter.split("/");
  const topics = topic.split("/");
  for (const [index, level] of filters.entries()) {
    if (level === "#") return true;
    if (index >= topics.length || (level !== "+" && level !== topics[index])) return false;
  }
  return filters.length === topics.length;
}

/** The routing key that RabbitMQ gives a topic. */
const routingKey = (topic: string) =>
  topic
    .split("/")
    .map((level) => level.replaceAll(".", "/"))
    .join(".");

const name = fc.stringMatching(/^[a-c.*$(]{1,3}$/);
const filters = fc
  .tuple(fc.array(fc.oneof(name, fc.constant("+")), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, rest]) => (rest ? [...levels, "#"] : levels).join("/"));
const topics = fc.array(name, { minLength: 1, maxLength: 5 }).map((levels) => levels.join("/"));

describe("topic filters", () => {
  const table: readonly (readonly [string, string])[] = [
    ["cranes/+/telemetry", "cranes.*.telemetry"],
    ["cranes/#", "cranes.#"],
    ["#", "#"],
    ["v1.2/state", "v1/2.state"],
  ];
  for (const [filter, key] of table) {
    it(`bind ${filter} by ${key}`, () => expect(bindingKey(filter)).to.equal(key));
  }

  it("allow exactly the routing keys of the topics that they match", () => {
    fc.assert(
      fc.property(filters, topics, (filter, topic) => {
        expect(new RegExp(routingKeyPattern(filter)).test(routingKey(topic))).to.equal(matches(filter, topic));
      }),
    );
  });

  it("map exactly the topics that they match in the bridge", () => {
    fc.assert(
      fc.property(filters, topics, (filter, topic) => {
        expect(new RegExp(topicPattern(filter)).test(topic)).to.equal(matches(filter, topic));
      }),
    );
  });

  it("match everything as #", () => {
    expect(new RegExp(routingKeyPattern("#")).test("a.b.c")).to.equal(true);
    expect(new RegExp(topicPattern("#")).test("a/b/c")).to.equal(true);
  });

  it("end in a topic of the site's own at the hub", () => expect(hubTopic("porto")).to.equal("porto.ingest"));
});
