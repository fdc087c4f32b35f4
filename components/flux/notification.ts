import { createHash } from "node:crypto";
import { flux, partOfFlux, webhookReceiver } from "./address";

/** Secret with the token that Gitea signs its webhooks with, under `token`. */
export const receiverSecret = "gitea-webhook";

const receiverName = "gitea";
const channel = "local";

/** Of the platform's Alertmanager, whose receivers are on the site; the operator gives this service its name. */
const alertmanager = "http://alertmanager-operated.monitoring.svc.cluster.local:9093/api/v2/alerts/";

/**
 * What Flux says to the site's own channel, and what tells Flux that there is something new. While Alertmanager is not
 * there yet, the controller drops what it has to say; conditions and metrics stay.
 */
export function notificationObjects() {
  const metadata = (name: string) => ({ name, namespace: flux.namespace, labels: partOfFlux });
  const everyOne = (kind: string) => ({ kind, name: "*" });
  return {
    provider: {
      apiVersion: "notification.toolkit.fluxcd.io/v1beta3",
      kind: "Provider",
      metadata: metadata(channel),
      spec: { type: "alertmanager", address: alertmanager },
    },
    alert: {
      apiVersion: "notification.toolkit.fluxcd.io/v1beta3",
      kind: "Alert",
      metadata: metadata(channel),
      spec: {
        providerRef: { name: channel },
        eventSeverity: "error",
        eventSources: ["GitRepository", "OCIRepository", "Kustomization", "HelmRelease"].map(everyOne),
      },
    },
    receiver: {
      apiVersion: "notification.toolkit.fluxcd.io/v1",
      kind: "Receiver",
      metadata: metadata(receiverName),
      spec: {
        // Gitea sends GitHub's headers beside its own: X-GitHub-Event and X-Hub-Signature-256.
        type: "github",
        events: ["push"],
        secretRef: { name: receiverSecret },
        resources: ["deploy", "site"].map((name) => ({ kind: "GitRepository", name })),
      },
    },
  };
}

/**
 * Where Gitea sends its webhooks.
 * Source: fluxcd/notification-controller, api/v1/receiver_types.go, GetWebhookPath: SHA-256 over token, name, namespace.
 */
export function receiverUrl(token: string): string {
  const digest = createHash("sha256").update(`${token}${receiverName}${flux.namespace}`).digest("hex");
  return `http://${webhookReceiver.host}/hook/${digest}`;
}
