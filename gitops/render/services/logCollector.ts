import { imageReference } from "../../../catalog";
import { yamlText } from "../../../components/file/yamlText";
import { resourcesOf } from "../../../components/pods/resources";
import { tcp } from "../../../components/pods/traffic";
import type { ManifestService, SiteInputs } from "../service";
import { collectorFolders, collectorSettings, hubLogin } from "./collectorSettings";
import { alertQueue } from "./alertQueue";

const { namespace, name, port } = alertQueue;
const labels = { "app.kubernetes.io/name": name, "app.kubernetes.io/managed-by": "edgewave" };
const selector = { "app.kubernetes.io/name": name };

/**
 * Vector on every node: pods' logs to the site's Loki, and logs and alerts to the hub's, with buffers on disk in between.
 * Not Alloy: its log WAL is experimental and drops after ten tries or an hour, and that of Vector gives back what it
 * holds in order.
 */
export const logCollector: ManifestService = {
  name: "log-collector",
  namespace,
  after: ["loki"],
  workloads: ["log-collector"],
  names: [
    { kind: "Namespace", name: namespace },
    { kind: "ServiceAccount", name },
    { kind: "ClusterRole", name },
    { kind: "ClusterRoleBinding", name },
    { kind: "ConfigMap", name },
    { kind: "Service", name },
    { kind: "NetworkPolicy", name },
    { kind: "DaemonSet", name },
  ],
  objects: (inputs) => [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name: namespace,
        // Reads the host's /var/log and keeps its buffers on the host.
        labels: { "pod-security.kubernetes.io/enforce": "privileged" },
        annotations: { "kustomize.toolkit.fluxcd.io/prune": "disabled" },
      },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace, labels } },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name, labels },
      rules: [{ apiGroups: [""], resources: ["namespaces", "nodes", "pods"], verbs: ["get", "list", "watch"] }],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name, labels },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      // Vector's templates have braces of their own.
      metadata: { name, namespace, labels, annotations: { "kustomize.toolkit.fluxcd.io/substitute": "disabled" } },
      data: { "vector.yaml": yamlText(collectorSettings(inputs)) },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace, labels },
      spec: { selector, ports: [{ name: "alerts", port, targetPort: "alerts", protocol: "TCP" }] },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name, namespace, labels },
      spec: {
        podSelector: { matchLabels: selector },
        policyTypes: ["Ingress"],
        ingress: [
          {
            from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
            ports: [tcp(port)],
          },
        ],
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name, namespace, labels },
      spec: {
        selector: { matchLabels: selector },
        updateStrategy: { type: "RollingUpdate" },
        template: pod(inputs),
      },
    },
  ],
};

function pod({ site, release, profile, hub }: SiteInputs): object {
  const workload = profile.workloads["log-collector"];
  if (workload === undefined) throw new Error(`Profile ${profile.name} gives the log collector no resources.`);
  const login = hub?.lokiUrl === undefined ? [] : [hubLogin.secret];
  return {
    metadata: { labels },
    spec: {
      serviceAccountName: name,
      enableServiceLinks: false,
      priorityClassName: "system-node-critical",
      terminationGracePeriodSeconds: 60,
      tolerations: [{ operator: "Exists", effect: "NoSchedule" }],
      containers: [
        {
          name: "vector",
          image: imageReference(release, site.architecture, "vector", "vector"),
          imagePullPolicy: "IfNotPresent",
          args: ["--config", `${collectorFolders.configuration}/vector.yaml`],
          env: [{ name: "VECTOR_SELF_NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
          ports: [{ name: "alerts", containerPort: port, protocol: "TCP" }],
          resources: resourcesOf(workload),
          securityContext: {
            allowPrivilegeEscalation: false,
            // The kubelet's log files belong to root.
            runAsUser: 0,
            capabilities: { drop: ["ALL"], add: ["DAC_READ_SEARCH"] },
            readOnlyRootFilesystem: true,
            seccompProfile: { type: "RuntimeDefault" },
          },
          readinessProbe: { tcpSocket: { port: "alerts" }, periodSeconds: 15 },
          volumeMounts: [
            { name: "configuration", mountPath: collectorFolders.configuration, readOnly: true },
            { name: "logs", mountPath: "/var/log", readOnly: true },
            { name: "data", mountPath: collectorFolders.data },
            ...login.map((secret) => ({ name: secret, mountPath: collectorFolders.login, readOnly: true })),
          ],
        },
      ],
      volumes: [
        { name: "configuration", configMap: { name } },
        { name: "logs", hostPath: { path: "/var/log", type: "Directory" } },
        { name: "data", hostPath: { path: collectorFolders.data, type: "DirectoryOrCreate" } },
        ...login.map((secret) => ({ name: secret, secret: { secretName: secret, defaultMode: 0o400 } })),
      ],
    },
  };
}
