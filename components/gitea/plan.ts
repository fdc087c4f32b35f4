import { createHash } from "node:crypto";
import { isIPv4 } from "node:net";
import { imageReference } from "../../catalog";
import type { Hub, Release, ResolvedSite } from "../../fleet/model";
import type { Workload } from "../../profiles/profile";
import { flux, webhookReceiver } from "../flux/address";
import { reporter } from "../reporter/address";
import { resourcesOf } from "../pods/resources";
import { containerSecurity, podSecurity } from "../pods/security";
import { neighbours, outside, pods, tcp, toDns } from "../pods/traffic";
import { gitea } from "./address";
import {
  appIni,
  authorityFile,
  configurationDirectory,
  dataDirectory,
  iniText,
  secretsDirectory,
  tlsDirectory,
} from "./appIni";
import { accountsDirectory, setupScript } from "./setup";

/** Namespace of an ingress controller, should the site have one. */
const ingressNamespace = "ingress";

export const secretNames = { tls: "gitea-tls", keys: "gitea-keys", accounts: "gitea-accounts" } as const;
export const configMapName = "gitea-config";
export const claimName = "gitea-data";

/** User and group `git` of the rootless image. */
const gitUser = 1000;

/** Data of the ConfigMap. */
export function configData(
  site: ResolvedSite,
  hub: Hub,
): { readonly "app.ini": string; readonly [authorityFile]?: string } {
  const { gitAuthority } = hub;
  return {
    "app.ini": iniText(appIni(site, hub)),
    ...(gitAuthority === undefined ? {} : { [authorityFile]: gitAuthority }),
  };
}

/** The pod of the site's Gitea: one, because SQLite and the volume bear one writer. */
export function podTemplate(site: ResolvedSite, release: Release, hub: Hub, workload: Workload) {
  const image = imageReference(release, site.architecture, "gitea", "gitea");
  const resources = resourcesOf(workload);
  const mounts = [
    { name: "data", mountPath: dataDirectory },
    { name: "configuration", mountPath: configurationDirectory },
    { name: "temporary", mountPath: "/tmp" },
    { name: "keys", mountPath: secretsDirectory, readOnly: true },
    { name: "tls", mountPath: tlsDirectory, readOnly: true },
  ];
  const env = [
    { name: "GITEA_APP_INI", value: "/etc/gitea/app.ini" },
    { name: "GITEA_WORK_DIR", value: dataDirectory },
    { name: "GITEA_CUSTOM", value: `${dataDirectory}/custom` },
    { name: "GITEA_TEMP", value: "/tmp/gitea" },
    { name: "HOME", value: `${dataDirectory}/git` },
  ];
  const probe = { httpGet: { path: "/api/healthz", port: "https", scheme: "HTTPS" } };
  return {
    metadata: {
      labels: { ...gitea.labels },
      annotations: { "edgewave.dev/configuration": checksum(Object.values(configData(site, hub)).join("")) },
    },
    spec: {
      serviceAccountName: gitea.service,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: podSecurity(gitUser),
      terminationGracePeriodSeconds: 60,
      initContainers: [
        {
          name: "setup",
          image,
          imagePullPolicy: "IfNotPresent",
          command: ["/bin/sh", "-c", setupScript],
          env,
          resources,
          securityContext: containerSecurity(),
          volumeMounts: [
            ...mounts,
            { name: "template", mountPath: "/etc/gitea-config", readOnly: true },
            { name: "accounts", mountPath: accountsDirectory, readOnly: true },
          ],
        },
      ],
      containers: [
        {
          name: "gitea",
          image,
          imagePullPolicy: "IfNotPresent",
          // Not the image's entry point, which rewrites app.ini from the environment.
          command: ["/usr/local/bin/gitea", "web", "--config", "/etc/gitea/app.ini"],
          env,
          ports: [{ name: "https", containerPort: gitea.httpsPort, protocol: "TCP" }],
          resources,
          securityContext: containerSecurity(),
          volumeMounts: mounts,
          startupProbe: { ...probe, periodSeconds: 5, failureThreshold: 60 },
          readinessProbe: { ...probe, periodSeconds: 10 },
          livenessProbe: { ...probe, periodSeconds: 30, timeoutSeconds: 5 },
        },
      ],
      volumes: [
        { name: "data", persistentVolumeClaim: { claimName } },
        { name: "configuration", emptyDir: { sizeLimit: "1Mi" } },
        { name: "temporary", emptyDir: { sizeLimit: "256Mi" } },
        { name: "template", configMap: { name: configMapName } },
        { name: "keys", secret: { secretName: secretNames.keys, defaultMode: 0o440 } },
        { name: "accounts", secret: { secretName: secretNames.accounts, defaultMode: 0o440 } },
        { name: "tls", secret: { secretName: secretNames.tls, defaultMode: 0o440 } },
      ],
    },
  };
}

/**
 * Who talks to Gitea, and to whom it talks: Flux, the site's reporter and the ingress in; DNS, the hub's Git and Flux's webhook receiver
 * out. A hub with a name is allowed by its port, because a network policy knows no names.
 */
export function networkPolicySpec(site: ResolvedSite, hub: Hub) {
  const url = new URL(hub.gitUrl);
  const port = url.port === "" ? (url.protocol === "http:" ? 80 : 443) : Number(url.port);
  const hubPeer = isIPv4(url.hostname) ? { ipBlock: { cidr: `${url.hostname}/32` } } : outside(site.network);
  return {
    podSelector: { matchLabels: { ...gitea.labels } },
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      {
        from: [
          pods(flux.namespace, flux.labels("source-controller")),
          pods(reporter.namespace, reporter.labels),
          pods(ingressNamespace),
          neighbours(gitea.labels),
        ],
        ports: [tcp(gitea.httpsPort)],
      },
    ],
    egress: [
      toDns(),
      { to: [hubPeer], ports: [tcp(port)] },
      { to: [pods(flux.namespace, flux.labels("notification-controller"))], ports: [tcp(webhookReceiver.port)] },
    ],
  };
}

function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
