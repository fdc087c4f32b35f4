import { expect } from "chai";
import type { PropertyMap } from "../../../../../engine/property/value";
import { readinessOf } from "../../../../../engine/providers/kubernetes/cluster/readiness";
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
    ["a rolled out Deployment", deployment({ replicas: 2, updatedReplicas: 2, availableReplicas: 2 }), "ready"],
    ["a Deployment with old pods", deployment({ replicas: 3, updatedReplicas: 2, availableReplicas: 2 }), "waiting"],
    ["a Deployment its controller has not seen", deployment({ observedGeneration: 1 }), "waiting"],
    ["a Deployment out of time", deployment(condition("Progressing", "False", "ProgressDeadlineExceeded")), "failed"],
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
        status: { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 },
      }),
      "ready",
    ],
    [
      "a DaemonSet on one of two nodes",
      object("apps/v1", "DaemonSet", {
        status: { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1 },
      }),
      "waiting",
    ],
    ["a Job that is done", object("batch/v1", "Job", { status: condition("Complete", "True") }), "ready"],
    ["a Job that failed", object("batch/v1", "Job", { status: condition("Failed", "True", "BackoffLimit") }), "failed"],
    ["a Job that runs", object("batch/v1", "Job", {}), "waiting"],
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
    ['["condition=Ready", "jsonpath={.status.phase}=Running"]', true],
    ['["condition=Ready", "condition=Synced"]', false],
  ];
  for (const [annotation, ready] of cases) {
    it(`${ready ? "is satisfied by" : "waits for"} ${annotation}`, () => {
      expect(readWish(annotation)(live).state).to.equal(ready ? "ready" : "waiting");
    });
  }
  for (const annotation of ["Ready", "[]", "jsonpath=.a", "jsonpath={.a}=", "jsonpath={.a..b}", "jsonpath={.a[0:2]}"]) {
    it(`refuses ${annotation} by name`, () => expect(() => readWish(annotation)).to.throw("EDGE-KUBERNETES-017"));
  }
});
