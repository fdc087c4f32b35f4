import { createHash } from "node:crypto";
import { isIPv4 } from "node:net";
import { imageReference } from "../../catalog";
import type { Hub, Release, ResolvedSite } from "../../fleet/model";
import type { Profile, Workload } from "../../profiles/profile";
import { gitea } from "../gitea/address";
import { ingestion } from "../ingestion/address";
import { resourcesOf } from "../pods/resources";
import { containerSecurity, podSecurity } from "../pods/security";
import { outside, pods, tcp, toApiServers, toDns } from "../pods/traffic";
import { reporter, reportParts, siteReport } from "./address";
import { certificateEndpoints, queriesOf } from "./questions";
import { askpassScript, reportScript } from "./script";

export const configMapName = "site-reporter-config";
export const secretName = "site-reporter";

/** The service that Prometheus' operator keeps for every Prometheus of a namespace. */
const prometheus = { namespace: "monitoring", host: "prometheus-operated.monitoring.svc", port: 9090 } as const;

const folders = {
  config: "/etc/site-reporter",
  secrets: "/etc/site-reporter-secrets",
  work: "/work",
  account: "/var/run/secrets/kubernetes.io/serviceaccount",
} as const;

/** User of Gitea's rootless image, whose tools the reporter uses. */
const user = 1000;

/** What the reporter may: to list, and nothing else; never Secrets. */
export const rules = [
  { apiGroups: [""], resources: ["nodes"], verbs: ["list"] },
  { apiGroups: ["source.toolkit.fluxcd.io"], resources: ["gitrepositories"], verbs: ["list"] },
  { apiGroups: ["kustomize.toolkit.fluxcd.io"], resources: ["kustomizations"], verbs: ["list"] },
  { apiGroups: ["helm.toolkit.fluxcd.io"], resources: ["helmreleases"], verbs: ["list"] },
];

/** Authorities that the hub is trusted by, if it has its own. */
const hubAuthorityFile = "hub-ca.pem";

/**
 * Data of the ConfigMap: the scripts, a file for each query, the addresses whose certificates are told, and the hub's
 * authority.
 */
export function configData(
  site: ResolvedSite,
  { gitAuthority }: Pick<Hub, "gitAuthority">,
): Readonly<Record<string, string>> {
  const endpoints = certificateEndpoints(site).map(({ name, host, port }) => `${name} ${host}:${port}\n`);
  return {
    report: reportScript,
    askpass: askpassScript,
    endpoints: endpoints.join(""),
    ...(gitAuthority === undefined ? {} : { [hubAuthorityFile]: gitAuthority }),
    ...Object.fromEntries(Object.entries(queriesOf(site)).map(([part, query]) => [`query.${part}`, query])),
  };
}

/** Settings of the script. `places` are where it finds its files; the pod's own unless given. */
export function settingsOf(
  site: Pick<ResolvedSite, "name">,
  hub: Pick<Hub, "gitUrl" | "gitAuthority">,
  profile: Pick<Profile, "reportMinutes">,
  places: Readonly<Record<keyof typeof folders, string>> = folders,
): Readonly<Record<string, string>> {
  return {
    SITE: site.name,
    INTERVAL: String(profile.reportMinutes * 60),
    API: "https://kubernetes.default.svc",
    GITEA: `https://${gitea.host}`,
    PROMETHEUS: `http://${prometheus.host}:${prometheus.port}`,
    HUB: hub.gitUrl,
    // Without one, the authorities of the image.
    HUB_AUTHORITY: hub.gitAuthority === undefined ? "" : `${places.config}/${hubAuthorityFile}`,
    FORM: siteReport.form,
    BRANCH: siteReport.branch,
    FILE: siteReport.file,
    NAMESPACE: siteReport.namespace,
    MOST: String(siteReport.mostBytes),
    PARTS: reportParts.join(" "),
    CONFIG: places.config,
    SECRETS: places.secrets,
    WORK: places.work,
    ACCOUNT: places.account,
  };
}

/** When a site reports: every so many minutes, at a minute of its own, so that a fleet does not report at once. */
export function scheduleOf({ name }: Pick<ResolvedSite, "name">, { reportMinutes }: Pick<Profile, "reportMinutes">) {
  const offset = createHash("sha256").update(name).digest().readUInt32BE() % reportMinutes;
  return `${offset}-59/${reportMinutes} * * * *`;
}

/** The job that reports. A run that takes longer than its turn is ended; the next one says the same and more. */
export function cronJobSpec(site: ResolvedSite, release: Release, hub: Hub, profile: Profile, workload: Workload) {
  const data = configData(site, hub);
  const settings = settingsOf(site, hub, profile);
  return {
    schedule: scheduleOf(site, profile),
    concurrencyPolicy: "Forbid",
    startingDeadlineSeconds: profile.reportMinutes * 30,
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 1,
    jobTemplate: {
      metadata: { labels: { ...reporter.labels } },
      spec: {
        backoffLimit: 1,
        activeDeadlineSeconds: Math.min(profile.reportMinutes * 60 - 10, 290),
        template: {
          metadata: {
            labels: { ...reporter.labels },
            annotations: { "edgewave.dev/configuration": checksum(data) },
          },
          spec: {
            serviceAccountName: reporter.name,
            automountServiceAccountToken: true,
            enableServiceLinks: false,
            restartPolicy: "Never",
            securityContext: podSecurity(user),
            containers: [
              {
                name: "report",
                image: imageReference(release, site.architecture, "gitea", "gitea"),
                imagePullPolicy: "IfNotPresent",
                command: ["/bin/bash", `${folders.config}/report`],
                env: Object.entries(settings).map(([name, value]) => ({ name, value })),
                resources: resourcesOf(workload),
                securityContext: containerSecurity(),
                volumeMounts: [
                  { name: "configuration", mountPath: folders.config, readOnly: true },
                  { name: "secrets", mountPath: folders.secrets, readOnly: true },
                  { name: "work", mountPath: folders.work },
                  { name: "temporary", mountPath: "/tmp" },
                ],
              },
            ],
            volumes: [
              { name: "configuration", configMap: { name: configMapName, defaultMode: 0o555 } },
              { name: "secrets", secret: { secretName, defaultMode: 0o440 } },
              { name: "work", emptyDir: { sizeLimit: "32Mi" } },
              { name: "temporary", emptyDir: { sizeLimit: "16Mi" } },
            ],
          },
        },
      },
    },
  };
}

/** Nobody talks to the reporter; it talks to those whom it asks, to the site's Gitea and to the hub's Git. */
export function networkPolicySpec(site: ResolvedSite, hub: Hub) {
  const { bastion } = site;
  const { broker } = ingestion;
  return {
    podSelector: { matchLabels: { ...reporter.labels } },
    policyTypes: ["Ingress", "Egress"],
    ingress: [],
    egress: [
      toDns(),
      toApiServers(site),
      { to: [pods(gitea.namespace, gitea.labels)], ports: [tcp(gitea.httpsPort)] },
      {
        to: [pods(prometheus.namespace, { "app.kubernetes.io/name": "prometheus" })],
        ports: [tcp(prometheus.port)],
      },
      { to: [pods(ingestion.namespace, broker.labels)], ports: [tcp(broker.mqttPort), tcp(broker.amqpPort)] },
      { to: [{ ipBlock: { cidr: `${bastion.address}/32` } }], ports: [tcp(bastion.registryPort)] },
      toHub(site, hub),
    ],
  };
}

/** A hub with a name is allowed by its port, because a network policy knows no names. */
function toHub(site: ResolvedSite, hub: Hub) {
  const url = new URL(hub.gitUrl);
  const port = url.port === "" ? (url.protocol === "http:" ? 80 : 443) : Number(url.port);
  const peer = isIPv4(url.hostname) ? { ipBlock: { cidr: `${url.hostname}/32` } } : outside(site.network);
  return { to: [peer], ports: [tcp(port)] };
}

function checksum(data: unknown): string {
  return createHash("sha256").update(JSON.stringify(data)).digest("hex");
}
