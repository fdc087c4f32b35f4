/** MQTT topic filters (MQTT 5.0, section 4.7) in the notations of those who handle the messages. */

/** Kafka topic of the site's buffer. */
export const bufferTopic = "ingest";

/** Kafka topic at the hub: MirrorMaker 2 puts the source's alias, which is the site's name, before the topic. */
export function hubTopic(site: string): string {
  return `${site}.${bufferTopic}`;
}

/**
 * The binding key that RabbitMQ's MQTT plugin gives a filter: levels by dots, `*` for one level. A dot in a level's
 * name becomes a slash.
 */
export function bindingKey(filter: string): string {
  return filter
    .split("/")
    .map((level) => (level === "+" ? "*" : level.replaceAll(".", "/")))
    .join(".");
}

/** A regular expression for the routing keys of the topics that a filter matches, for RabbitMQ's topic permissions. */
export function routingKeyPattern(filter: string): string {
  return levelsPattern(filter, "\\.", "[^.]*", (level) => level.replaceAll(".", "/"));
}

/** A regular expression for the topics that a filter matches, as the Strimzi MQTT bridge's mapping rules take it. */
export function topicPattern(filter: string): string {
  return levelsPattern(filter, "/", "([^/]+)", (level) => level);
}

function levelsPattern(filter: string, separator: string, one: string, spell: (level: string) => string): string {
  const levels = filter.split("/");
  const rest = levels.at(-1) === "#";
  const fixed = (rest ? levels.slice(0, -1) : levels).map((level) => (level === "+" ? one : escaped(spell(level))));
  if (!rest) return `^${fixed.join(separator)}$`;
  // `a/#` matches `a` itself too.
  return fixed.length === 0 ? "^.*$" : `^${fixed.join(separator)}(?:${separator}.*)?$`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** Records of the buffer that MirrorMaker has not read: Kafka's consumer metric, as Strimzi's metrics reporter names it. */
export const recordsLag = "kafka_consumer_consumer_fetch_manager_metrics_records_lag";
