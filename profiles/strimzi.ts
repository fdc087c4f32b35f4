import type { Profile } from "./profile";
import { workload } from "./workload";

/**
 * The least that Strimzi needs on one node, for a profile that does not have it. Operator: its install files ask for
 * 384 Mi. Broker: 1 GiB is Kafka's practical minimum. MirrorMaker 2 and the MQTT bridge are JVMs of their own.
 */
export const smallestStrimzi: Profile["workloads"] = {
  "strimzi-operator": workload(200, 384, { memoryLimit: 384, cpuLimit: 1000 }),
  kafka: workload(250, 1024, { memoryLimit: 1024, cpuLimit: 1000, storage: 20 }),
  "kafka-entity-operator": workload(50, 400, { memoryLimit: 512 }),
  "mqtt-bridge": workload(50, 256, { memoryLimit: 256, cpuLimit: 500 }),
  "mirror-maker": workload(100, 768, { memoryLimit: 768, cpuLimit: 1000 }),
};
