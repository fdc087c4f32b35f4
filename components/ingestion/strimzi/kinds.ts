/** A kind of Strimzi's that the site's objects are of. */
interface StrimziKind {
  readonly kind: string;
  readonly plural: string;
  readonly shortName: string;
}

// Strimzi 1.2.0: packaging/helm-charts/helm3/strimzi-kafka-operator/crds.
const kinds: readonly StrimziKind[] = [
  { kind: "Kafka", plural: "kafkas", shortName: "k" },
  { kind: "KafkaNodePool", plural: "kafkanodepools", shortName: "knp" },
  { kind: "KafkaTopic", plural: "kafkatopics", shortName: "kt" },
  { kind: "KafkaUser", plural: "kafkausers", shortName: "ku" },
  { kind: "KafkaMirrorMaker2", plural: "kafkamirrormaker2s", shortName: "kmm2" },
];

const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

/**
 * Definitions of Strimzi's kinds that take anything. Pulumi makes the site's Kafka objects before Flux has brought the
 * operator, whose chart leaves kinds alone that are there; until it runs, the objects wait. Pure.
 * @returns metadata and spec by plural name.
 */
export function strimziDefinitions() {
  const group = "kafka.strimzi.io";
  return kinds.map(({ kind, plural, shortName }) => ({
    plural,
    definition: {
      metadata: {
        name: `${plural}.${group}`,
        labels: { app: "strimzi", "app.kubernetes.io/managed-by": "edgewave" },
      },
      spec: {
        group,
        scope: "Namespaced",
        names: {
          kind,
          listKind: `${kind}List`,
          plural,
          singular: kind.toLowerCase(),
          shortNames: [shortName],
          categories: ["strimzi"],
        },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            subresources: { status: {} },
            schema: { openAPIV3Schema: { type: "object", properties: { spec: open, status: open } } },
          },
        ],
      },
    },
  }));
}
