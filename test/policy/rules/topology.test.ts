import { aFleet, aSite } from "../../support/fleet";
import { deployment, describeRule, file, object } from "../support";

const three = aSite({ profile: "ha-edge" });
const hosts = (count: number) =>
  file(
    "inventory/hosts.yaml",
    `all: { children: { etcd: { hosts: { ${Array.from({ length: count }, (_, i) => `n${i}: {}`).join(", ")} } } } }`,
  );
const spread = (labels: object = { app: "thing" }) => ({
  topologySpreadConstraints: [{ topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: labels } }],
});
const budget = (spec: object) =>
  object("policy/v1/PodDisruptionBudget", { spec: { selector: { matchLabels: { app: "thing" } }, ...spec } });
const two = (pod: object = {}) =>
  deployment({ spec: { replicas: 2 }, pod: { automountServiceAccountToken: false, containers: [], ...pod } });

describeRule("profile-node-counts", {
  passes: [["a profile's own nodes", [], { fleet: aFleet({ sites: [aSite(), aSite({ profile: "ha-edge" }, 1)] }) }]],
  refuses: [
    [
      "a worker too few",
      [],
      ["Site porto", "workers", "3", /ha-edge has 4 or more/],
      { fleet: aFleet({ sites: [aSite({ profile: "ha-edge", nodes: three.nodes.slice(0, 6) })] }) },
    ],
    [
      "two control planes",
      [],
      ["Site porto", "control planes", "2", /standard has 3/],
      {
        fleet: aFleet({
          sites: [aSite({ profile: "standard", nodes: aSite({ profile: "standard" }).nodes.slice(1) })],
        }),
      },
    ],
  ],
});

describeRule("odd-etcd", {
  passes: [
    ["one member", [hosts(1)]],
    ["three members", [hosts(3)]],
    ["another file", [file("hosts.toml", "x")]],
  ],
  refuses: [
    ["two members", [hosts(2)], ["Command inventory/hosts.yaml", "etcd", "2 members", /odd/]],
    ["none", [hosts(0)], ["Command inventory/hosts.yaml", "etcd", "0 members", /odd/]],
  ],
});

describeRule("replicas-apart", {
  passes: [
    ["spread replicas", [two(spread())], { site: three }],
    [
      "a required anti-affinity",
      [
        two({
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "thing" } } },
              ],
            },
          },
        }),
      ],
      { site: three },
    ],
    ["replicas where there is one control plane", [two()]],
    ["a single replica", [deployment()], { site: three }],
  ],
  refuses: [
    [
      "replicas anywhere",
      [two()],
      ["Deployment room/thing", "spec.template.spec.topologySpreadConstraints", "missing", /2 replicas/],
      { site: three },
    ],
    [
      "a spread of other pods",
      [two(spread({ app: "other" }))],
      ["Deployment room/thing", "spec.template.spec.topologySpreadConstraints", "missing", /2 replicas/],
      { site: three },
    ],
    [
      "Kafka anywhere",
      [object("kafka.strimzi.io/v1/KafkaNodePool", { spec: { replicas: 3 } })],
      ["KafkaNodePool room/thing", "spec.template.pod.topologySpreadConstraints", "missing", /3 replicas/],
      { site: three },
    ],
  ],
});

describeRule("disruption-budget", {
  passes: [
    ["replicas with a budget", [two(), budget({ maxUnavailable: 1 })], { site: three }],
    ["replicas where there is one control plane", [two()]],
  ],
  refuses: [
    [
      "replicas without",
      [two()],
      ["Deployment room/thing", "PodDisruptionBudget", "missing", /one go at a time/],
      { site: three },
    ],
    [
      "a budget of another namespace",
      [
        two(),
        object("policy/v1/PodDisruptionBudget", {
          metadata: { name: "x", namespace: "else" },
          spec: { selector: { matchLabels: { app: "thing" } } },
        }),
      ],
      ["Deployment room/thing", "PodDisruptionBudget", "missing", /one go at a time/],
      { site: three },
    ],
  ],
});

describeRule("disruption-budget-blocks", {
  passes: [
    ["a budget that lets one go", [two(), budget({ maxUnavailable: 1 })]],
    ["half of them", [two(), budget({ minAvailable: "50%" })]],
    ["a budget for nothing", [budget({ maxUnavailable: 0 })]],
  ],
  refuses: [
    [
      "a budget for a single pod",
      [deployment(), budget({ minAvailable: 1 })],
      ["PodDisruptionBudget room/thing", "spec.minAvailable", "1", /one of 1 pod may/],
    ],
    [
      "a budget that lets none go",
      [two(), budget({ maxUnavailable: 0 })],
      ["PodDisruptionBudget room/thing", "spec.maxUnavailable", "0", /one of 2 pods/],
    ],
    [
      "all of them in percent",
      [two(), budget({ minAvailable: "51%" })],
      ["PodDisruptionBudget room/thing", "spec.minAvailable", '"51%"', /one of 2 pods/],
    ],
  ],
});
