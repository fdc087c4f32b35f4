import { expect } from "chai";
import type { PropertyMap } from "../../../../../engine/property/value";
import { readinessOf } from "../../../../../engine/providers/kubernetes/cluster/readiness/kinds";
import { readWish } from "../../../../../engine/providers/kubernetes/cluster/waitFor";

const deployment = (status: PropertyMap): PropertyMap => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "a", generation: 2 },
  spec: { replicas: 2 },
  status: { observedGeneration: 2, ...status },
});
const object = (apiVersion: string, kind: string, rest: PropertyMap): PropertyMap => ({ apiVersion, kind, ...rest });
const condition = (type: string, status: string, reason = "", message = "") => ({
  conditions: [{ type, status, reason, message }],
});

const full = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
const onTwo = { desiredNumberScheduled: 2, currentNumberScheduled: 2, updatedNumberScheduled: 2 };
const available = { type: "Available", status: "True" };
const rolledOut = [available, { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" }];
const rolling = [available, { type: "Progressing", status: "True", reason: "ReplicaSetUpdated" }];

describe("readiness of live objects", () => {
  const cases: readonly (readonly [string, PropertyMap, "ready" | "waiting" | "failed"])[] = [
    ["a ConfigMap that exists", object("v1", "ConfigMap", {}), "ready"],
    ["an active Namespace", object("v1", "Namespace", { status: { phase: "Active" } }), "ready"],
    ["a Namespace without a phase", object("v1", "Namespace", {}), "waiting"],
    ["a bound claim", object("v1", "PersistentVolumeClaim", { status: { phase: "Bound" } }), "ready"],
    ["a pending claim", object("v1", "PersistentVolumeClaim", { status: { phase: "Pending" } }), "waiting"],
    ["a claim that lost its volume", object("v1", "PersistentVolumeClaim", { status: { phase: "Lost" } }), "failed"],
    [
      "a pod that is ready",
      object("v1", "Pod", { status: { phase: "Running", ...condition("Ready", "True") } }),
      "ready",
    ],
    ["a pod that runs only", object("v1", "Pod", { status: { phase: "Running" } }), "waiting"],
    ["a pod that has ended well", object("v1", "Pod", { status: { phase: "Succeeded" } }), "ready"],
    ["a pod that has failed", object("v1", "Pod", { status: { phase: "Failed" } }), "failed"],
    ["a rolled out Deployment", deployment({ ...full, conditions: rolledOut }), "ready"],
    ["a Deployment in the middle of a rollout", deployment({ ...full, conditions: rolling }), "waiting"],
    ["a Deployment that is not available", deployment(full), "waiting"],
    ["a Deployment with old pods", deployment({ ...full, replicas: 3, conditions: rolledOut }), "waiting"],
    ["a Deployment with a pod missing", deployment({ ...full, readyReplicas: 1, conditions: rolledOut }), "waiting"],
    ["a Deployment its controller has not seen", deployment({ observedGeneration: 1 }), "waiting"],
    ["a Deployment out of time", deployment(condition("Progressing", "False", "ProgressDeadlineExceeded")), "waiting"],
    [
      "a StatefulSet with one pod missing",
      object("apps/v1", "StatefulSet", { spec: { replicas: 2 }, status: { readyReplicas: 1 } }),
      "waiting",
    ],
    [
      "a StatefulSet with all pods of one revision",
      object("apps/v1", "StatefulSet", {
        spec: { replicas: 1 },
        status: { readyReplicas: 1, currentRevision: "a", updateRevision: "a" },
      }),
      "ready",
    ],
    [
      "a DaemonSet on all nodes",
      object("apps/v1", "DaemonSet", {
        status: { ...onTwo, numberAvailable: 2, numberReady: 2 },
      }),
      "ready",
    ],
    [
      "a DaemonSet on one of two nodes",
      object("apps/v1", "DaemonSet", {
        status: { ...onTwo, numberAvailable: 1, numberReady: 1 },
      }),
      "waiting",
    ],
    ["a Job that is done", object("batch/v1", "Job", { status: condition("Complete", "True") }), "ready"],
    ["a Job that failed", object("batch/v1", "Job", { status: condition("Failed", "True", "BackoffLimit") }), "failed"],
    ["a Job that runs", object("batch/v1", "Job", {}), "waiting"],
    ["a Job that is suspended", object("batch/v1", "Job", { spec: { suspend: true } }), "waiting"],
    ["a volume nobody has claimed", object("v1", "PersistentVolume", { status: { phase: "Available" } }), "ready"],
    ["a volume that is not there yet", object("v1", "PersistentVolume", { status: { phase: "Pending" } }), "waiting"],
    [
      "a ReplicationController with all pods",
      object("v1", "ReplicationController", { spec: { replicas: 1 }, status: { availableReplicas: 1 } }),
      "ready",
    ],
    ["a ReplicationController without pods", object("v1", "ReplicationController", {}), "waiting"],
    [
      "a quota that counts",
      object("v1", "ResourceQuota", { spec: { hard: { pods: "1" } }, status: { hard: { pods: "1" } } }),
      "ready",
    ],
    ["a quota nobody has seen", object("v1", "ResourceQuota", { spec: { hard: { pods: "1" } } }), "waiting"],
    ["a Secret", object("v1", "Secret", { type: "Opaque" }), "ready"],
    ["an empty token", object("v1", "Secret", { type: "kubernetes.io/service-account-token" }), "waiting"],
    ["a balancer without address", object("v1", "Service", { spec: { type: "LoadBalancer" } }), "waiting"],
    [
      "an Ingress without address",
      object("networking.k8s.io/v1", "Ingress", { status: { loadBalancer: {} } }),
      "waiting",
    ],
    [
      "an established definition",
      object("apiextensions.k8s.io/v1", "CustomResourceDefinition", { status: condition("Established", "True") }),
      "ready",
    ],
    [
      "a definition whose names are taken",
      object("apiextensions.k8s.io/v1", "CustomResourceDefinition", { status: condition("NamesAccepted", "False") }),
      "failed",
    ],
  ];
  for (const [what, live, state] of cases) {
    it(`finds ${what} ${state}`, () => expect(readinessOf(live).state).to.equal(state));
  }

  const custom = (status: PropertyMap): PropertyMap =>
    object("edge.test/v1", "Widget", { metadata: { name: "w", generation: 2 }, status });
  const kstatus: readonly (readonly [string, PropertyMap, "ready" | "waiting" | "failed"])[] = [
    ["that says nothing", custom({}), "ready"],
    ["of an older generation", custom({ observedGeneration: 1, ...condition("Ready", "True") }), "waiting"],
    ["that is Ready", custom({ observedGeneration: 2, ...condition("Ready", "True") }), "ready"],
    ["that is not Ready", custom(condition("Ready", "False")), "waiting"],
    ["that is Reconciling", custom(condition("Reconciling", "True")), "waiting"],
    ["that is Stalled", custom(condition("Stalled", "True", "Broken", "no chart")), "failed"],
    ["that is deleted", object("edge.test/v1", "Widget", { metadata: { deletionTimestamp: "now" } }), "waiting"],
  ];
  for (const [what, live, state] of kstatus) {
    it(`finds a custom resource ${what} ${state}, if all are waited for`, () => {
      expect(readinessOf(live, true).state).to.equal(state);
      expect(readinessOf(live).state).to.equal("ready");
    });
  }
});

describe("pulumi.com/waitFor", () => {
  const live: PropertyMap = {
    status: {
      phase: "Running",
      conditions: [
        { type: "Ready", status: "True" },
        { type: "Synced", status: "False" },
      ],
      list: [{ a: 1 }, { a: 1 }],
    },
  };
  const cases: readonly (readonly [string, boolean])[] = [
    ["condition=Ready", true],
    ["condition=Synced", false],
    ["condition=Synced=False", true],
    ["condition=Absent", false],
    ["jsonpath={.status.phase}", true],
    ["jsonpath={.status.phase}=Running", true],
    ["jsonpath={.status.phase}=Pending", false],
    ["jsonpath={$.status['phase']}=Running", true],
    ['jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', true],
    ['jsonpath={.status.conditions[?(@.type=="Synced")].status}=True', false],
    ["jsonpath={.status.list[*].a}=1", true],
    ["jsonpath={.status.list[2]}", false],
    ['jsonpath={.status.conditions[?(@.type=="Failed"||@.type=="Synced")].status}=False', true],
    ["jsonpath={ .status.list }", true],
    ["jsonpath={.status..a}=1", true],
    ["condition=ready=true", true],
    ['["condition=Ready", "jsonpath={.status.phase}=Running"]', true],
    ['["condition=Ready", "condition=Synced"]', false],
  ];
  for (const [annotation, ready] of cases) {
    it(`${ready ? "is satisfied by" : "waits for"} ${annotation}`, () => {
      expect(readWish(annotation)(live).state).to.equal(ready ? "ready" : "waiting");
    });
  }
  it("takes nothing for true that is said of an older generation", () => {
    const old = { metadata: { generation: 3 }, status: { observedGeneration: 2, ...condition("Ready", "True") } };
    for (const annotation of ["condition=Ready", "jsonpath={.status.conditions[0].status}=True"]) {
      expect(readWish(annotation)(old).state).to.equal("waiting");
    }
  });

  it("fails where a value is to be compared with a list", () => {
    expect(readWish("jsonpath={.status.list}=1")(live).state).to.equal("failed");
  });

  for (const annotation of ["Ready", "[]", "jsonpath=.a", "jsonpath={.a}=", "jsonpath={.a[].b}", "jsonpath='{.a}'"]) {
    it(`refuses ${annotation} by name`, () => expect(() => readWish(annotation)).to.throw("EDGE-KUBERNETES-017"));
  }
});
