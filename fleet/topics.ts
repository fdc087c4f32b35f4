/**
 * Topic filters that a site may forward: those of MQTT 5.0, section 4.7 (`+` and `#` stand for whole levels, `#` only for
 * the last; what begins with `$` is the broker's own), in letters, digits and `. _ ~ : @ = , -`. A filter is written
 * into RabbitMQ's binding keys, where `*` is a wildcard, into its permissions and the bridge's rules, which are regular
 * expressions, and into manifests, where `${` and `{{` are read by others; nothing of these can be in one.
 */
const level = "(?:\\+|[A-Za-z0-9._~:@=,-]+)";

/** To be matched from the beginning to the end. */
export const topicFilterForm = `(?:${level}(?:/${level})*(?:/#)?|#)`;

/** MQTT allows 65,535 bytes; RabbitMQ routes by AMQP 0-9-1 short strings, which have at most 255. */
export const longestTopic = 255;

/** Each is a binding of the buffer's queue, which the broker compares with what is published. */
export const mostTopics = 256;

/**
 * Characters of all of a site's filters together. RabbitMQ compiles them into one regular expression, and PCRE's
 * default takes 64 KiB of compiled code (`LINK_SIZE` 2, pcrelimits(3)); a character takes two bytes of it.
 */
export const mostTopicCharacters = 16_384;

const topicFilter = new RegExp(`^${topicFilterForm}$`);

/** What is wrong with one filter, or undefined. */
export function topicProblem(topic: string): string | undefined {
  if (topic.length > longestTopic) return `a filter of ${topic.length} characters; ${longestTopic} are the most`;
  return topicFilter.test(topic) ? undefined : `${JSON.stringify(topic)} is no filter`;
}

/** What is wrong with a site's filters as a whole, or undefined. */
export function topicsProblem(topics: readonly string[]): string | undefined {
  if (topics.length > mostTopics) return `${topics.length} filters; ${mostTopics} are the most`;
  const characters = topics.reduce((sum, topic) => sum + topic.length, 0);
  if (characters <= mostTopicCharacters) return undefined;
  return `${characters} characters in all filters together; ${mostTopicCharacters} are the most`;
}
