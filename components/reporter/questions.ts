import type { IngestionBuffer, ResolvedSite } from "../../fleet/model";
import { gitea } from "../gitea/address";
import { ingestion } from "../ingestion/address";
import { recordsLag } from "../ingestion/topics";

/**
 * Questions to the site's Prometheus by the part of the report that they fill. Each answer is small: a sum, or a sample
 * for each of a few volumes, nodes or certificates.
 */
export function queriesOf({ ingestion: { buffer } }: Pick<ResolvedSite, "ingestion">) {
  return {
    bufferMessages: bufferMessages[buffer],
    // By the last quarter of an hour, each second; below zero while the buffer drains.
    bufferTrend: `deriv((${bufferMessages[buffer]})[15m:1m])`,
    bufferFill: bufferFill[buffer],
    // node-exporter's collector timex: seconds by which the kernel finds its clock off.
    clockOffset: "node_timex_offset_seconds",
    // cert-manager's own; those that end first.
    certificateEnds: "bottomk(10, min by (namespace, name) (certmanager_certificate_expiration_timestamp_seconds))",
  } as const;
}

/**
 * Messages that the hub does not have yet. RabbitMQ's plugin rabbitmq_prometheus counts what is in queues, confirmed to
 * the device and not yet by the hub; MirrorMaker's consumers tell how many records are before them (Kafka's consumer
 * metrics, named as Strimzi's metrics reporter does). Both buffers have RabbitMQ in front.
 */
const queued = `sum(rabbitmq_queue_messages{namespace="${ingestion.namespace}"})`;
const behind = `sum(${recordsLag})`;
const bufferMessages: Readonly<Record<IngestionBuffer, string>> = {
  rabbitmq: queued,
  // Without an answer of both nothing is known.
  strimzi: `${queued} + ${behind}`,
};

/** Share of each of the buffer's volumes that is used, by the kubelet's own metrics. */
const fillOf = (claims: string) => {
  const where = `{namespace="${ingestion.namespace}",persistentvolumeclaim=~"${claims}"}`;
  const by = "max by (persistentvolumeclaim)";
  return `${by} (kubelet_volume_stats_used_bytes${where}) / ${by} (kubelet_volume_stats_capacity_bytes${where})`;
};
const bufferFill: Readonly<Record<IngestionBuffer, string>> = {
  rabbitmq: fillOf(`data-${ingestion.broker.service}-[0-9]+`),
  strimzi: fillOf(`data-(${ingestion.broker.service}|.*${ingestion.kafka.cluster}-${ingestion.kafka.pool})-[0-9]+`),
};

/** Ends of TLS connections whose certificates are told, by name. Host and port are where the site itself reaches them. */
export function certificateEndpoints(site: Pick<ResolvedSite, "ingestion" | "bastion">): readonly TlsEndpoint[] {
  const { broker } = ingestion;
  const { protocols } = site.ingestion;
  return [
    { name: "gitea", host: gitea.host, port: 443 },
    { name: "api-server", host: "kubernetes.default.svc", port: 443 },
    { name: "bastion", host: site.bastion.host, port: site.bastion.registryPort },
    ...(protocols.includes("mqtt") ? [{ name: "mqtt", host: broker.host, port: broker.mqttPort }] : []),
    ...(protocols.includes("amqp") ? [{ name: "amqp", host: broker.host, port: broker.amqpPort }] : []),
  ];
}

export interface TlsEndpoint {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}
