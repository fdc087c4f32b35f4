import { expect } from "chai";
import { ruleNamed } from "../../../policy/rules";
import type { ResourceRule } from "../../../policy/rule";
import { aSite } from "../../support/fleet";
import { contextOf, deployment, describeRule, helm, object } from "../support";

const resources = "spec.template.spec.containers[0].resources";
const thing = "Deployment room/thing";
const sized = (requests: object, limits: object = { cpu: "8", memory: "100Gi" }) =>
  deployment({ container: { resources: { requests, limits } } });
const claim = (storage: unknown) =>
  object("core/PersistentVolumeClaim", { spec: { resources: { requests: { storage } } } });
const pool = (replicas: number) => object("kafka.strimzi.io/v1/KafkaNodePool", { spec: { replicas } });

const full = { requests: { cpu: 1, memory: 1 }, limits: { cpu: 1, memory: 1 } };

describeRule("container-resources", {
  passes: [
    ["requests and limits", [deployment()]],
    [
      "Helm values with both",
      [helm("a", { server: { resources: { requests: { cpu: 1, memory: 1 }, limits: { cpu: 1, memory: 1 } } } })],
    ],
    ["a chart of the release of which every container is sized", [helm("loki", { singleBinary: { resources: full } })]],
    ["a container of such a chart that is off", [helm("velero", { resources: full, nodeAgent: { enabled: false } })]],
    ["a part of a chart that is off", [helm("a", { ui: { enabled: false, resources: { limits: { cpu: 1 } } } })]],
  ],
  refuses: [
    [
      "a container without a memory limit",
      [sized({ cpu: "1", memory: "1Gi" }, { cpu: "1" })],
      [thing, `${resources}.limits.memory`, "missing", /requests and limits/],
    ],
    [
      "a Strimzi operator without a CPU request",
      [
        object("kafka.strimzi.io/v1/Kafka", {
          spec: {
            entityOperator: {
              topicOperator: { resources: { requests: { memory: "1Gi" }, limits: { cpu: 1, memory: "1Gi" } } },
            },
          },
        }),
      ],
      [
        "Kafka room/thing",
        "spec.entityOperator.topicOperator.resources.requests.cpu",
        "missing",
        /requests and limits/,
      ],
    ],
    [
      "Helm values without a CPU limit",
      [helm("a", { server: { resources: { requests: { cpu: 1, memory: 1 }, limits: { memory: 1 } } } })],
      ["HelmValues a", "values.server.resources.limits.cpu", "missing", /requests and limits/],
    ],
    [
      "a chart of the release that would size a container by its own defaults",
      [helm("velero", { resources: full, nodeAgent: {} })],
      ["HelmValues velero", "values.nodeAgent.resources", "missing", /requests and limits/],
    ],
    [
      "one whose sizes were taken out",
      [helm("loki", { singleBinary: { resources: {} } })],
      ["HelmValues loki", "values.singleBinary.resources", "{}", /requests and limits/],
    ],
  ],
});

describe("container-resources, as a remediation", () => {
  const rule = ruleNamed("container-resources") as ResourceRule;

  it("gives a container that has nothing what the profile has for a workload of its name", () => {
    const before = deployment({ container: { name: "gitea", resources: undefined } });
    const after = rule.remediate?.(before, contextOf(rule));
    expect(rule.check({ ...before, props: after }, contextOf(rule))).to.deep.equal([]);
    expect(JSON.stringify(after)).to.include('"memory":"256Mi"');
    expect(JSON.stringify(before.props)).to.not.include("256Mi");
  });

  it("changes nothing of what has sizes, or that no profile knows", () => {
    expect(rule.remediate?.(deployment(), contextOf(rule))).to.equal(undefined);
    const unknown = deployment({ container: { name: "unknown", resources: undefined } });
    expect(rule.remediate?.(unknown, contextOf(rule))).to.equal(undefined);
  });
});

describeRule("requests-within-limits", {
  passes: [
    ["a request below its limit", [deployment()]],
    ["a request without a limit, which is another rule's", [sized({ cpu: "1" }, {})]],
  ],
  refuses: [
    [
      "a request above its limit",
      [sized({ cpu: "300m" }, { cpu: "0.2" })],
      [thing, `${resources}.requests.cpu`, '"300m"', /limit is "0\.2"/],
    ],
    [
      "what is no quantity",
      [sized({ memory: "much" })],
      [thing, `${resources}.requests.memory`, '"much"', /a quantity/],
    ],
  ],
});

describeRule("node-budget", {
  passes: [
    ["what fits", [sized({ cpu: "500m", memory: "2Gi" })]],
    [
      "init containers, which run before the others",
      [
        deployment({
          pod: { initContainers: [{ name: "first", resources: { requests: { memory: "2Gi" } } }] },
          container: { resources: { requests: { memory: "2Gi" } } },
        }),
      ],
    ],
  ],
  refuses: [
    // 8192 MiB less 256, 144, 200, 950 and 2048.
    [
      "more memory than the node has for it",
      [sized({ memory: "4595Mi" })],
      ["Node porto-cp-1", "requests.memory", "4595 MiB", /^4594 MiB of 8192 MiB/],
    ],
    // 4000m less 150, 100 and 650.
    ["more CPU", [sized({ cpu: "3101m" })], ["Node porto-cp-1", "requests.cpu", "3101m", /^3100m of 4000m/]],
    [
      "replicas that come two on a node",
      [deployment({ spec: { replicas: 4 }, container: { resources: { requests: { memory: "15Gi" } } } })],
      ["Node porto-worker-1", "requests.memory", "30720 MiB", /MiB of 32768 MiB/],
      {
        site: aSite({
          profile: "standard",
          nodes: aSite({ profile: "standard" }).nodes.map((node) => ({
            ...node,
            memoryMiB: node.roles.includes("worker") ? 32768 : node.memoryMiB,
          })),
        }),
      },
    ],
  ],
});

describeRule("replicas-fit-topology", {
  passes: [
    ["one replica on one node", [deployment()]],
    ["as many as nodes that work", [pool(4)], { site: aSite({ profile: "ha-edge" }) }],
    ["a pod on each node", [object("apps/v1/DaemonSet", { spec: { template: {} } })]],
  ],
  refuses: [
    ["two replicas on one node", [deployment({ spec: { replicas: 2 } })], [thing, "spec.replicas", "2", /has 1 node /]],
    [
      "more brokers than workers",
      [pool(3)],
      ["KafkaNodePool room/thing", "spec.replicas", "3", /2 nodes/],
      { site: aSite({ profile: "standard" }) },
    ],
  ],
});

describeRule("volumes-fit-disk", {
  passes: [
    ["volumes that fit", [claim("98Gi")]],
    [
      "a claim of each replica, spread over the nodes",
      [
        object("apps/v1/StatefulSet", {
          spec: { replicas: 4, volumeClaimTemplates: [{ spec: { resources: { requests: { storage: "900Gi" } } } }] },
        }),
      ],
      { site: aSite({ profile: "ha-edge" }) },
    ],
  ],
  refuses: [
    [
      "volumes that do not",
      [claim("60Gi"), claim("39Gi")],
      ["Node porto-cp-1", "volumes", "99 GiB", /128 GiB of disk/],
    ],
    [
      "a volume without a size",
      [claim(undefined)],
      ["PersistentVolumeClaim room/thing", "spec.resources.requests.storage", "missing", /a size/],
    ],
    [
      "a volume of a chart",
      [helm("a", { persistence: { size: "99Gi" } })],
      ["Node porto-cp-1", "volumes", "99 GiB", /128 GiB/],
    ],
    [
      "Kafka's volumes",
      [object("kafka.strimzi.io/v1/KafkaNodePool", { spec: { replicas: 1, storage: { volumes: [{ size: "1Ti" }] } } })],
      ["Node porto-cp-1", "volumes", "1024 GiB", /128 GiB/],
    ],
  ],
});
