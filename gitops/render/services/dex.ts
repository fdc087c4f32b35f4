import { createHash } from "node:crypto";
import { isIPv4 } from "node:net";
import { imageReference } from "../../../catalog";
import { yamlText } from "../../../components/file/yamlText";
import { dex as address } from "../../../components/identity/address";
import { resourcesOf } from "../../../components/pods/resources";
import { containerSecurity, podSecurity } from "../../../components/pods/security";
import { outside, tcp, toApiServers, toDns } from "../../../components/pods/traffic";
import { isPeopleSecret, peopleSecret } from "../../../fleet/checks/identity";
import type { Dex, LocalIssuer } from "../../../fleet/model";
import type { Workload } from "../../../profiles/profile";
import type { ManifestService, SiteInputs } from "../service";
import { bindPasswordVariable, dexConfig, dexFolders, hashVariable, ldapAuthorityFile } from "./dexConfig";
import { dexDefinitions, dexGroup } from "./dexDefinitions";

const { namespace, name } = address;
const labels = { ...address.labels, "app.kubernetes.io/managed-by": "edgewave" };
const selector = { ...address.labels };
const metadata = { name, namespace, labels };

/** User of the image. */
const user = 1001;

/**
 * An issuer for people on the site: who can log in while the hub is away. By objects of its own, as Gitea: its chart
 * would make definitions by a right over the whole cluster. The namespace and the certificate are the stack's.
 */
export const dex: ManifestService = {
  name,
  namespace,
  after: [],
  workloads: ["dex"],
  names: [
    ...dexDefinitions.map(({ kind, metadata: { name: definition } }) => ({ kind, name: definition })),
    ...["ServiceAccount", "Role", "RoleBinding", "ConfigMap", "Service", "NetworkPolicy"].map((kind) => ({
      kind,
      name,
    })),
    { kind: "Deployment", name },
    { kind: "PodDisruptionBudget", name },
  ],
  objects: (inputs) => {
    const issuer = inputs.site.identity?.local;
    const workload = inputs.profile.workloads.dex;
    if (issuer?.dex === undefined || workload === undefined) return [];
    return [
      ...dexDefinitions,
      { apiVersion: "v1", kind: "ServiceAccount", metadata, automountServiceAccountToken: false },
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata,
        rules: [
          { apiGroups: [dexGroup], resources: ["*"], verbs: ["create", "delete", "get", "list", "update", "watch"] },
        ],
      },
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
        subjects: [{ kind: "ServiceAccount", name, namespace }],
      },
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        // The directory's password is named as Flux names its variables.
        metadata: { ...metadata, annotations: { "kustomize.toolkit.fluxcd.io/substitute": "disabled" } },
        data: configData(inputs, issuer, issuer.dex),
      },
      {
        apiVersion: "v1",
        kind: "Service",
        metadata,
        spec: {
          // API servers are on the nodes' network, and so are people: no ingress has to be up for a login.
          type: "NodePort",
          selector,
          ports: [{ name: "https", port: 443, targetPort: "https", nodePort: issuer.dex.port, protocol: "TCP" }],
        },
      },
      { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata, spec: traffic(inputs, issuer.dex) },
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata,
        spec: {
          replicas: workload.replicas,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          selector: { matchLabels: selector },
          template: pod(inputs, issuer, issuer.dex, workload),
        },
      },
      ...(workload.replicas < 2
        ? []
        : [
            {
              apiVersion: "policy/v1",
              kind: "PodDisruptionBudget",
              metadata,
              spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
            },
          ]),
    ];
  },
};

function configData({ site }: SiteInputs, issuer: LocalIssuer, settings: Dex): Readonly<Record<string, string>> {
  const authority = settings.ldap?.authority;
  return {
    "config.yaml": yamlText(dexConfig(site.name, issuer, settings)),
    ...(authority !== undefined && { [ldapAuthorityFile]: authority }),
  };
}

/** Everybody on the site may log in; Dex asks the API server and, where there is one, the directory. */
function traffic({ site }: SiteInputs, { ldap }: Dex): object {
  return {
    podSelector: { matchLabels: selector },
    policyTypes: ["Ingress", "Egress"],
    // A port of the node hides who asks.
    ingress: [{ ports: [tcp(address.httpsPort)] }],
    egress: [toDns(), toApiServers(site), ...(ldap === undefined ? [] : [toDirectory(site, ldap.host)])],
  };
}

/** A directory with a name is allowed by its port, because a network policy knows no names. */
function toDirectory(site: SiteInputs["site"], endpoint: string): object {
  const colon = endpoint.lastIndexOf(":");
  const host = endpoint.slice(0, colon);
  const peer = isIPv4(host) ? { ipBlock: { cidr: `${host}/32` } } : outside(site.network);
  return { to: [peer], ports: [tcp(Number(endpoint.slice(colon + 1)))] };
}

function pod(inputs: SiteInputs, issuer: LocalIssuer, settings: Dex, workload: Workload): object {
  const { site, release } = inputs;
  const secretOf = (variable: string, key: string) => ({
    name: variable,
    valueFrom: { secretKeyRef: { name: peopleSecret.name, key } },
  });
  const probe = (path: string) => ({ httpGet: { path, port: "telemetry" } });
  const authority = settings.ldap?.authority !== undefined;
  return {
    metadata: { labels, annotations: { "edgewave.dev/configuration": checksum(inputs, issuer, settings) } },
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: true,
      enableServiceLinks: false,
      securityContext: podSecurity(user),
      ...(workload.replicas > 1 && {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: "kubernetes.io/hostname",
            whenUnsatisfiable: "ScheduleAnyway",
            labelSelector: { matchLabels: selector },
          },
        ],
      }),
      containers: [
        {
          name,
          image: imageReference(release, site.architecture, "dex", "dex"),
          imagePullPolicy: "IfNotPresent",
          // Not the image's entry point, which takes the configuration for a template.
          command: ["/usr/local/bin/dex", "serve", `${dexFolders.configuration}/config.yaml`],
          env: [
            ...settings.users.map((one) => secretOf(hashVariable(one.name), one.name)),
            ...(settings.ldap === undefined ? [] : [secretOf(bindPasswordVariable, peopleSecret.bindPassword)]),
          ],
          ports: [
            { name: "https", containerPort: address.httpsPort, protocol: "TCP" },
            { name: "telemetry", containerPort: address.telemetryPort, protocol: "TCP" },
          ],
          resources: resourcesOf(workload),
          securityContext: containerSecurity(),
          startupProbe: { ...probe("/healthz/ready"), periodSeconds: 5, failureThreshold: 60 },
          readinessProbe: { ...probe("/healthz/ready"), periodSeconds: 10 },
          livenessProbe: { ...probe("/healthz/live"), periodSeconds: 30, timeoutSeconds: 5 },
          volumeMounts: [
            { name: "configuration", mountPath: dexFolders.configuration, readOnly: true },
            { name: "tls", mountPath: dexFolders.tls, readOnly: true },
            ...(authority ? [{ name: "authority", mountPath: dexFolders.authority, readOnly: true }] : []),
          ],
        },
      ],
      volumes: [
        { name: "configuration", configMap: { name, items: [{ key: "config.yaml", path: "config.yaml" }] } },
        { name: "tls", secret: { secretName: address.tlsSecret, defaultMode: 0o440 } },
        ...(authority
          ? [
              {
                name: "authority",
                configMap: { name, items: [{ key: ldapAuthorityFile, path: ldapAuthorityFile }] },
              },
            ]
          : []),
      ],
    },
  };
}

/** Of what the pod reads only when it starts: its configuration, and the people's Secret as it is encrypted. */
function checksum(inputs: SiteInputs, issuer: LocalIssuer, settings: Dex): string {
  const hash = createHash("sha256").update(JSON.stringify(configData(inputs, issuer, settings)));
  for (const { objects } of inputs.overrides) {
    for (const { object } of objects) {
      if (isPeopleSecret(object)) hash.update(JSON.stringify(object));
    }
  }
  return hash.digest("hex");
}
