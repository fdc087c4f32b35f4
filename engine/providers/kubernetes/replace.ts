import type { PropertyPath } from "../../property/path";
import { isList, isMap } from "../../property/shape";
import type { PropertyMap, PropertyValue } from "../../property/value";
import { isConfigMapObject, isSecretObject, kindOfObject } from "./kinds";

/** Which data may change in place. */
export interface Mutability {
  readonly configMaps: boolean;
  readonly secrets: boolean;
}

const selector = [".spec.selector"];
const workload = { Deployment: selector, DaemonSet: selector };
const statefulSet = [
  ".spec.podManagementPolicy",
  ".spec.revisionHistoryLimit",
  ".spec.selector",
  ".spec.serviceName",
  ".spec.volumeClaimTemplates",
];
const job = [".spec.completions", ".spec.parallelism", ".spec.selector", ".spec.template"];
const bindings = { ClusterRoleBinding: [".roleRef"], RoleBinding: [".roleRef"] };
const volumeSources = `awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker
  gcePersistentDisk glusterfs hostPath iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO
  storageos vsphereVolume`.split(/\s+/);
const podFields = `affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC
  hostNetwork hostPID hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority
  priorityClassName readinessGates restartPolicy runtimeClassName schedulerName securityContext serviceAccount
  serviceAccountName shareProcessNamespace subdomain terminationGracePeriodSeconds volumes`.split(/\s+/);
const containerFields = `args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources
  securityContext stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts
  workingDir`.split(/\s+/);

/** Fields whose change needs a new object, by group, version and kind, as pulumi-kubernetes 4.34.2 holds them. */
const immutable: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "apps/v1beta1": { StatefulSet: statefulSet },
  "apps/v1beta2": { ...workload, StatefulSet: statefulSet },
  "apps/v1": { ...workload, StatefulSet: statefulSet },
  "policy/v1beta1": { PodDisruptionBudget: [".spec"] },
  "rbac.authorization.k8s.io/v1alpha1": bindings,
  "rbac.authorization.k8s.io/v1beta1": bindings,
  "rbac.authorization.k8s.io/v1": bindings,
  "storage.k8s.io/v1": { StorageClass: [".parameters", ".provisioner"] },
  "batch/v1beta1": { Job: job },
  "batch/v1": { Job: job },
  "batch/v2alpha1": { Job: job },
  "/v1": {
    PersistentVolume: volumeSources.map((source) => `.spec.${source}`),
    PersistentVolumeClaim: [".spec.accessModes", ".spec.selector", ".spec.storageClassName", ".spec.volumeName"],
    Pod: [
      ...podFields.map((field) => `.spec.${field}`),
      ...containerFields.flatMap((field) => [`.spec.containers[*].${field}`, `.spec.initContainers[*].${field}`]),
    ],
    ResourceQuota: [".spec.scopes"],
    Secret: [".type"],
    Service: [".spec.clusterIP"],
  },
};

/** The fields of this object whose change needs a new one, such as `.spec.selector`. Name and namespace always are. */
export function replacingFields(object: PropertyMap, mutability: Mutability): readonly string[] {
  const { group, version, kind } = kindOfObject(object);
  const identity = [".metadata.name", ".metadata.namespace"];
  if (isSecretObject(object) && (!mutability.secrets || object["immutable"] === true)) {
    return [...identity, ".type", ".stringData", ".data"];
  }
  if (isConfigMapObject(object) && (!mutability.configMaps || object["immutable"] === true)) {
    return [...identity, ".binaryData", ".data"];
  }
  return [...identity, ...(immutable[`${group}/${version}`]?.[kind] ?? [])];
}

/**
 * Whether a change touches a field: the changed path lies at or below it, or above it with a new value that holds it.
 *
 * @param value the new value at `path`; null if it was taken away.
 */
export function touches(field: string, path: PropertyPath, value: PropertyValue): boolean {
  const steps = field.split(/\.|(?=\[)/).filter((step) => step !== "");
  for (const [at, step] of steps.entries()) {
    const passed = path[at];
    if (passed === undefined) return holds(value, steps.slice(at));
    if (step === "[*]" ? typeof passed !== "number" : passed !== step) return false;
  }
  return true;
}

function holds(value: PropertyValue, steps: readonly string[]): boolean {
  const [step, ...rest] = steps;
  if (step === undefined) return true;
  if (step === "[*]") return isList(value) && value.some((part) => holds(part, rest));
  return isMap(value) && value[step] !== undefined && holds(value[step], rest);
}
