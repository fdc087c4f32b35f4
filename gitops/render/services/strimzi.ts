import { type ChartService, noSiteValues } from "../service";
import { resourcesFor } from "../sizing";

/** The operator of the site's Kafka; runs where the ingestion buffer is Strimzi's. */
export const strimzi: ChartService = {
  name: "strimzi-kafka-operator",
  component: "strimzi",
  namespace: "strimzi",
  podSecurity: "baseline",
  after: [],
  workloads: ["strimzi-operator"],
  baseValues: () => ({ watchAnyNamespace: true }),
  profileValues: (sizes) => {
    const workload = sizes("strimzi-operator");
    return { ...(workload && { replicas: workload.replicas }), ...resourcesFor(workload) };
  },
  siteValues: noSiteValues,
};
